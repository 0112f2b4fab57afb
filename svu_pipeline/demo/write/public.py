"""The public files in their dialects: as published, in snake_case, and flattened from the API."""

from __future__ import annotations

from pathlib import Path

from svu_pipeline.demo.force import PublicMonth
from svu_pipeline.demo.write.delimited import write_public_file

SNAKE_CASE_MONTH = "2022-06"
FLATTENED_MONTH = "2023-01"
STREET_COLUMNS = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)
STOP_COLUMNS = (
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
)
# The API's name of a column → the published name; None: the API alone has it, empty here.
FLATTENED_STOP_COLUMNS = {
    "age_range": "Age range",
    "outcome": "Outcome",
    "involved_person": None,
    "self_defined_ethnicity": "Self-defined ethnicity",
    "gender": "Gender",
    "legislation": "Legislation",
    "outcome_linked_to_object_of_search": "Outcome linked to object of search",
    "datetime": "Date",
    "removal_of_more_than_outer_clothing": "Removal of more than just outer clothing",
    "operation": "Part of a policing operation",
    "officer_defined_ethnicity": "Officer-defined ethnicity",
    "type": "Type",
    "operation_name": "Policing operation",
    "object_of_search": "Object of search",
    "outcome_object.id": None,
    "outcome_object.name": "Outcome",
    "location.latitude": "Latitude",
    "location.street.id": None,
    "location.street.name": None,
    "location.longitude": "Longitude",
    "location": None,
}


def write_public_month(folder: Path, month: PublicMonth) -> None:
    """The month's two files in a folder of its own."""
    target = folder / month.month
    target.mkdir(parents=True)
    street = target / f"{month.month}-essex-street.csv"
    stops = target / f"{month.month}-essex-stop-and-search.csv"
    if month.month == SNAKE_CASE_MONTH:
        write_public_file(street, _snake_case(STREET_COLUMNS), _renamed(month.crimes))
        write_public_file(stops, _snake_case(STOP_COLUMNS), _renamed(month.stops))
        return
    write_public_file(street, STREET_COLUMNS, month.crimes)
    if month.month == FLATTENED_MONTH:
        write_public_file(stops, tuple(FLATTENED_STOP_COLUMNS), [_flattened(row) for row in month.stops])
    else:
        write_public_file(stops, STOP_COLUMNS, month.stops)


def _snake_case(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column.lower().replace(" ", "_").replace("-", "_") for column in columns)


def _renamed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [dict(zip(_snake_case(tuple(row)), row.values(), strict=True)) for row in rows]


def _flattened(row: dict[str, str]) -> dict[str, str]:
    return {column: row[published] if published else "" for column, published in FLATTENED_STOP_COLUMNS.items()}
