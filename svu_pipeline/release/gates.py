"""The gates of a release: what must hold before it may go out, each with what stands in its way.

Content gates are judged when a release is prepared, on its figures before and after disclosure control, and are kept in its
`checks.json`. The others hang on people, on bytes and on what else was released: they are judged when asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from svu_pipeline.disclosure.policy import policy_of
from svu_pipeline.metrics.phrases import Form, Truth, truth
from svu_pipeline.publication.identities import broken_identities
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.recount.review import recounted_otherwise
from svu_pipeline.release.disclosed import guarded
from svu_pipeline.release.document import Struck
from svu_pipeline.release.folder import CHECKS, FIGURES, REVISIONS, differences, folder_of, read
from svu_pipeline.release.offline import numbers
from svu_pipeline.release.registry import documents, find
from svu_pipeline.release.revisions import revisions, standing
from svu_pipeline.release.sign_off import unsigned
from svu_pipeline.release.workbook_numbers import otherwise_in_workbook
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home

CONTENT = {
    "phrases_are_true": "Every phrase of every figure is true of the exact figure.",
    "identities_hold": "Parts never exceed the whole; what adds up does so, on exact and on printed figures.",
    "recount_is_equal": "A second, independent computation gives the same figures.",
    "within_linking_precision": "Every figure is the same in print wherever the linking threshold lies between .80 and .99.",
    "every_source_is_current": "No figure rests on a source that could not be brought up to date.",
    "every_figure_is_supplied": "Every metric has a value: its sources have delivered.",
}
"""The gates that a release's figures pass or not, and in words what they ask."""

LIVE = {
    "bundle_is_as_prepared": "Every file is as it was when the release was prepared, and none was added.",
    "every_file_says_the_same": "Page, tables and workbook have the numbers of figures.json, to the digit.",
    "revision_is_explained": "No number is otherwise than released before without a note that says why.",
    "disclosure_is_safe": "No hidden number can be worked out from what is shown, here and in all that was ever published.",
    "signed_by_two": "A statistician and a press officer, two people, have signed off the hash of this release.",
}
"""The gates that hang on more than the figures."""

WARNS = ("every_source_is_current", "every_figure_is_supplied")
"""Gates that stop nothing: the reader is told, by the marks [s] and [x]."""

SAID = 3
"""So much of what does not pass a gate is said in a line; all of it is in the JSON."""

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Gate:
    """One gate as judged: `which` says what does not pass it."""

    name: str
    which: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.which

    @property
    def severity(self) -> Severity:
        return Severity.WARN if self.name in WARNS else Severity.ERROR

    @property
    def blocks(self) -> bool:
        """Whether a release may not go out because of it."""
        return not self.passed and self.severity is Severity.ERROR

    @property
    def words(self) -> str:
        """What stands in the way: the first of it, and how much more."""
        more = f"; and {len(self.which) - SAID} more" if len(self.which) > SAID else ""
        return "; ".join(self.which[:SAID]) + more

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed, "severity": self.severity.value}


def content_gates(settings: Settings, struck: Struck) -> list[Gate]:
    """The content gates of a release that is being prepared."""
    within, outward = struck.within, struck.outward
    base = policy_of(settings.disclosure).rounding
    found = {
        "phrases_are_true": list(_untrue(within, outward)),
        "identities_hold": list(dict.fromkeys([*broken_identities(within), *broken_identities(outward, base)])),
        "recount_is_equal": recounted_otherwise(settings, within),
        "within_linking_precision": [
            f["id"] for f in within["figures"] if f["linking"] and f["linking"]["crosses"] == "error"
        ],
        "every_source_is_current": [s["source"] for s in outward["quality"]["sources"] if s["status"] != "read"],
        "every_figure_is_supplied": [f["id"] for f in outward["figures"] if "x" in f["marks"]],
    }
    return [Gate(name, tuple(found[name])) for name in CONTENT]


def gates(settings: Settings, release: str) -> list[Gate]:
    """Every gate of a prepared release as it stands now: those on record and those that hang on more."""
    home = Home(settings.home)
    folder = folder_of(home, release)
    kept = [Gate(gate["name"], tuple(gate["which"])) for gate in read(folder, CHECKS)["gates"]]
    document = read(folder, FIGURES)
    live = {
        "bundle_is_as_prepared": differences(folder),
        "every_file_says_the_same": [*numbers(folder), *otherwise_in_workbook(folder, document)],
        "revision_is_explained": _unexplained(home, release, document),
        "disclosure_is_safe": guarded(settings, release),
        "signed_by_two": unsigned(home, folder),
    }
    return [*kept, *(Gate(name, tuple(live[name])) for name in LIVE)]


def _untrue(within: dict[str, Any], outward: dict[str, Any]) -> Iterator[str]:
    """Phrases that leave the force and are not true of the exact figure within it."""
    exact = {figure["id"]: (figure["numerator"], figure["denominator"]) for figure in within["figures"]}
    for figure in outward["figures"]:
        numerator, denominator = exact[figure["id"]]
        for phrase in figure["phrases"]:
            if not _is_true(phrase, numerator, denominator):
                yield f"{figure['id']}: {phrase['text']}"


def _is_true(phrase: dict[str, str], numerator: int, denominator: int) -> bool:
    said = [found.replace(",", "") for found in _NUMBER.findall(phrase["number"])] or ["0"]
    if len(said) == 2:
        # A share of few, said in numbers: the numerator of a rate is a hundred times what it counts.
        return (100 * int(said[0]), int(said[1])) == (numerator, denominator)
    decimals = len(said[0].partition(".")[2])
    exact = Fraction(numerator, denominator)
    return truth(Form[phrase["form"]], Decimal(said[0]), exact, decimals) is Truth.TRUE


def _unexplained(home: Home, release: str, document: dict[str, Any]) -> list[str]:
    """What a release says otherwise than those before it, where no note says why, or the list of it is out of date."""
    if find(home, release):
        return []
    now = {(*cell.key, before.printed) for cell, before in revisions(document, standing(documents(home)))}
    listed = read(folder_of(home, release), REVISIONS)
    names = ("metric", "start", "end", "dimension", "code", "old")
    if {tuple(row[name] for name in names) for row in listed["revisions"]} != now:
        return ["another release has gone out since this one was prepared: prepare it again"]
    if listed["note"]:
        return []
    return [f"{row['title']}: {row['old']} in {row['release']}" for row in listed["revisions"]]
