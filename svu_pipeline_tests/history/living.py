"""A small force whose ten sources go on living: each night a few of them change, in every way that a source can.

Seeded: one seed writes the same nights on every machine. Rows are the stranger's (`oracle/stranger`), the files are
written as the hand-made cases write theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from svu_pipeline_tests.oracle.cases.builder import SOURCES, Extract
from svu_pipeline_tests.oracle.stranger import custody, prevention, registers
from svu_pipeline_tests.oracle.stranger.chance import Chance, instant

FIRST_DAY = date(2024, 6, 1)
"""Of the sources' own calendar: after every event, before every instant at which the tests land."""

MONTHS = ("2022-11", "2023-03", "2023-06", "2023-11")
Row = dict[str, Any]


@dataclass
class LivingForce:
    """The sources as they stand after `nights` nights; `changes` says what the last night brought, source by source.

    Of its dated files a source leaves `files_left` in the folder; older ones it clears away.
    """

    seed: int
    size: int = 12
    files_left: int = 3
    nights: int = 0
    extract: Extract = field(default_factory=Extract)
    changes: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Chance(self.seed, "living")
        self.people = self.chance.people(self.size)
        self.numbers = count(1)
        self.hearings: dict[str, Row] = {}
        self.known_exhibits: dict[str, Row] = {}
        self.known_contacts: dict[str, Row] = {}
        for source in SOURCES:
            for _ in range(self.size if source != "police_uk" else 1):
                CHANGES[source][0](self)

    @property
    def day(self) -> str:
        """The date of tonight's files."""
        return f"{FIRST_DAY + timedelta(days=self.nights):%Y%m%d}"

    @property
    def stamp(self) -> str:
        """The instant of tonight's updates."""
        return instant(datetime.combine(FIRST_DAY, datetime.min.time()) + timedelta(days=self.nights, hours=20))

    def live_on(self) -> None:
        """One more day: two to five changes, each of one kind in one source."""
        self.nights += 1
        if self.files_left <= 3:
            self.extract.hearings = []  # of a night, for who asks every night; with more left, of all nights
        wanted = [self.chance.pick(SOURCES) for _ in range(self.chance.number(2, 5))]
        self.changes = []
        for source in wanted:
            change = self.chance.pick(CHANGES[source])
            self.changes.append((source, change.__name__))
            change(self)
        self._clear_away()

    def write(self, folder: Path) -> Path:
        """Write tonight's extract folder; a source without a change has the bytes of the night before."""
        self.extract.write(folder)
        return folder

    def _clear_away(self) -> None:
        for files in (self.extract.exhibits, self.extract.contacts, self.extract.withdrawn, self.extract.orders):
            for day in sorted(files)[: -self.files_left]:
                del files[day]

    def someone(self) -> Any:
        return self.chance.pick(self.people)

    def newest_orders(self) -> list[Row]:
        """Tonight's register of orders, begun as a copy of the one before it."""
        orders = self.extract.orders
        if self.day not in orders:
            orders[self.day] = [dict(row) for row in orders[max(orders)]] if orders else []
        return orders[self.day]


def _arrested(force: LivingForce) -> None:
    """A late record: an arrest of long ago, with its charge, remand and outcome now and then."""
    number, at = next(force.numbers), force.chance.wall_time()
    row = custody.custody_row(force.chance, force.someone(), at, number) | {"updated_at": force.stamp}
    force.extract.tables["custody_record"].append(row)
    force.people = [*force.people, *force.chance.people(1)][-60:]


def _custody_corrected(force: LivingForce) -> None:
    changes: list[Row] = [
        {"arresting_unit": "LPT_BASILDON"}, {"arresting_unit": "SVU_HQ"}, {"arrest_reason": "RECALL"},
        {"record_status": "LIVE"}, {"surname": ""}, {"sex": "U"},
    ]  # fmt: skip
    _change(force, "custody_record", force.chance.pick(changes))


def _custody_retracted(force: LivingForce) -> None:
    _change(force, "custody_record", {"record_status": "CREATED_IN_ERROR"})


def _custody_back_dated(force: LivingForce) -> None:
    _change(force, "custody_record", {"arrested_at": "2022-11-30 11:00:00"})


def _custody_weeded(force: LivingForce) -> None:
    """A row that has gone from an incremental source is no withdrawal."""
    rows = force.extract.tables["custody_record"]
    rows.remove(force.chance.pick(rows))


def _custody_older(force: LivingForce) -> None:
    """A version older than the one that stands."""
    row = force.chance.pick(force.extract.tables["custody_record"])
    before = datetime.strptime(row["updated_at"], "%Y-%m-%dT%H:%M:%SZ") - timedelta(hours=1)
    row |= {"record_status": "CREATED_IN_ERROR", "updated_at": instant(before)}


def _change(force: LivingForce, table: str, change: Row) -> None:
    force.chance.pick(force.extract.tables[table]).update(change, updated_at=force.stamp)


def _charged(force: LivingForce) -> None:
    """A charge, a remand and an outcome on a record of custody."""
    ref, number = force.chance.pick(force.extract.tables["custody_record"])["custody_ref"], next(force.numbers)
    day = datetime(2023, 6, 2, 11)
    tables, common = force.extract.tables, {"custody_ref": ref, "updated_at": force.stamp}
    charge = custody.charge_row(force.chance, number, f"42LF{number:05d}23", day)
    decided = common | {"decided_at": "2023-06-02 11:00:00"}
    tables["charge"].append(charge | common)
    code = force.chance.pick(["PB", "PR", "SA", "LA", "CB"])
    tables["remand_decision"].append(
        decided | {"remand_id": f"RM{number:06d}", "decided_by": "COURT", "remand_code": code}
    )
    if all(row["custody_ref"] != ref for row in tables["custody_outcome"]):
        tables["custody_outcome"].append(decided | {"outcome": "CHARGED"})


def _charge_corrected(force: LivingForce) -> None:
    _change(force, "charge", force.chance.pick([{"initiation": "R"}, {"initiation": "C"}, {"status": "LIVE"}]))


def _charge_withdrawn(force: LivingForce) -> None:
    _change(force, "charge", {"status": "WITHDRAWN"})


def _remand_corrected(force: LivingForce) -> None:
    _change(force, "remand_decision", {"remand_code": force.chance.pick(["PB", "CB"])})


def _heard(force: LivingForce) -> None:
    """A hearing on the URN of a charge."""
    charges = [row for row in force.extract.tables["charge"] if row["urn"]]
    on = datetime(2023, 7, 1) + timedelta(days=force.chance.number(0, 200))
    item = custody.hearing_item(
        force.chance, force.someone(), force.chance.pick(charges)["urn"], on, next(force.numbers)
    )
    _pull(force, item)


def _hearing_replaced(force: LivingForce) -> None:
    """An appeal: another term for the same hearing."""
    served = custody.court_result(force.chance, 1) | {"result_code": "1002", "qualifier": None}
    term = {"value": force.chance.number(1, 60), "unit": "M"}
    _pull(force, _known(force) | {"results": [served | {"duration": term}]})


def _hearing_deleted(force: LivingForce) -> None:
    _pull(force, _known(force) | {"deleted": True})


def _hearing_back_dated(force: LivingForce) -> None:
    _pull(force, _known(force) | {"hearing_date": "2022-11-30", "deleted": False})


def _known(force: LivingForce) -> Row:
    return force.chance.pick(list(force.hearings.values()))


def _pull(force: LivingForce, item: Row) -> None:
    """Tonight's pull has what changed, each hearing once."""
    item = item | {"updated_at": force.stamp}
    force.hearings[item["hearing_id"]] = item
    pulled = [other for other in force.extract.hearings if other["hearing_id"] != item["hearing_id"]]
    force.extract.hearings = [*pulled, item]


def _seized(force: LivingForce) -> None:
    refs = [row["custody_ref"] for row in force.extract.tables["custody_record"]]
    _deliver_exhibit(force, registers.exhibit_row(force.chance, refs, force.numbers))


def _exhibit_revised(force: LivingForce) -> None:
    _revise_exhibit(force, {"quantity": str(force.chance.number(1, 9))}, 2)


def _exhibit_retracted(force: LivingForce) -> None:
    _revise_exhibit(force, {"status": "CREATED_IN_ERROR"}, 2)


def _exhibit_back_dated(force: LivingForce) -> None:
    _revise_exhibit(force, {"seized_at": "30/11/2022 12:00"}, 2)


def _exhibit_older(force: LivingForce) -> None:
    """A revision below the one that stands."""
    _revise_exhibit(force, {"status": "CREATED_IN_ERROR"}, -1)


def _revise_exhibit(force: LivingForce, change: Row, step: int) -> None:
    row = force.chance.pick(list(force.known_exhibits.values()))
    revised = row | change | {"revision": row["revision"] + step}
    _deliver_exhibit(force, revised if step > 0 else row | change | {"revision": 0})


def _deliver_exhibit(force: LivingForce, row: Row) -> None:
    if row["revision"] > 0:
        force.known_exhibits[row["exhibit_ref"]] = row
    force.extract.exhibits[force.day].append(row)


def _money_moved(force: LivingForce) -> None:
    force.extract.register.append(registers.register_row(force.chance, next(force.numbers)))


def _amount_corrected(force: LivingForce) -> None:
    force.chance.pick(force.extract.register)["Amount"] = force.chance.number(1, 900)


def _entry_struck_out(force: LivingForce) -> None:
    if len(force.extract.register) > 3:
        force.extract.register.remove(force.chance.pick(force.extract.register))


def _entry_back_dated(force: LivingForce) -> None:
    force.chance.pick(force.extract.register)["Date"] = date(2022, 11, 30)


def _warrant_issued(force: LivingForce) -> None:
    force.extract.warrants.append(registers.warrant_row(force.chance, next(force.numbers)))


def _warrant_cancelled(force: LivingForce) -> None:
    force.chance.pick(force.extract.warrants).update({"Status": "CANCELLED", "Executed": None})


def _warrant_struck_out(force: LivingForce) -> None:
    if len(force.extract.warrants) > 3:
        force.extract.warrants.remove(force.chance.pick(force.extract.warrants))


def _met(force: LivingForce) -> None:
    ref = f"SG{next(force.numbers):06d}"
    _deliver_contact(force, prevention.contact_row(force.chance, force.someone(), ref) | {"version": 1})


def _contact_revised(force: LivingForce) -> None:
    _revise_contact(force, {"outcome": force.chance.pick(["SAFEGUARDED", "DECLINED"])})


def _contact_back_dated(force: LivingForce) -> None:
    _revise_contact(force, {"contacted_on": "2022-11-30"})


def _contact_withdrawn(force: LivingForce) -> None:
    force.extract.withdrawn[force.day].append(force.chance.pick(list(force.known_contacts)))
    force.extract.contacts[force.day] += []


def _revise_contact(force: LivingForce, change: Row) -> None:
    row = force.chance.pick(list(force.known_contacts.values()))
    _deliver_contact(force, row | change | {"version": row["version"] + 1})


def _deliver_contact(force: LivingForce, row: Row) -> None:
    force.known_contacts[row["id"]] = row
    force.extract.contacts[force.day].append(row)


def _order_made(force: LivingForce) -> None:
    orders = force.newest_orders()
    orders.append(registers.order_row(force.chance, force.someone(), next(force.numbers)))
    force.extract.breach(orders[-1]["order_ref"], "2023-09-01")


def _order_refused(force: LivingForce) -> None:
    force.chance.pick(force.newest_orders())["status"] = "REFUSED"


def _order_gone(force: LivingForce) -> None:
    orders = force.newest_orders()
    if len(orders) > 3:
        orders.remove(force.chance.pick(orders))


def _order_back_dated(force: LivingForce) -> None:
    force.chance.pick(force.newest_orders())["granted_on"] = "2022-11-30"


def _logged(force: LivingForce) -> None:
    number = next(force.numbers)
    force.extract.operations.append(prevention.operation_item(force.chance, number) | {"updated_at": force.stamp})
    force.extract.deployments.append(prevention.deployment_item(force.chance, number) | {"updated_at": force.stamp})


def _log_corrected(force: LivingForce) -> None:
    """The same file under the same name, with a changed line."""
    force.chance.pick(force.extract.operations).update({"closed_on": "2023-05-05", "updated_at": force.stamp})
    force.chance.pick(force.extract.deployments).update({"leaflets": 7, "updated_at": force.stamp})


def _months_published(force: LivingForce) -> None:
    for month in MONTHS:
        _month_replaced(force, month)


def _one_month_replaced(force: LivingForce) -> None:
    _month_replaced(force, force.chance.pick(MONTHS))


def _month_replaced(force: LivingForce, month: str) -> None:
    rows = prevention.street_rows(force.chance, month, prevention.PUBLISHED, 6)
    stops = prevention.stop_rows(force.chance, month, prevention.PUBLISHED, 6)
    force.extract.crimes[month], force.extract.stops[month] = list(rows), list(stops)


Change = Callable[[LivingForce], None]

CHANGES: dict[str, tuple[Change, ...]] = {
    "custody": (
        _arrested, _custody_corrected, _custody_retracted, _custody_back_dated, _custody_weeded, _custody_older,
    ),
    "case_file": (_charged, _charge_corrected, _charge_withdrawn, _remand_corrected),
    "courts": (_heard, _hearing_replaced, _hearing_deleted, _hearing_back_dated),
    "property": (_seized, _exhibit_revised, _exhibit_retracted, _exhibit_back_dated, _exhibit_older),
    "asset_recovery": (_money_moved, _amount_corrected, _entry_struck_out, _entry_back_dated),
    "warrants": (_warrant_issued, _warrant_cancelled, _warrant_struck_out),
    "safeguarding": (_met, _contact_revised, _contact_back_dated, _contact_withdrawn),
    "civil_orders": (_order_made, _order_refused, _order_gone, _order_back_dated),
    "operations": (_logged, _log_corrected),
    "police_uk": (_months_published, _one_month_replaced),
}  # fmt: skip
"""Every kind of change by source; the first is how the source begins."""
