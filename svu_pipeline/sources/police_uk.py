"""Source 10, public police data: stop and search and street crime by month, in three dialects (sources.md, 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.sources.system import (
    Delivery,
    Drop,
    Reading,
    Rows,
    Shape,
    Shapes,
    SourceError,
    SourceFile,
    System,
    Unreadable,
    existing_folder,
    inverted,
)

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "police_uk/"
FORCE = "essex"
FILE = re.compile(r"(?P<month>\d{4}-(?:0[1-9]|1[0-2]))-(?P<force>[a-z-]+?)-(?P<kind>stop-and-search|street)\.csv")
DATASETS = {"stop-and-search": "stop_and_search", "street": "street_crime"}
"""Files of a month's outcomes (`…-outcomes.csv`) stand beside these in the published archive and are not read."""

STOP_AND_SEARCH = {
    "Type": "type", "Date": "datetime", "Part of a policing operation": "operation",
    "Policing operation": "operation_name", "Latitude": "latitude", "Longitude": "longitude", "Gender": "gender",
    "Age range": "age_range", "Self-defined ethnicity": "self_defined_ethnicity",
    "Officer-defined ethnicity": "officer_defined_ethnicity", "Legislation": "legislation",
    "Object of search": "object_of_search", "Outcome": "outcome",
    "Outcome linked to object of search": "outcome_linked_to_object_of_search",
    "Removal of more than just outer clothing": "removal_of_more_than_outer_clothing",
}  # fmt: skip
STREET = {
    "Crime ID": "crime_id", "Month": "month", "Reported by": "reported_by", "Falls within": "falls_within",
    "Longitude": "longitude", "Latitude": "latitude", "Location": "location", "LSOA code": "lsoa_code",
    "LSOA name": "lsoa_name", "Crime type": "crime_type", "Last outcome category": "last_outcome_category",
    "Context": "context",
}  # fmt: skip
STOP_AND_SEARCH_API = {
    "type": "type", "datetime": "datetime", "operation": "operation", "operation_name": "operation_name",
    "location.latitude": "latitude", "location.longitude": "longitude", "gender": "gender", "age_range": "age_range",
    "self_defined_ethnicity": "self_defined_ethnicity", "officer_defined_ethnicity": "officer_defined_ethnicity",
    "legislation": "legislation", "object_of_search": "object_of_search", "outcome": "outcome",
    "outcome_linked_to_object_of_search": "outcome_linked_to_object_of_search",
    "removal_of_more_than_outer_clothing": "removal_of_more_than_outer_clothing",
}  # fmt: skip
STREET_API = {
    "persistent_id": "crime_id", "month": "month", "location.longitude": "longitude",
    "location.latitude": "latitude", "location.street.name": "location", "category": "crime_type",
    "outcome_status.category": "last_outcome_category", "context": "context",
}  # fmt: skip
COLUMNS = {"stop_and_search": tuple(STOP_AND_SEARCH.values()), "street_crime": tuple(STREET.values())}

API_UNREAD = frozenset(
    {
        "location", "location.street.id", "location.street.name", "location_type", "location_subtype", "id",
        "outcome_status", "outcome_status.date", "outcome_object.id", "outcome_object.name", "involved_person",
    }
)  # fmt: skip
"""What the API says besides, and is not read."""

MONTH_COLUMN = {"stop_and_search": "datetime", "street_crime": "month"}
"""The column that begins with the month of a row."""


def find(root: Path, shapes: Shapes) -> list[Drop]:
    """One drop a month and kind, oldest first; a file outside a month's folder is found as well."""
    place = existing_folder("police_uk", root, shapes["street_crime"].files.rstrip("/"))
    drops: list[Drop] = []
    for location in sorted(place.rglob("*.csv"), key=lambda path: path.name):
        if name := FILE.fullmatch(location.name):
            file = SourceFile(location.relative_to(root).as_posix(), location)
            dataset = DATASETS[name["kind"]]
            if name["force"] != FORCE:
                cure = "Take it out of the folder and run again."
                raise SourceError("police_uk", file.path, "wrong_scope", "the file is another force's", cure)
            if any(drop.label == location.stem for drop in drops):
                cure = "Leave the one that is meant and run again."
                raise SourceError(
                    "police_uk", file.path, "duplicate_delivery", "the month stands twice, in two folders", cure
                )
            drops.append(Drop(label=location.stem, files=(file,), datasets=(dataset,), dated=name["month"]))
    if not drops:
        cure = "Ask for the month's files as published, or leave the folder's last ones in place."
        raise SourceError(
            "police_uk",
            shapes["street_crime"].files,
            "no_delivery",
            "no file YYYY-MM-essex-street.csv or -stop-and-search.csv",
            cure,
        )
    return drops


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The rows of one month, in whichever dialect its header is.

    Raises Unreadable `stale_period` when not one of them is of the month: another month's file under this one's name
    would replace it. Rows of another month beside those of this one are noted.
    """
    from svu_pipeline.sources.csv_file import Layout, read_csv

    (dataset,) = drop.datasets
    published, api = {
        "stop_and_search": (STOP_AND_SEARCH, STOP_AND_SEARCH_API),
        "street_crime": (STREET, STREET_API),
    }[dataset]
    dialects = [Layout(published), Layout(_snake_case(published)), Layout(api, unread=API_UNREAD)]
    dated = others = 0
    with reading.open(0) as stream:
        for batch in read_csv(stream, COLUMNS[dataset], dialects, partial(reading.note, 0, dataset)):
            these, those = _months(batch, MONTH_COLUMN[dataset], drop.dated)
            dated, others = dated + these + those, others + those
            yield Rows(dataset, 0, batch)
    if dated and dated == others:
        cure = "Ask for the month that the file is named for."
        raise Unreadable("stale_period", "no row of the file is of the month in its name", cure)
    reading.note(0, dataset, "name_date_differs", others)


def _months(batch: pa.RecordBatch, column: str, month: str) -> tuple[int, int]:
    """How many rows are of a month, and how many of another; one without a date is of neither."""
    import pyarrow.compute as pc

    is_month = pc.starts_with(batch[column], month)
    is_dated = pc.match_substring_regex(batch[column], r"^\d{4}-\d{2}")
    these = pc.sum(is_month).as_py() or 0
    return these, (pc.sum(is_dated).as_py() or 0) - these


def _snake_case(published: dict[str, str]) -> dict[str, str]:
    """The same headers in lower case with underscores, as mirrors of the archive write them."""
    return {re.sub(r"[^a-z]+", "_", header.lower()): column for header, column in published.items()}


SYSTEM = System(
    name="police_uk",
    title="Public police data",
    delivery=Delivery.BY_MONTH,
    shapes={
        "stop_and_search": Shape(inverted(STOP_AND_SEARCH), FOLDER),
        "street_crime": Shape(inverted(STREET), FOLDER),
    },
    finds=find,
    reads=read,
)
