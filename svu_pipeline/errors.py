"""Errors that a person can mend: each says what, where and what to do, and never a value of a record."""

from traceback import extract_tb


class Curable(Exception):
    """What an entry point prints in one line; anything else is a fault of the project's."""


def fault_of(error: Exception) -> str:
    """What is said of a fault of the project's: its kind and the lines it came through; not its own words, which may quote a row."""
    steps = [step for step in extract_tb(error.__traceback__) if "svu_pipeline" in step.filename]
    through = " > ".join(f"{step.filename.rpartition('svu_pipeline')[2].lstrip('/')}:{step.lineno}" for step in steps)
    return f"a fault of the pipeline's own, {type(error).__name__}, at {through or 'no line of ours'}. Report it; what stood before stands."
