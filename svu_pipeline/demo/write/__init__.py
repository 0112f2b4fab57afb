"""The bytes: one file per format, the same records always giving the same bytes."""
