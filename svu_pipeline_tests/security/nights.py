"""Two nights of marked deliveries: one in which all is good, one in which much is not.

The register of warrants and the case file hold references and codes alone: there is nothing in them to mark at first.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from svu_pipeline_tests.bad_input.case import Case, Outcome, good
from svu_pipeline_tests.bad_input.catalogue import CASES
from svu_pipeline_tests.oracle.cases.builder import Extract, result
from svu_pipeline_tests.security.search import MARKED, NAME, NOTE, POSTCODE

REFUSED = ("property", "safeguarding", "courts", "civil_orders", "police_uk")
"""The sources that the second night cannot read; the others bring every bad record of the catalogue."""


MARKUP_NAME = "hearings-9999<img src=x onerror=alert(1)>\u2028{{7*7}}.json"
"""A file that cannot be read and whose name is markup, a template and a line end, where its name is shown."""


def marked() -> Extract:
    """A small extract that is valid throughout and has a sentinel in every source."""
    extract = good()
    extract.charge(extract.arrest(MARKED, "2023-03-01 10:00:00", home_postcode=POSTCODE))
    extract.jailed(MARKED, "2023-09-15", result("1002", 31, text=NOTE), urn="42CY0000789")
    extract.exhibit("15/06/2023 12:00", "DRUG", "5", "G", drug="CRACK", description=NOTE)
    extract.money("CONFISCATED", 125, Notes=NOTE)
    extract.contact(MARKED, "2023-12-29")
    extract.order(MARKED, "CBO", "2023-10-13", court=NOTE)
    extract.deployment("BUMBLE", "2023-05-02", place="home of Mrs Zzsentinel")
    extract.crime("2023-06", "Drugs", Location=NOTE)
    return extract


def spoilt() -> Extract:
    """The same with a file of five sources that cannot be read, and every bad record that can be added to the others."""
    extract = marked()
    for source in REFUSED:
        _of(source, Outcome.F)[0].spoil(extract)
    extract.files.pop("courts/hearings-0001.json", None)
    extract.files[f"courts/{MARKUP_NAME}"] = f'{{"items": [{{"surname": "{NAME}"'.encode()
    added = [case for case in CASES if case.source not in REFUSED and case.outcome is not Outcome.F]
    for case in added:
        before = dict(extract.files)
        case.spoil(extract)
        extract.files = before
    for number in range(15):
        extract.warrant(date(2023, 4, 2), date(2023, 4, 1), Warrant_No=f"{NOTE}{number}")
    return extract


def _of(source: str, outcome: Outcome) -> list[Case]:
    """The cases of a source whose bad file holds a sentinel."""
    cases = []
    for case in CASES:
        if case.source == source and case.outcome is outcome:
            extract = good()
            case.spoil(extract)
            if any(b"ZZSENTINEL" in content for content in extract.files.values()):
                cases.append(case)
    return cases or [case for case in CASES if case.source == source and case.outcome is outcome]


def write_night(extract: Extract, folder: Path) -> None:
    """The deliveries of a night, in an extract folder of their own."""
    folder.mkdir()
    extract.write(folder)
