"""Cases of any source, B71 to B86: dates, keys, references, codes, places, values, free text, scope and period."""

from __future__ import annotations

from datetime import date
from typing import Any

from svu_pipeline_tests.bad_input.case import MARKED, SENTINEL, A, Case, F, R, Spoil, W, adds, file
from svu_pipeline_tests.bad_input.csv_cases import EXHIBIT, PROPERTY, exhibit, exhibits
from svu_pipeline_tests.bad_input.database_cases import OPTIONAL, arrest
from svu_pipeline_tests.bad_input.xml_cases import RETURN, contact, day
from svu_pipeline_tests.oracle.cases.builder import Extract

JUNE = "police_uk/2023-06/2023-06-essex-street.csv"
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
DATE_ORDER = "sources.md holds a row for the order of its dates only in custody, warrants and civil orders: warned"


def street(*rows: str) -> Spoil:
    """June's street crime with these rows."""
    return file(JUNE, ("\r\n".join([STREET, *rows]) + "\r\n").encode())


def crime(month: str = "2023-06", place: str = "0.4,51.6", area: str = "E01021237", name: str = "Basildon 001A") -> str:
    return f",{month},,,{place},{SENTINEL},{area},{name},Drugs,,"


def place(row: str, what: str, code: str, *, why: str = "", **cells: str) -> Case:
    spoil = street(crime(), crime(**cells))
    return Case(row, what, "police_uk", spoil, W, code, dataset="street_crime", why=why)


def order(row: str, what: str, outcome: Any, code: str = "", *, why: str = "", **columns: Any) -> Case:
    spoil = adds("order", {**MARKED, **columns.pop("who", {})}, "CBO", columns.pop("granted", "2023-10-12"), **columns)
    return Case(row, what, "civil_orders", spoil, outcome, code, dataset="civil_order", why=why)


def seized(row: str, what: str, code: str, at: str) -> Case:
    return Case(row, what, "property", file(PROPERTY, exhibits(exhibit(seized_at=at))), R, code, dataset="exhibit")


def twice(**other: str) -> Spoil:
    """The same exhibit twice in one file, the second time with other cells."""
    return file(PROPERTY, exhibits(exhibit(), exhibit(**other)))


def of_another_force(extract: Extract) -> None:
    extract.write = _with_a_file_of_kent(extract.write)  # type: ignore[method-assign]


def _with_a_file_of_kent(write: Any) -> Any:
    def then(folder: Any) -> None:
        write(folder)
        (folder / JUNE.replace("essex", "kent")).write_bytes(f"{STREET}\r\n{crime()}\r\n".encode())

    return then


PUBLIC = "sources.md, 10: rows without or outside are kept, counted and warned; nothing of it is held"

CASES = (
    arrest("B71", "arrested after the last change", R, "impossible_date", at="2024-06-01 10:00:01"),
    Case("B71", "executed before issued", "warrants", adds("warrant", date(2023, 4, 12), date(2023, 4, 11)), R,
         "executed_outside_authority", dataset="warrant", why="sources.md, 6 names the reason"),
    order("B71", "an order that ends before it begins", W, "impossible_date", expires_on="2023-10-11", why=DATE_ORDER),
    order("B71", "born after the order", W, "impossible_date", who={"date_of_birth": "2023-10-13"}, why=DATE_ORDER),
    *(arrest("B71", f"{age} at arrest", W, "implausible_age", date_of_birth=born, why=OPTIONAL,
             values={"surname": SENTINEL, "date_of_birth": None})
      for age, born in (("nine", "2013-03-02"), ("a hundred and eleven", "1912-03-01"))),
    Case("B72", "03/04/2023 beside 13/04/2023", "property",
         file(PROPERTY, exhibits(exhibit(seized_at="03/04/2023 12:00"),
                                 exhibit(exhibit_ref="EX2", seized_at="13/04/2023 12:00"))), A, dataset="exhibit",
         values={"exhibit_ref": EXHIBIT["exhibit_ref"], "seized_on": date(2023, 4, 3)}),
    Case("B72", "03/04/2023 alone", "property", file(PROPERTY, exhibits(exhibit(seized_at="03/04/2023 12:00"))), A,
         dataset="exhibit", values={"seized_on": date(2023, 4, 3)}),
    seized("B73", "30 February", "bad_date", "30/02/2023 12:00"),
    seized("B73", "hour 24", "bad_date", "15/06/2023 24:00"),
    order("B73", "month 13", R, "bad_date", granted="2023-13-01"),
    arrest("B73", "second 60", R, "bad_date", at="2023-03-01 23:59:60"),
    *(Case("B74", f"key {key!r}", "property", file(PROPERTY, exhibits(exhibit(exhibit_ref=key))), R, "missing_key",
           dataset="exhibit") for key in ("", "   ", "TBC", "unknown", "0")),
    Case("B74", "key null", "operations", adds("deployment", "BUMBLE", "2023-05-01", deployment_ref=None), R,
         "missing_key", dataset="deployment"),
    Case("B75", "a row twice", "property", twice(), A, dataset="exhibit"),
    Case("B76", "two rows of one key", "property", twice(status="DESTROYED"), R, "conflicting_duplicate", of=2,
         dataset="exhibit"),
    Case("B76", "a later revision", "property", twice(status="DESTROYED", revision="2"), A, dataset="exhibit",
         values={"revision": 2}, why="sources.md, 4: the highest revision wins"),
    arrest("B77", "a PNC id whose letter does not hold", W, "bad_identifier", pnc_id="2012/0052494O",
           values={"surname": SENTINEL, "pnc_id": None},
           why="sources.md, Conventions: a wrong PNC id is withheld and never holds a row"),
    arrest("B77", "a custody number of another form", R, "bad_identifier", custody_ref="42CU/1/23"),
    Case("B77", "a case number of another form", "case_file", adds("charge", "42CU/000001/23", "42C10000123"), R,
         "bad_identifier", dataset="charge"),
    Case("B79", "a code that is in no list", "case_file", adds("charge", "42CU/000001/23", initiation="P"), W,
         "unknown_code", dataset="charge", values={"initiation": "UNKNOWN", "initiation_raw": "P"}),
    Case("B79", "an offence of an old list", "case_file", adds("charge", "42CU/000001/23", offence_code="ZZ99999"), A,
         dataset="charge", values={"offence_code": "ZZ99999"}, why="sources.md: offence and result codes are open lists"),
    place("B80", "0,0", "bad_location", place="0,0", why=PUBLIC),
    place("B80", "latitude and longitude swapped", "bad_location", place="51.6,0.4", why=PUBLIC),
    place("B80", "easting and northing", "bad_location", place="578000,206000", why=PUBLIC),
    place("B80", "outside the force's area", "out_of_area", name="Babergh 001A"),
    place("B81", "an area drawn for 2021", "boundary_vintage", area="E01033950"),
    Case("B82", "a negative count", "operations", adds("deployment", "BUMBLE", "2023-05-01", leaflets=-1), W,
         "out_of_range", dataset="deployment", values={"leaflets": None}, why=OPTIONAL),
    Case("B82", "a quantity of nought", "property", file(PROPERTY, exhibits(exhibit(quantity="0"))), R, "out_of_range",
         dataset="exhibit"),
    Case("B82", "more money than there is", "asset_recovery", adds("money", "SEIZED", 200_000_000_000), R,
         "out_of_range", dataset="register_entry"),
    *(Case("B83", what, "property", file(PROPERTY, exhibits(exhibit(description=text))), W, "pii_suspected",
           dataset="exhibit", values={"description": text})
      for what, text in (("an e-mail address", "from a.quill@example.org"), ("a telephone number", "ring 07700 900123"),
                         ("a name", "seen with Mrs Quillfeather"))),
    Case("B83", "a name in a text that is published", "operations",
         adds("deployment", "BUMBLE", "2023-05-01", place="home of Mr Quill"), W, "pii_suspected", dataset="deployment",
         values={"place": None}),
    Case("B84", "a return of another force", "safeguarding",
         file(RETURN, day(contact()).replace(b'force="42"', b'force="46"')), F, "wrong_scope"),
    Case("B84", "a file of another force", "police_uk", of_another_force, F, "wrong_scope"),
    arrest("B84", "TEST TEST", R, "test_record", surname="TEST", forenames="Test"),
    Case("B85", "May's file under June's name", "police_uk", street(crime("2023-05"), crime("2023-05")), F,
         "stale_period"),
    Case("B86", "a row of another month", "police_uk", street(crime(), crime("2023-05")), W, "name_date_differs",
         dataset="street_crime"),
    Case("B86", "a return of another day than its name's", "safeguarding",
         file(RETURN, day(contact(), date="2024-01-01")), W, "name_date_differs", dataset="contact",
         why="a return may be named for the day on which it is sent; only its month could show it to be stale"),
)  # fmt: skip
