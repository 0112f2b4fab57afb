"""How far the figures can be relied on: sources that speak or do not, checks and their history, what held rows could move."""
