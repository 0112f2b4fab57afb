"""The load as a script of pandas and pandera does it: `… rival_pandas PLACE FOLDER`, in the rivals' own environment.

`read_sql`, a pandera model of a few of the contract's rules, the rows that break one left out, Parquet. Imports nothing
of ours. Prints rows and seconds.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

import pandas as pd
import pandera.pandas as pa
import sqlalchemy

RULES = pa.DataFrameSchema(
    {
        "custody_ref": pa.Column(str, pa.Check.str_matches(r"^42[A-Z]{2}/[0-9]{6}/[0-9]{2}$")),
        "surname": pa.Column(str, pa.Check.str_matches(r"\S")),
        "forenames": pa.Column(str),
        "sex": pa.Column(str, pa.Check.isin(["M", "F", "U"]), nullable=True),
        "date_of_birth": pa.Column("datetime64[us]", nullable=True),
        "arrested_at": pa.Column("datetime64[us]"),
        "arrest_reason": pa.Column(str),
        "arresting_unit": pa.Column(str),
        "lead_offence_code": pa.Column(str, pa.Check.str_matches(r"\S")),
        "record_status": pa.Column(str, pa.Check.isin(["LIVE", "CREATED_IN_ERROR"])),
        "updated_at": pa.Column("datetime64[us]"),
    },
    checks=pa.Check(lambda frame: ~(frame["arrested_at"] > frame["updated_at"]), name="impossible_date"),
)
FORMATS = {"date_of_birth": "%Y-%m-%d", "arrested_at": "%Y-%m-%d %H:%M:%S", "updated_at": "%Y-%m-%dT%H:%M:%SZ"}


def load(said: dict[str, str], folder: Path) -> dict[str, object]:
    """The whole table, as one frame."""
    password = quote(Path(said["password_file"]).read_text("utf-8"), safe="")
    address = said["url"].replace("postgresql://", f"postgresql+psycopg2://{said['user']}:{password}@")
    started = perf_counter()
    frame = pd.read_sql(f"SELECT * FROM {said['schema']}.custody_record", sqlalchemy.create_engine(address))
    for column, form in FORMATS.items():
        frame[column] = pd.to_datetime(frame[column], format=form, errors="coerce").astype("datetime64[us]")
    try:
        kept = RULES.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        kept = frame.drop(index=errors.failure_cases["index"].dropna().unique())
    kept.to_parquet(folder / "custody.parquet")
    return {"rows": len(frame), "kept": len(kept), "seconds": perf_counter() - started}


if __name__ == "__main__":
    print(json.dumps(load(json.loads(sys.argv[1]), Path(sys.argv[2]))))
