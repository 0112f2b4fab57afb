"""Source 3, courts: hearings and their results, as pages of the courts' API (sources.md, 3).

One pull is one drop: `total` counts the distinct hearings over all its pages, and a page may stand in it twice.
A hearing is the record; its results are its parts, landed as rows of their own that name the hearing's row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

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
)

HEARING = {
    "hearing_id": "hearing_id", "urn": "urn", "court": "court", "hearing_date": "hearing_date",
    "updated_at": "updated_at", "deleted": "deleted", "defendant_id": "defendant.defendant_id",
    "pnc_id": "defendant.pnc_id", "surname": "defendant.surname", "forenames": "defendant.forenames",
    "date_of_birth": "defendant.date_of_birth", "results": "results",
}  # fmt: skip
RESULT = {
    "result_id": "result_id", "offence_code": "offence_code", "result_code": "result_code", "qualifier": "qualifier",
    "duration_value": "duration.value", "duration_unit": "duration.unit",
    "secondary_duration_value": "secondary_duration.value", "secondary_duration_unit": "secondary_duration.unit",
    "result_text": "text",
}  # fmt: skip
COLUMNS = {"hearing": tuple(HEARING), "hearing_result": ("part_of", *RESULT)}
FILES = "courts/hearings-*.json"


def find(root: Path, shapes: Shapes) -> list[Drop]:
    """The one pull that stands in the folder; SourceError when there is none."""
    folder, _, name = shapes["hearing"].files.rpartition("/")
    pages = sorted(existing_folder("courts", root, folder).glob(name))
    if not pages:
        raise SourceError("courts", f"{folder}/", "no_delivery", f"no page {name} is there", "Pull the pages again.")
    files = tuple(SourceFile(page.relative_to(root).as_posix(), page) for page in pages)
    return [Drop(label="pull", files=files, datasets=tuple(shapes))]


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """Page by page; at the end the declared total must be the number of distinct hearings seen."""
    from svu_pipeline.sources.json_text import read_page

    totals: set[int] = set()
    seen: set[str] = set()
    for number in range(len(drop.files)):
        with reading.open(number) as stream:
            page = read_page(stream)
        totals.add(page["total"])
        seen.update(identity_of(item, shapes) for item in page["items"])
        yield from _rows(page["items"], number, shapes, reading)
    if len(totals) != 1:
        raise Unreadable("inconsistent_paging", "the pages disagree on the total", "Pull all pages again in one go.")
    if totals != {len(seen)}:
        raise Unreadable(
            "count_mismatch", f"the pages hold {len(seen)} distinct hearings, not the declared total", "Pull again."
        )


def identity_of(item: Any, shapes: Shapes) -> str:
    """What makes an item one hearing; an item without an id is told apart by its whole content."""
    known = _value(item, shapes["hearing"].names["hearing_id"]) if isinstance(item, dict) else None
    return str(known) if known else json.dumps(item, sort_keys=True)


def _rows(items: list[Any], file: int, shapes: Shapes, reading: Reading) -> Iterator[Rows]:
    from svu_pipeline.sources.odd_text import inspected
    from svu_pipeline.sources.text_batch import batches, defective_rows

    listed = shapes["hearing"].names["results"]
    defects = {number: defect for number, item in enumerate(items, start=1) if (defect := _defect(item, shapes))}
    objects = [(number, item) for number, item in enumerate(items, start=1) if number not in defects]
    hearings = ((number, [_value(item, shapes["hearing"].names[name]) for name in HEARING]) for number, item in objects)
    for batch in inspected(batches(COLUMNS["hearing"], hearings), partial(reading.note, file, "hearing")):
        yield Rows("hearing", file, batch)
    if defects:
        yield Rows("hearing", file, defective_rows(COLUMNS["hearing"], list(defects), list(defects.values())))
    results = ((number, result) for number, item in objects for result in item.get(listed) or [])
    parts = (
        (place, [str(number), *(_value(result, shapes["hearing_result"].names[name]) for name in RESULT)])
        for place, (number, result) in enumerate(results, start=1)
    )
    for batch in inspected(batches(COLUMNS["hearing_result"], parts), partial(reading.note, file, "hearing_result")):
        yield Rows("hearing_result", file, batch)


def _defect(item: Any, shapes: Shapes) -> str | None:
    """Why an item cannot be taken apart: no object, text that is none, or results that are no list of objects."""
    from svu_pipeline.sources.json_text import is_unicode

    if not isinstance(item, dict):
        return "not_json"
    if not is_unicode(item):
        return "bad_unicode"
    results = item.get(shapes["hearing"].names["results"])
    is_list = results is None or (isinstance(results, list) and all(isinstance(result, dict) for result in results))
    return None if is_list else "bad_results"


def _value(item: dict[str, Any], path: str) -> str | None:
    """A value within an object as text: a list or object as canonical JSON, null and absent as null."""
    value: Any = item
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case list() | dict():
            return json.dumps(value, sort_keys=True, ensure_ascii=False)
        case _:
            return str(value)


SYSTEM = System(
    name="courts",
    title="Court results",
    delivery=Delivery.INCREMENTAL,
    shapes={"hearing": Shape(HEARING, FILES), "hearing_result": Shape({"part_of": "", **RESULT})},
    finds=find,
    reads=read,
)
