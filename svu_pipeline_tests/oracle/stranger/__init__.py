"""A stranger's extracts: whatever `sources.md` allows occurs often, by chance and from a seed."""
