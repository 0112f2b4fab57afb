"""1. How each source system is read: one file per system, one per transport; rows leave as text."""
