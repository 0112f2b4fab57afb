"""The systems themselves: databases, dated CSV files and the public data in its dialects, as the interface has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from svu_pipeline.contracts.model import fields_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.sources.registry import SYSTEM_OF, SYSTEMS
from svu_pipeline.sources.system import SourceError
from svu_pipeline_tests.sources.written import is_silent, read, refusal, write

SURNAME = "Quillfeather"
EXHIBITS = "property/property_20230914.csv"
ORDERS, BREACHES = "civil_orders/civil_orders_20230914.csv", "civil_orders/order_breaches_20230914.csv"


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_reader_gives_the_fields_of_the_contract(dataset: str) -> None:
    """What a reader hands on and what the contract casts are the same columns in the same order."""
    assert list(SYSTEM_OF[dataset].columns[dataset]) == [term.name for term in fields_of(CONTRACTS[dataset])]
    assert CONTRACTS[dataset].source == SYSTEM_OF[dataset].name


@pytest.mark.parametrize("source", SYSTEMS)
@pytest.mark.parametrize("folder_is_there", [False, True])
def test_source_that_delivered_nothing_is_refused(source: str, folder_is_there: bool, tmp_path: Path) -> None:
    """A missing folder or file is an error that says what to do, never an empty source."""
    if folder_is_there:
        (tmp_path / "extract" / source).mkdir(parents=True)
    refusal(source, tmp_path / "extract", tmp_path)


def database(path: Path, tables: Mapping[str, Sequence[Mapping[str, object]]], missing: str = "") -> None:
    """A SQLite database with tables of untyped columns, but for one that is missing, and rows."""
    connection = sqlite3.connect(path)
    for table, rows in tables.items():
        columns = [name for name in SYSTEM_OF[table].columns[table] if name != missing]
        connection.execute(f"CREATE TABLE {table} ({', '.join(columns)}, added_later)")
        for row in rows:
            connection.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
            )
    connection.commit()
    connection.close()


def test_database_is_read_as_text(tmp_path: Path) -> None:
    """Whatever type a cell has, it arrives as its text; a column that was added is not read."""
    row = {"custody_ref": "42CU/000001/23", "surname": SURNAME, "sex": 1, "home_postcode": 1.5, "added_later": "x"}
    database(tmp_path / "custody.sqlite", {"custody_record": [row, {"custody_ref": "42CU/000002/23"}]})
    assert read("custody", tmp_path).rows["custody_record"] == [
        {"custody_ref": "42CU/000001/23", "surname": SURNAME, "sex": "1", "home_postcode": "1.5", "_row": 1},
        {"custody_ref": "42CU/000002/23", "_row": 2},
    ]


def test_database_is_read_from_the_watermark(tmp_path: Path) -> None:
    """Each table from its own; a row whose last change cannot be read must not be overlooked."""
    instants = ["2023-09-14T16:05:10Z", "2023-09-14T16:05:11Z", " 2023-09-15T00:00:00Z", "14/09/2023", None, ""]
    charges = [{"charge_id": f"CH{n}", "updated_at": instant} for n, instant in enumerate(instants)]
    outcomes = [{"custody_ref": "42CU/000001/23", "updated_at": "2020-01-01T00:00:00Z"}]
    tables: dict[str, Sequence[Mapping[str, object]]] = {
        "charge": charges,
        "custody_outcome": outcomes,
        "remand_decision": [],
    }
    database(tmp_path / "case_file.sqlite", tables)
    found = read("case_file", tmp_path, {"charge": "2023-09-14T16:05:11Z"}).rows
    assert [row["charge_id"] for row in found["charge"]] == ["CH1", "CH2", "CH3", "CH4", "CH5"]
    assert len(found["custody_outcome"]) == 1


def test_database_rows_are_numbered_over_batches(tmp_path: Path) -> None:
    """5,000 rows come in several batches; the numbers run on."""
    database(tmp_path / "custody.sqlite", {"custody_record": [{"custody_ref": str(n)} for n in range(1, 5_001)]})
    rows = read("custody", tmp_path).rows["custody_record"]
    assert [(row["custody_ref"], row["_row"]) for row in rows] == [(str(n), n) for n in range(1, 5_001)]


@pytest.mark.parametrize(
    ("problem", "table", "missing"),
    [("no table custody_record", "charge", ""), ("no column surname", "custody_record", "surname")],
)
def test_database_of_another_layout_is_refused(problem: str, table: str, missing: str, tmp_path: Path) -> None:
    """A lost table or column refuses the source and is named."""
    root = write(tmp_path / "extract", {"note.txt": b""})
    database(root / "custody.sqlite", {table: []}, missing)
    assert problem in refusal("custody", root, tmp_path).problem


@pytest.mark.parametrize("content", [b"<html>Quillfeather</html>" * 50, b"SQLite format 3\x00" + b"Quillfeather" * 90])
def test_file_that_is_no_database_is_refused(content: bytes, tmp_path: Path) -> None:
    """A page named .sqlite and a damaged database are refused, with nothing said of what is in them."""
    root = write(tmp_path / "extract", {"custody.sqlite": content})
    error = refusal("custody", root, tmp_path)
    assert error.file == "custody.sqlite"
    assert is_silent(error, root, tmp_path, SURNAME)


def test_weekly_property_file(tmp_path: Path) -> None:
    """Windows text, CRLF, quotes with commas and newlines, ragged records in their place, a trailer that counts them."""
    header = ",".join(SYSTEMS["property"].columns["exhibit"])
    lines = [
        header,
        'EX1,14/09/2023 14:30,SVU_HQ,,,E06000034,WEAPON,KNIFE,"Blade, 40 cm – “as new”\r\n£5 label",1,ITEM,,,,HELD,1',
        "EX2,14/09/2023 14:30,SVU_HQ",
        "EX3,14/09/2023 14:31,SVU_HQ,,,,DRUG,,,12.5,G,11.984,G,CRACK,HELD,2",
        "EX4,14/09/2023 14:31,SVU_HQ,,,,DRUG,,two, commas,12.5,G,11.984,G,CRACK,HELD,2",
        "TRAILER,4",
    ]
    found = read("property", write(tmp_path, {EXHIBITS: "\r\n".join([*lines, ""]).encode("cp1252")})).rows["exhibit"]
    taken = {row["_row"]: {name: text for name, text in row.items() if text and name != "_row"} for row in found}
    knife = {"category": "WEAPON", "item_type": "KNIFE", "description": "Blade, 40 cm – “as new”\r\n£5 label"}
    crack = {"category": "DRUG", "drug": "CRACK", "lab_quantity": "11.984", "lab_unit": "G"}
    assert taken == {
        1: {
            "exhibit_ref": "EX1", "seized_at": "14/09/2023 14:30", "unit_code": "SVU_HQ", "district_code": "E06000034",
            "quantity": "1", "unit_of_measure": "ITEM", "status": "HELD", "revision": "1", **knife,
        },
        2: {"_defect": "too_few_fields"},
        3: {
            "exhibit_ref": "EX3", "seized_at": "14/09/2023 14:31", "unit_code": "SVU_HQ",
            "quantity": "12.5", "unit_of_measure": "G", "status": "HELD", "revision": "2", **crack,
        },
        4: {"_defect": "too_many_fields"},
    }  # fmt: skip


def test_civil_orders_register_and_breaches(tmp_path: Path) -> None:
    """Two registers, each a file with a byte order mark; the columns of one may come in another order."""
    columns = SYSTEMS["civil_orders"].columns["civil_order"]
    order = dict.fromkeys(columns, "") | {"order_ref": "CO1", "court": "Basildon, Family", "surname": "Ó Quill"}
    names = list(reversed(columns))
    lines = [",".join(names), ",".join(f'"{order[name]}"' for name in names)]
    files = {
        ORDERS: "\r\n".join(lines).encode("utf-8-sig"),
        BREACHES: "breach_ref,order_ref,breached_on,outcome\r\nBR1,CO1,2023-11-02,NFA\r\n".encode("utf-8-sig"),
    }
    found = read("civil_orders", write(tmp_path, files)).rows
    assert [{k: v for k, v in row.items() if v} for row in found["civil_order"]] == [
        {"order_ref": "CO1", "court": "Basildon, Family", "surname": "Ó Quill", "_row": 1}
    ]
    assert found["order_breach"] == [
        {"breach_ref": "BR1", "order_ref": "CO1", "breached_on": "2023-11-02", "outcome": "NFA", "_row": 1}
    ]


def test_civil_orders_without_breaches_is_refused(tmp_path: Path) -> None:
    """One register without the other is half a delivery."""
    root = write(tmp_path / "extract", {ORDERS: ",".join(SYSTEMS["civil_orders"].columns["civil_order"]).encode()})
    assert "order_breaches_" in refusal("civil_orders", root, tmp_path).problem


PUBLISHED = {
    "2023-06/2023-06-essex-stop-and-search.csv": (
        "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
        "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
        "Outcome linked to object of search,Removal of more than just outer clothing"
    ),
    "2023-06/2023-06-essex-street.csv": (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context"
    ),
}
API = {
    "2023-06/2023-06-essex-stop-and-search.csv": (
        "age_range,outcome,involved_person,self_defined_ethnicity,gender,legislation,outcome_linked_to_object_of_search,"
        "datetime,removal_of_more_than_outer_clothing,operation,officer_defined_ethnicity,type,operation_name,"
        "object_of_search,location.latitude,location.street.id,location.street.name,location.longitude,location"
    ),
    "2023-06/2023-06-essex-street.csv": (
        "category,location_type,location.latitude,location.longitude,location.street.id,location.street.name,context,"
        "outcome_status,outcome_status.category,persistent_id,id,month"
    ),
}
READ_FROM = {
    "location.latitude": "latitude", "location.longitude": "longitude", "location.street.name": "location",
    "persistent_id": "crime_id", "category": "crime_type", "outcome_status.category": "last_outcome_category",
    "date": "datetime", "part_of_a_policing_operation": "operation", "policing_operation": "operation_name",
    "removal_of_more_than_just_outer_clothing": "removal_of_more_than_outer_clothing",
}  # fmt: skip
"""The name of the column that a header of some dialect fills, where it is not the header's own."""


def snake(header: str) -> str:
    """A header as mirrors of the archive write it."""
    return header.lower().replace(" ", "_").replace("-", "_")


@pytest.mark.parametrize("dialect", ["published", "snake", "api"])
def test_public_data_in_each_dialect_fills_the_same_columns(dialect: str, tmp_path: Path) -> None:
    """Each cell says the column that it must end up in; what a dialect lacks is empty, what is not ours is not read."""
    headers = {path: snake(head) for path, head in PUBLISHED.items()} if dialect == "snake" else PUBLISHED
    headers = API if dialect == "api" else headers
    files = {}
    for path, header in headers.items():
        names = [snake(name) for name in header.split(",")]
        cells = ",".join(f"<{READ_FROM.get(name, name)}>" for name in names)
        files[f"police_uk/{path}"] = f"{header}\r\n{cells}\r\n{cells}\r\n".encode()
    found = read("police_uk", write(tmp_path, files)).rows
    assert found.keys() == {"stop_and_search", "street_crime"}
    lacking = {"reported_by", "falls_within", "lsoa_code", "lsoa_name"} if dialect == "api" else set()
    for dataset, rows in found.items():
        columns = [name for name in SYSTEMS["police_uk"].columns[dataset] if name not in lacking]
        if dialect == "api" and dataset == "street_crime":
            assert rows[0].pop("location") == "<location>"
            assert rows[1].pop("location") == "<location>"
            columns.remove("location")
        assert rows == [{**{name: f"<{name}>" for name in columns}, "_row": number} for number in (1, 2)]


def test_outcomes_of_the_archive_are_not_read(tmp_path: Path) -> None:
    """A month's outcomes stand beside its crimes in the published archive; alone they are no delivery."""
    write(tmp_path, {"police_uk/2023-06/2023-06-essex-outcomes.csv": b"Crime ID,Month\r\n"})
    with pytest.raises(SourceError):
        read("police_uk", tmp_path)


def test_text_that_is_not_utf8_refuses_the_database(tmp_path: Path) -> None:
    """Bytes that are no text never reach a contract."""
    with sqlite3.connect(tmp_path / "custody.sqlite") as connection:
        columns = ", ".join(f"{name} TEXT" for name in SYSTEMS["custody"].columns["custody_record"])
        connection.execute(f"CREATE TABLE custody_record ({columns})")
        connection.execute("INSERT INTO custody_record (surname) VALUES (CAST(x'51FFFE' AS TEXT))")
    connection.close()
    assert "not UTF-8" in refusal("custody", tmp_path, tmp_path / "home").problem


def test_month_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Which of two files of one name is meant cannot be guessed."""
    name = "2023-11-essex-street.csv"
    write(tmp_path / "in", {f"police_uk/2023-11/{name}": b"x\r\n", f"police_uk/again/{name}": b"x\r\n"})
    assert "stands twice" in refusal("police_uk", tmp_path / "in", tmp_path).problem
