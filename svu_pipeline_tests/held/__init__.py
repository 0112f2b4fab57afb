"""Held rows and what people decide of them."""
