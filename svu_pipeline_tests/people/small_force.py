"""A small force in which every kind of link, and of pair that is kept apart, is there once; and its people kept."""

from __future__ import annotations

from pathlib import Path

from svu_pipeline.kept import keep_people
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import Extract, person, pnc

SYSTEMS = ("custody", "courts", "safeguarding", "civil_orders")
C1, C2, C3, C4 = (f"custody_record:42CU/{number:06d}/23" for number in range(1, 5))
S1, S2, S3 = (f"contact:SG{number:06d}" for number in range(1, 4))
O1, O2 = "civil_order:CO0001", "civil_order:CO0002"
H1, H2 = "hearing:H000001", "hearing:H000002"

HIS_PNC, OTHER_PNC = pnc(2008, 4511), pnc(2003, 90210)
CANARY = "Zwartemeer"
"""A surname that is nowhere else."""

BETH = person("Hargreaves", "Elizabeth Ann", "1991-02-03") | {"sex": "F"}
VALUES = ("hargreaves", "elizabeth", "beth", "1991-02-03", "IG11AA", "ig11 aa", "zwartemeer", HIS_PNC, OTHER_PNC)
"""What records of hers and others say, as it must not be shown unasked."""


def key(record: str) -> str:
    return record.partition(":")[2]


def small_extract(*, is_whole: bool = True) -> Extract:
    """Beth under a short form and her twin; one PNC id under two names, one name under two; a defendant of two hearings.

    The record that shows Piet and Pieter to be one is there only when it `is_whole`.
    """
    extract = Extract()
    extract.arrest(BETH, "2023-01-10 08:00:00", custody_ref=key(C1), home_postcode="IG1 1AA")
    extract.arrest(BETH, "2023-03-10 08:00:00", custody_ref=key(C2), home_postcode="IG1 1AA")
    short = BETH | {"forenames": "Beth"}
    extract.contact(short, "2023-04-10", id=key(S1), postcode="IG1 1AA")
    twin = BETH | {"forenames": "Margaret"}
    extract.contact(twin, "2023-04-11", id=key(S2), postcode="IG1 1AA")
    name = {key: BETH[key] for key in ("surname", "forenames", "date_of_birth")}
    extract.order(name | {"date_of_birth": None}, "GANG_INJUNCTION", "2023-05-01", order_ref=key(O1))
    him = person(CANARY, "Piet", "1980-07-08", HIS_PNC)
    extract.arrest(him, "2023-02-10 08:00:00", custody_ref=key(C3))
    other_name = person("Vandenberg", "Pieter", "1981-09-18")
    extract.contact(other_name, "2023-04-12", id=key(S3))
    if is_whole:
        extract.order(other_name | {"pnc_id": HIS_PNC}, "GANG_INJUNCTION", "2023-05-01", order_ref=key(O2))
    extract.arrest(him | {"pnc_id": OTHER_PNC}, "2023-02-11 08:00:00", custody_ref=key(C4))
    defendant = {"defendant_id": "D1", **person("Oxenham", "Rhys", "1999-01-09", None)}
    extract.hearing({}, "2023-06-01", hearing_id=key(H1), defendant=defendant)
    moved = defendant | {"surname": "Tremayne", "date_of_birth": "1999-09-01"}
    extract.hearing({}, "2023-07-01", hearing_id=key(H2), defendant=moved)
    return extract


def linked(force: Force, extract: Extract) -> None:
    """Land an extract as the next night's and keep its people."""
    folder = force.root.parent / f"extract{force.nights}"
    extract.write(folder)
    force.land(folder, SYSTEMS)
    assert not force.refused
    keep_people(force.settings)


def small_force(place: Path) -> Force:
    """A home with the small force's people after two nights, the second of which brings them together."""
    force = Force(place / "home")
    linked(force, small_extract(is_whole=False))
    linked(force, small_extract())
    return force
