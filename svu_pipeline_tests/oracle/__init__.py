"""A second reading of `sources.md` and `counting.md`, in plain Python, to hold the pipeline's figures
against.

Nothing here comes from the package under test: only the shipped list of offence groups is read, as data.
Slow and plain on purpose: one loop per rule, so that a rule can be read beside its sentence.
"""
