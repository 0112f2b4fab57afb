"""How long the code location and the command line take to be there, against what no project of theirs could save."""

from __future__ import annotations

from benchmarks.measure import cold, side_by_side
from benchmarks.report import Line, seconds_line

LOAD = "import svu_pipeline.definitions as d; d.defs.get_repository_def()"


def code_location(pairs: int) -> list[Line]:
    """Import of the definitions and the repository that Dagster makes of them."""
    compared = side_by_side(lambda: cold("-c", LOAD), lambda: cold("-c", "import dagster"), pairs)
    return [seconds_line("code location load", "`import dagster`", compared, under=2.0)]


def command_line_help(pairs: int) -> list[Line]:
    """`svu --help`."""
    compared = side_by_side(lambda: cold("-m", "svu_pipeline.cli", "--help"), lambda: cold("-c", "pass"), pairs)
    return [seconds_line("`svu --help`", "`python -c pass`", compared, under=0.5)]
