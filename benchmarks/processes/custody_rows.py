"""Write custody rows of invented people as SQLite and as CSV: `… custody_rows ROWS FOLDER`.

About one row in a hundred breaks a rule, each rule of the contract in its turn. Written in chunks; the same number of
rows is the same bytes.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from svu_pipeline.sources.custody import COLUMNS

NAMES = COLUMNS["custody_record"]
CHUNK = 50_000
CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
SUITES = ("CU", "CY", "HA", "BA", "SO", "GR")
UNITS = ("RAPTOR_NORTH", "RAPTOR_SOUTH", "RAPTOR_WEST", "SVU_HQ", "LPT_BASILDON", "CID_HARLOW")
DISTRICTS = (*(f"E070000{number}" for number in range(66, 78)), "E06000033", "E06000034")
REASONS = ("NEW_OFFENCE", "WARRANT", "BAIL_BREACH", "RECALL", "ANSWER_BAIL")
SYLLABLES = ("bar", "den", "fol", "gar", "hew", "kel", "lin", "mor", "nes", "pel", "ros", "tam", "wid", "yar")
FAULTS: tuple[dict[str, str | None], ...] = (
    {"custody_ref": "42-1"},
    {"pnc_id": "2001/0171310S"},
    {"surname": " "},
    {"forenames": None},
    {"date_of_birth": "31/01/1990"},
    {"date_of_birth": "2019-05-05"},
    {"sex": "X"},
    {"arrested_at": "2023-03-26 01:30:00"},
    {"arrested_at": "2023-10-29 01:30:00"},
    {"arrested_at": "yesterday"},
    {"arrested_at": "2019-06-01 12:00:00", "arresting_unit": "SVU_HQ"},
    {"arrest_reason": "OTHER"},
    {"arresting_unit": None},
    {"district_code": "E09000010"},
    {"lead_offence_code": ""},
    {"record_status": None},
    {"updated_at": "2019-01-01T00:00:00Z"},
    {"updated_at": "2023-12-01 04:00:00"},
)
FAULT_EVERY = 97


def rows(count: int) -> Iterator[list[str | None]]:
    """`count` rows in the order of the custody system's columns."""
    chance = Random("custody rows")
    start = datetime(2021, 1, 1, tzinfo=UTC)
    for number in range(count):
        arrested = start + timedelta(minutes=chance.randrange(1_500_000))
        # The hour that a clock change skips or doubles is left to FAULTS.
        arrested = arrested.replace(hour=3) if arrested.hour in (0, 1) else arrested
        year, serial = chance.randrange(70, 100), chance.randrange(10_000_000)
        born = f"{chance.randrange(1960, 2006)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        row: dict[str, str | None] = {
            "custody_ref": f"42{SUITES[number // 3_000_000 % 6]}/{number // 3 % 1_000_000:06}/{21 + number % 3}",
            "pnc_id": f"19{year}/{serial:07}{CHECK_LETTERS[(year * 10_000_000 + serial) % 23]}",
            "surname": "".join(chance.choices(SYLLABLES, k=3)).capitalize(),
            "forenames": "".join(chance.choices(SYLLABLES, k=2)).capitalize(),
            "date_of_birth": born,
            "sex": "MFU"[number % 3],
            "home_postcode": f"CM{number % 20 + 1} {number % 9 + 1}AB",
            "arrested_at": f"{arrested:%Y-%m-%d %H:%M:%S}",
            "arrest_reason": REASONS[number % len(REASONS)],
            "arresting_unit": UNITS[number % len(UNITS)],
            "operation_ref": f"OP{number % 500:04}" if number % 4 else None,
            "district_code": DISTRICTS[number % len(DISTRICTS)],
            "lead_offence_code": f"MD7{number % 10_000:04}",
            "record_status": "LIVE",
            "transferred_from": None,
            "updated_at": f"{arrested + timedelta(hours=30):%Y-%m-%dT%H:%M:%SZ}",
        }
        if number % FAULT_EVERY == 0:
            row |= FAULTS[number // FAULT_EVERY % len(FAULTS)]
        yield [row[name] for name in NAMES]


def write(count: int, folder: Path) -> None:
    """`custody.sqlite` as the custody system delivers it, and `custody.csv` with the same rows, empty for null."""
    made, marks = rows(count), ", ".join("?" * len(NAMES))
    with (
        closing(sqlite3.connect(folder / "custody.sqlite")) as database,
        (folder / "custody.csv").open("w", encoding="utf-8", newline="") as stream,
    ):
        database.execute(f"CREATE TABLE custody_record ({', '.join(f'{name} TEXT' for name in NAMES)})")
        text = csv.writer(stream)
        text.writerow(NAMES)
        while chunk := list(islice(made, CHUNK)):
            database.executemany(f"INSERT INTO custody_record VALUES ({marks})", chunk)
            text.writerows(chunk)
        database.commit()


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
