"""What joins records for certain, what keeps them apart, and which of the two is the stronger."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from svu_pipeline.people.decisions import DECISION_COLUMNS
from svu_pipeline.people.linking import link, nothing_known
from svu_pipeline.people.model import shipped
from svu_pipeline.warehouse import session, table_of_rows

BORN = date(1990, 5, 17)
ONE, OTHER = "1990/0000001A", "1990/0000002B"
Decision = tuple[str, str, str]


class Records:
    """Records of one small force, and what was decided of them."""

    def __init__(self) -> None:
        self.custody: list[tuple[Any, ...]] = []
        self.hearings: list[tuple[Any, ...]] = []
        self.decided: list[Decision] = []

    def arrest(self, ref: str, forenames: str, pnc: str | None = None, postcode: str | None = None) -> None:
        self.custody.append((ref, pnc, "Okonjoby", forenames, BORN, None, postcode))

    def hearing(self, ref: str, surname: str, defendant: str, pnc: str | None = None) -> None:
        self.hearings.append((ref, "42CY0012323", defendant, pnc, surname, "Ada", BORN))

    def people(self, folder: Path) -> list[set[str]]:
        """The records of each person, in the order of the records."""
        texts = dict.fromkeys(("pnc_id", "surname", "forenames"), "TEXT") | {"date_of_birth": "DATE"}
        with session(folder) as connection:
            columns = {"custody_ref": "TEXT", **texts, "sex": "TEXT", "home_postcode": "TEXT"}
            table_of_rows(connection, "custody_record", columns, self.custody)
            columns = {"hearing_id": "TEXT", "urn": "TEXT", "defendant_id": "TEXT", **texts}
            table_of_rows(connection, "hearing", columns, self.hearings)
            table_of_rows(connection, "contact", {"id": "TEXT", **texts, "sex": "TEXT", "postcode": "TEXT"}, [])
            table_of_rows(connection, "civil_order", {"order_ref": "TEXT", **texts}, [])
            named = [
                (str(n), kind, "custody_record", a, "custody_record", b) for n, (kind, a, b) in enumerate(self.decided)
            ]
            table_of_rows(connection, "people_decision", DECISION_COLUMNS, named)
            connection.execute(resources.files("svu_pipeline.people").joinpath("identity.sql").read_text("utf-8"))
            nothing_known(connection)
            link(connection, shipped())
            rows = connection.execute("SELECT list(record_key) FROM record_cluster GROUP BY cluster").fetchall()
        return sorted(({*records} for (records,) in rows), key=min)


def test_a_defendant_of_one_case_is_one_person_whatever_the_name(tmp_path: Path) -> None:
    """sources.md 3: `defendant_id` is a person within one case; another defendant of the case is not that person by it."""
    records = Records()
    records.hearing("h1", "Okonjoby", "D1")
    records.hearing("h2", "Marlpitt", "D1")
    records.hearing("h3", "Sandlewick", "D2")
    assert records.people(tmp_path) == [{"h1", "h2"}, {"h3"}]


def test_two_pnc_ids_outweigh_a_defendant_id(tmp_path: Path) -> None:
    records = Records()
    records.hearing("h1", "Okonjoby", "D1", ONE)
    records.hearing("h2", "Okonjoby", "D1", OTHER)
    assert records.people(tmp_path) == [{"h1"}, {"h2"}]


def test_a_decision_joins_two_pnc_ids_with_all_their_records(tmp_path: Path) -> None:
    """Two PNC ids are two people until it is decided that they are one's; then whatever bears either is that person's."""
    records = Records()
    for ref, pnc in (("a", ONE), ("b", ONE), ("c", OTHER), ("d", OTHER)):
        records.arrest(ref, "Ada", pnc)
    assert records.people(tmp_path) == [{"a", "b"}, {"c", "d"}]
    records.decided = [("same", "b", "c")]
    assert records.people(tmp_path) == [{"a", "b", "c", "d"}]


def test_a_decision_parts_what_a_pnc_id_joins_and_leaves_the_others_together(tmp_path: Path) -> None:
    """Whichever record is decided to be another's, the rest of the PNC id's records stay one person's."""
    for apart in ("a", "b", "c"):
        records = Records()
        for ref in ("a", "b", "c"):
            records.arrest(ref, "Ada", ONE)
        rest = {"a", "b", "c"} - {apart}
        records.decided = [("not_same", *sorted((apart, other))) for other in sorted(rest)]  # type: ignore[misc]
        assert {frozenset(person) for person in records.people(tmp_path)} == {frozenset({apart}), frozenset(rest)}


def test_twins_stay_two_whether_or_not_the_postcode_is_known(tmp_path: Path) -> None:
    """counting.md, Linking people; a record that could be either's joins the two no more than it must."""
    for postcode in ("SS1 1AA", None):
        records = Records()
        records.arrest("a", "Ada", postcode=postcode)
        records.arrest("b", "Bea", postcode=postcode)
        records.arrest("c", "Bea", ONE, postcode)
        assert records.people(tmp_path) == [{"a"}, {"b", "c"}]


def test_a_pnc_id_that_goes_by_both_forenames_is_one_person(tmp_path: Path) -> None:
    """Ada and Bea under one PNC id are no twins, and neither is a record without a PNC id that has the other forename."""
    records = Records()
    records.arrest("a", "Ada", ONE, "SS1 1AA")
    records.arrest("b", "Bea", ONE, "SS1 1AA")
    records.arrest("c", "Bea", postcode="SS1 1AA")
    assert records.people(tmp_path) == [{"a", "b", "c"}]


def test_a_decision_joins_what_would_be_twins(tmp_path: Path) -> None:
    records = Records()
    records.arrest("a", "Ada", postcode="SS1 1AA")
    records.arrest("b", "Bea", postcode="SS1 1AA")
    records.decided = [("same", "a", "b")]
    assert records.people(tmp_path) == [{"a", "b"}]


def test_a_decision_joins_twins_with_all_their_records(tmp_path: Path) -> None:
    """It joins two people: what is like either of its records comes along, and no one is left behind."""
    records = Records()
    for ref, forenames in (("a1", "Ada"), ("a2", "Ada"), ("b1", "Bea"), ("b2", "Bea")):
        records.arrest(ref, forenames, postcode="SS1 1AA" if ref.endswith("1") else None)
    assert records.people(tmp_path) == [{"a1", "a2"}, {"b1", "b2"}]
    records.decided = [("same", "a1", "b2")]
    assert records.people(tmp_path) == [{"a1", "a2", "b1", "b2"}]
