"""Errors that a person can mend: each says what, where and what to do, and never a value of a record."""


class Curable(Exception):
    """What an entry point prints in one line; anything else is a fault of the project's."""
