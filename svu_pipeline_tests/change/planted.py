"""A home in which each night brings one change of one kind: what every cause of a change must be told from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from svu_pipeline.contracts import decisions as held
from svu_pipeline.contracts.held import held_rows
from svu_pipeline.landing.batch import known_at
from svu_pipeline.people import decisions
from svu_pipeline_tests.night import FIRST_NIGHT, Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, CAT, Extract, person

SOURCES = ("custody", "case_file", "property", "warrants", "safeguarding")
EVE = person("Brackenwood", "Eve", "1979-08-30")
FIRST, SECOND, THIRD, FOURTH = (f"42CU/{number:06d}/23" for number in range(1, 5))
STAMP = "2024-06-{day:02d}T09:00:00Z"


@dataclass
class Planted:
    """The force, and the instants before and after each change by its name."""

    force: Force
    extract: Extract
    instants: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)

    def known(self) -> datetime:
        at = known_at(self.force.home)
        assert at is not None
        return at

    def night(self, name: str, sources: tuple[str, ...] = ("custody",)) -> None:
        """Land what some sources have; the change is that of `name`."""
        before = known_at(self.force.home)
        folder = self.force.root.parent / f"extract{self.force.nights}"
        self.extract.write(folder)
        self.force.land(folder, sources)
        assert not self.force.refused
        if before:
            self.instants[name] = (before, self.known())

    def custody(self, ref: str, **columns: str) -> None:
        """Change a custody record at its source."""
        (row,) = (row for row in self.extract.tables["custody_record"] if row["custody_ref"] == ref)
        row |= columns


def planted(place: Path) -> Planted:
    """The home after one night for each change."""
    extract = Extract()
    made = Planted(Force(place / "home"), extract)
    extract.arrest(ANN, "2023-01-10 08:00:00", custody_ref=FIRST)
    extract.arrest(BOB, "2023-02-10 08:00:00", custody_ref=SECOND)
    extract.arrest(EVE, "2023-02-11 08:00:00", custody_ref=THIRD)
    extract.warrant(date(2023, 4, 1), date(2023, 4, 12), Warrant_No="SW0001")
    extract.warrant(date(2023, 4, 1), date(2023, 5, 20), Warrant_No="SW0002")  # outside its authority: held
    extract.contact(ANN, "2023-04-10", id="SG000001")
    extract.contact(BOB, "2023-04-10", id="SG000002")
    extract.weapon("KNIFE", "2")
    extract.weapon("FIREARM", "1")
    made.night("", SOURCES)

    extract.arrest(CAT, "2023-05-01 08:00:00", custody_ref=FOURTH, updated_at=STAMP.format(day=2))
    made.night("late")
    made.custody(SECOND, arresting_unit="LPT_BASILDON", updated_at=STAMP.format(day=3))
    made.night("corrected")
    made.custody(SECOND, home_postcode="IG1 1AA", updated_at=STAMP.format(day=4))
    made.night("corrected to no effect")
    extract.withdrawn["20240104"].append("SG000002")
    extract.contacts["20240104"] += []
    made.night("withdrawn", ("safeguarding",))
    (firearm,) = (row for row in extract.exhibits["20240102"] if row["item_type"] == "FIREARM")
    extract.exhibits["20240109"].append(firearm | {"revision": "2", "status": "CREATED_IN_ERROR"})
    made.night("retracted", ("property",))
    _chain(made)
    _decided(made)
    _happened_since(made)
    return made


def _chain(made: Planted) -> None:
    """A charge on the custody record to which the first was transferred: the arrest of the first is charged."""
    made.extract.arrest(
        ANN, "2023-01-10 14:00:00", custody_ref="42CV/000001/23", transferred_from=FIRST, updated_at=STAMP.format(day=5)
    )
    made.night("transferred")
    made.extract.charge("42CV/000001/23", charge_id="CH000900", updated_at=STAMP.format(day=6))
    made.night("charged", ("case_file",))


def _decided(made: Planted) -> None:
    """A held warrant is waived; two records are decided to be one person's."""
    force, before = made.force, made.known()
    force.nights += 1
    (row,) = held_rows(force.settings)
    until = f"{FIRST_NIGHT.date() + timedelta(days=90)}"
    held.waive(force.settings, row.id, "A. Keeper", "extended by the court", until, force.now)
    made.instants["held"] = (before, made.known())
    before = made.known()
    records = (f"custody_record:{THIRD}", f"custody_record:{FOURTH}")
    decision = decisions.propose(force.settings, "same", *records, "One", "seen by both", force.now)
    decisions.confirm(force.settings, decision, "Another", force.now)
    made.instants["linking"] = (before, made.known())


def _happened_since(made: Planted) -> None:
    """An arrest on the day after the last delivery of custody, which the next one brings."""
    made.force.nights += 1
    made.night("quiet")
    day = made.known()
    at, changed = (day + timedelta(hours=6)).replace(tzinfo=None), day + timedelta(hours=8)
    made.extract.arrest(
        BOB, f"{at:%Y-%m-%d %H:%M:%S}", custody_ref="42CU/000009/26", updated_at=f"{changed:%Y-%m-%dT%H:%M:%SZ}"
    )
    made.night("new")
