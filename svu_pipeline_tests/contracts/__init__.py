"""Contracts: every rule with a row that breaks it, casting against plain Python, verdicts on whole deliveries."""
