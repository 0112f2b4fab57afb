"""Cases of two nights in a row: what the second delivery changes, and what it must leave standing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .builder import ANN, BOB, CAT, Extract, person, pnc, result


@dataclass(frozen=True)
class NightCase:
    """Two extract folders, and the figures after the second night."""

    name: str
    proves: str
    write: Callable[[Path, Path], None]
    window: str
    expected: dict[str, str | None]
    months: int = 12


NIGHT_CASES: list[NightCase] = []


Fill = Callable[[Extract, Extract], None]


def nights(window: str = "2023-11", **expected: str | None) -> Callable[[Fill], Fill]:
    """Register a function that fills the first and the second night's extract."""

    def add(fill: Fill) -> Fill:
        def write_both(first: Path, second: Path) -> None:
            one, two = Extract(), Extract()
            fill(one, two)
            one.write(first)
            two.write(second)

        proves = " ".join((fill.__doc__ or "").split())
        NIGHT_CASES.append(NightCase(fill.__name__, proves, write_both, window, dict(expected)))
        return fill

    return add


WATERMARK = "2024-02-01T12:00:00Z"


@nights(arrests="3", people_arrested="3")
def overlap_of_24_hours(first: Extract, second: Extract) -> None:
    """sources.md, conventions: the watermark is compared with `>=` and a 24 h overlap: rows of the same
    instant or of 24 hours before it are read, one of two days before it is not."""
    first.arrest(ANN, "2023-03-01 10:00:00", updated_at=WATERMARK)
    for number, updated_at in enumerate([WATERMARK, "2024-01-31T12:00:00Z", "2024-01-30T11:00:00Z"]):
        who = person("Marlpit", "Dee", "1991-01-01", pnc(2010, number + 1))
        second.arrest(who, "2023-03-01 10:00:00", custody_ref=f"42HA/00000{number}/23", updated_at=updated_at)


@nights(arrests="1")
def watermark_is_of_accepted_rows(first: Extract, second: Extract) -> None:
    """sources.md, conventions: the watermark is the largest *accepted* `updated_at`: a held row does not
    move it."""
    first.arrest(BOB, "2023-03-32 10:00:00", updated_at="2024-03-01T12:00:00Z")
    second.arrest(ANN, "2023-03-01 10:00:00", custody_ref="42HA/000001/23", updated_at=WATERMARK)


@nights(arrests="1")
def watermark_is_never_in_the_future(first: Extract, second: Extract) -> None:
    """sources.md, conventions: the watermark is never later than the time of reading: a clock gone wrong at
    the source hides nothing that is updated from now on."""
    first.arrest(BOB, "2021-03-01 10:00:00", updated_at="2199-01-01T00:00:00Z")
    second.arrest(ANN, "2023-03-01 10:00:00", custody_ref="42HA/000001/23", updated_at="2198-01-01T00:00:00Z")


@nights(arrests="1", people_charged="1")
def a_row_gone_from_a_database(first: Extract, second: Extract) -> None:
    """sources.md, conventions: incremental sources deliver what changed: what is not delivered again
    stands."""
    first.charge(first.arrest(ANN, "2023-03-01 10:00:00"))


@nights(arrests="0")
def changed_under_the_same_instant(first: Extract, second: Extract) -> None:
    """sources.md, conventions: a different record is a new version; of equal `updated_at` only an *older*
    one changes nothing."""
    ref = first.arrest(ANN, "2023-03-01 10:00:00")
    second.arrest(ANN, "2023-03-01 10:00:00", custody_ref=ref, record_status="CREATED_IN_ERROR")


@nights(arrests="1")
def older_version_arriving_late(first: Extract, second: Extract) -> None:
    """sources.md, conventions: an older one arriving late changes nothing."""
    ref = first.arrest(ANN, "2023-03-01 10:00:00", updated_at=WATERMARK)
    second.arrest(
        ANN,
        "2023-03-01 10:00:00",
        custody_ref=ref,
        record_status="CREATED_IN_ERROR",
        updated_at="2024-02-01T09:00:00Z",
    )


@nights(arrests="1")
def held_newer_version(first: Extract, second: Extract) -> None:
    """sources.md, conventions: a held row changes nothing: the last accepted version stands."""
    ref = first.arrest(ANN, "2023-03-01 10:00:00")
    second.arrest(
        ANN, "2023-03-01 10:00:00", custody_ref=ref, record_status="CREATED_IN_ERROR", surname="",
        updated_at="2024-06-02T09:00:00Z",
    )  # fmt: skip


@nights(arrests="2")
def delivery_held_whole(first: Extract, second: Extract) -> None:
    """sources.md, conventions: held rows above 5 % and above 10 rows: the delivery is held whole: its good
    rows and corrections too, and what stood stands."""
    ref = first.arrest(ANN, "2023-03-01 10:00:00")
    first.arrest(BOB, "2023-03-01 10:00:00")
    second.arrest(
        ANN,
        "2023-03-01 10:00:00",
        custody_ref=ref,
        record_status="CREATED_IN_ERROR",
        updated_at="2024-07-01T00:00:00Z",
    )
    second.arrest(CAT, "2023-03-01 10:00:00", custody_ref="42HA/000001/23")
    for number in range(11):
        second.arrest(CAT, "", custody_ref=f"42BA/{number:06d}/23")


@nights(arrests="1", weapons_seized="1")
def unknown_codes_hold_a_delivery(first: Extract, second: Extract) -> None:
    """sources.md, conventions: *unknown codes* above 5 % and above 10 rows hold the delivery of that
    source, and of no other."""
    first.weapon("KNIFE")
    second.weapon("KNIFE", exhibit_ref="EX90", file="20240109")
    for number in range(11):
        second.weapon("CROSSBOW", exhibit_ref=f"EX{number + 100}", file="20240109")
    second.arrest(ANN, "2023-03-01 10:00:00")


@nights(people_charged="1", charge_rate="100.0")
def partner_comes_a_night_later(first: Extract, second: Extract) -> None:
    """sources.md, conventions: a charge without its custody record counts once its partner is there."""
    first.charge("42CU/000001/23")
    second.arrest(ANN, "2023-03-01 10:00:00", custody_ref="42CU/000001/23")


@nights(prison_years="1.00", people_imprisoned="1")
def pull_of_what_changed(first: Extract, second: Extract) -> None:
    """sources.md 3: incremental: a hearing that is not on the next pull stands."""
    first.jailed(ANN, "2023-06-01", result("1002", 12))


@nights(prison_years="2.00")
def back_after_deletion(first: Extract, second: Extract) -> None:
    """sources.md, conventions: a withdrawal by flag stands until a later version says otherwise."""
    first.jailed(ANN, "2023-06-01", hearing_id="H1", updated_at="2023-06-05T10:00:00Z", deleted=True)
    second.hearing(ANN, "2023-06-01", result("1002", 24), hearing_id="H1", updated_at="2023-06-06T10:00:00Z")


@nights(prison_years="0.00")
def older_version_after_deletion(first: Extract, second: Extract) -> None:
    """sources.md, conventions: a withdrawal by flag stands until a *later* version says otherwise."""
    first.jailed(ANN, "2023-06-01", hearing_id="H1", updated_at="2023-06-05T10:00:00Z", deleted=True)
    second.hearing(ANN, "2023-06-01", result("1002", 24), hearing_id="H1", updated_at="2023-06-04T10:00:00Z")


@nights(weapons_seized="5")
def lower_revision_and_file_gone(first: Extract, second: Extract) -> None:
    """sources.md 4: the highest `revision` wins; incremental by file: a file that is gone takes nothing
    with it."""
    first.weapon("KNIFE", "2", exhibit_ref="EX1", revision="2", file="20240102")
    first.weapon("KNIFE", "3", exhibit_ref="EX2", file="20240102")
    second.weapon("KNIFE", "9", exhibit_ref="EX1", revision="1", file="20240109")


@nights(weapons_seized="7")
def same_name_other_content(first: Extract, second: Extract) -> None:
    """Faults, F22: a file of the same name with other content is a delivery of its own, read beside what
    stood."""
    first.weapon("KNIFE", "2", exhibit_ref="EX1")
    second.weapon("KNIFE", "5", exhibit_ref="EX2")


@nights(criminal_profits_seized="40.00", warrants_executed="0")
def rows_struck_from_the_registers(first: Extract, second: Extract) -> None:
    """sources.md, conventions: full sources: a key that is no longer there was withdrawn."""
    first.money("SEIZED", 10, Ref="AR1")
    first.money("SEIZED", 20, Ref="AR2")
    first.warrant("01/06/2023", "02/06/2023", Warrant_No="SW1")
    second.money("SEIZED", 40, Ref="AR2")


@nights(criminal_profits_seized="30.00")
def held_row_is_no_withdrawal(first: Extract, second: Extract) -> None:
    """sources.md, conventions: a held row is not a withdrawal."""
    first.money("SEIZED", 10, Ref="AR1")
    first.money("SEIZED", 20, Ref="AR2")
    second.money("SEIZED", "unclear", Ref="AR1")
    second.money("SEIZED", 20, Ref="AR2")


@nights(gang_injunctions="1", stro_people="0")
def later_register_decides(first: Extract, second: Extract) -> None:
    """sources.md, conventions: of several files the latest date decides: an order is gone, another is
    changed."""
    for register in (first, second):
        register.order(CAT, "GANG_INJUNCTION", "2023-10-04", order_ref="CO1", file="20240102")
        register.order(BOB, "STRO", "2023-11-07", order_ref="CO2", file="20240102")
    second.order(CAT, "GANG_INJUNCTION", "2023-10-04", order_ref="CO1", status="DISCHARGED", file="20240103")


@nights(stro_people="1")
def register_of_an_earlier_date(first: Extract, second: Extract) -> None:
    """sources.md, conventions: the latest date decides: an earlier register that comes late withdraws
    nothing."""
    first.order(BOB, "STRO", "2023-11-07", order_ref="CO2", file="20240103")
    second.order(ANN, "CBO", "2023-11-07", order_ref="CO1", file="20240102")


@nights(people_safeguarded="1")
def withdrawn_then_delivered_again(first: Extract, second: Extract) -> None:
    """sources.md, conventions: `<withdrawn>`: for ever: a later version does not bring the contact back."""
    first.contact(ANN, "2023-06-14", id="SG1")
    first.contact(BOB, "2023-06-14", id="SG2")
    first.withdrawn["20240102"] = ["SG1"]
    second.contact(ANN, "2023-06-14", id="SG1", version=9, file="20240103")


@nights(recorded_drug_crime="3")
def month_replaced(first: Extract, second: Extract) -> None:
    """sources.md 10: replace by month: a month delivered again replaces itself, one that is absent stands."""
    first.crime("2023-06", "Drugs")
    first.crime("2023-06", "Drugs")
    first.crime("2023-07", "Drugs")
    second.crime("2023-06", "Drugs")
    second.crime("2023-06", "Drugs", Longitude="")


@nights(weapons_seized="2", people_safeguarded="1", warrants_executed="1", arrests="1")
def sources_absent_for_a_night(first: Extract, second: Extract) -> None:
    """Faults, F44 and F46: a source that is silent for a night keeps what it had said."""
    first.arrest(ANN, "2023-03-01 10:00:00")
    first.weapon("KNIFE", "2")
    first.contact(ANN, "2023-06-14")
    first.warrant("01/06/2023", "02/06/2023")
    second.missing = {"custody", "property", "safeguarding", "warrants"}


@nights(people_arrested="1", arrests="2")
def a_pnc_id_joins_two_people(first: Extract, second: Extract) -> None:
    """Linking by exact keys: a correction that brings a PNC id joins what name and date of birth had kept
    apart."""
    first.arrest(ANN, "2023-03-01 10:00:00")
    ref = first.arrest(ANN | {"surname": "Farrowdell", "pnc_id": None}, "2023-05-01 10:00:00")
    second.arrest(
        ANN | {"surname": "Farrowdell"},
        "2023-05-01 10:00:00",
        custody_ref=ref,
        updated_at="2024-06-03T09:00:00Z",
    )
