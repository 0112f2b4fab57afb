"""Cases of JSON, B58 to B65: the pages of the courts' API, and the lines of the operations log."""

from __future__ import annotations

import json
from typing import Any

from svu_pipeline_tests.bad_input.case import SENTINEL, A, Case, F, R, Spoil, W
from svu_pipeline_tests.oracle.cases.builder import Extract

PAGE = "courts/hearings-0001.json"
SECOND = "courts/hearings-0002.json"
OPERATIONS = "operations/operations_20240102.jsonl"
DEPLOYMENTS = "operations/deployments_20240102.jsonl"

HEARING: dict[str, Any] = {
    "hearing_id": "H900001", "urn": "42CY0000123", "court": "Chelmsford", "hearing_date": "2023-09-14",
    "updated_at": "2023-09-14T17:00:00Z", "deleted": False,
    "defendant": {"defendant_id": "D1", "pnc_id": None, "surname": SENTINEL, "forenames": "A", "date_of_birth": None},
    "results": [{
        "result_id": "R1", "offence_code": "MD71171", "result_code": "1002", "qualifier": None,
        "duration": {"value": 31, "unit": "M"}, "secondary_duration": None, "text": None,
    }],
}  # fmt: skip
DEPLOYMENT = {
    "deployment_ref": "DP900001", "operation_name": "BUMBLE", "started_on": "2023-05-01", "unit_code": "SVU_HQ",
    "place": SENTINEL, "leaflets": 100, "leaflets_estimated": True, "updated_at": "2024-01-01T09:00:00Z",
}  # fmt: skip


def page(*items: Any, total: int | None = None, cursor: str | None = None) -> str:
    """A page's body as text."""
    content = {"items": items, "next_cursor": cursor, "total": len(items) if total is None else total}
    return json.dumps(content, ensure_ascii=True)


def pulled(*pages: str) -> Spoil:
    """The extract with these pages as the whole pull."""

    def spoil(extract: Extract) -> None:
        for number, body in enumerate(pages, start=1):
            extract.files[f"courts/hearings-{number:04d}.json"] = body.encode()

    return spoil


def logged(*lines: str) -> Spoil:
    """The extract with these lines as the deployments log."""

    def spoil(extract: Extract) -> None:
        extract.files[DEPLOYMENTS] = "".join(f"{line}\n" for line in lines).encode()

    return spoil


def deployment(**other: Any) -> str:
    return json.dumps({**DEPLOYMENT, **other})


def refused(row: str, what: str, code: str, *pages: str) -> Case:
    return Case(row, what, "courts", pulled(*pages), F, code)


def held(row: str, what: str, code: str, item: Any, *, why: str = "") -> Case:
    """A hearing held; its results are held with it."""
    return Case(row, what, "courts", pulled(page(item)), R, code, dataset="hearing", why=why)


def line(row: str, what: str, code: str, *lines: str, why: str = "") -> Case:
    return Case(row, what, "operations", logged(*lines), R, code, dataset="deployment", why=why)


HELD_LINE = "sources.md, 9: a line that is not JSON is a held row"
BODY = page(HEARING)
GOOD = deployment()

CASES = (
    refused("B58", "half a page", "malformed", BODY[:-9]),
    refused("B58", "a comma at the end", "malformed", BODY.replace("}]", "},]")),
    refused("B58", "NaN", "malformed", BODY.replace("31", "NaN")),
    refused("B58", "Infinity", "malformed", BODY.replace("31", "-Infinity")),
    refused("B58", "two documents", "malformed", BODY + BODY),
    line("B58", "half a line", "not_json", deployment(deployment_ref="DP2"), GOOD[:-9], why=HELD_LINE),
    line("B58", "a line with a comma at the end", "not_json", GOOD[:-1] + ",}", why=HELD_LINE),
    line("B58", "a line with NaN", "not_json", GOOD.replace("100", "NaN"), why=HELD_LINE),
    line("B58", "a line of two documents", "not_json", GOOD + GOOD, why=HELD_LINE),
    refused("B59", "a key twice", "duplicate_key", BODY.replace('"urn":', '"urn": "42CY0000124", "urn":')),
    line("B59", "a key twice in a line", "duplicate_key", GOOD[:-1] + ', "leaflets": 7}', why=HELD_LINE),
    Case("B60", "a number as text", "operations", logged(deployment(leaflets="120")), A, dataset="deployment",
         values={"leaflets": 120}),
    Case("B60", "text as a number", "courts",
         pulled(page({**HEARING, "defendant": {**HEARING["defendant"], "defendant_id": 45}})), A, dataset="hearing",
         values={"defendant_id": "45"}),
    Case("B60", "yes or no as a letter", "operations", logged(deployment(leaflets_estimated="Y")), W, "bad_format",
         dataset="deployment", values={"leaflets_estimated": None},
         why="the column is not required (sources.md, Conventions): the value is withheld, the row stays"),
    Case("B61", "a whole number beyond 2^53", "courts", pulled(page({**HEARING, "hearing_id": 9_007_199_254_740_993})),
         A, dataset="hearing", values={"hearing_id": "9007199254740993"}),
    *(Case("B61", f"a reference that came as {number}", "courts",
           pulled(BODY.replace('"H900001"', number)), R, "excel_mangled_id", dataset="hearing")
      for number in ("9007199254740993.0", "9.007199254740993e15")),
    held("B62", "null for a required value", "missing_required", {**HEARING, "urn": None}),
    held("B62", "a required key missing", "missing_required", {k: v for k, v in HEARING.items() if k != "urn"}),
    Case("B62", "a list for an object", "courts", pulled(page({**HEARING, "defendant": []})), R, "missing_required",
         of=2, dataset="hearing", why="the defendant's id and surname, each required, are both missing: one row"),
    held("B63", "half of a surrogate pair", "bad_unicode", {**HEARING, "court": "\ud800"}),
    line("B63", "half of a surrogate pair in a line", "bad_unicode", GOOD.replace(SENTINEL, "\\ud800")),
    refused("B64", "no items and yet a next page, and less than is declared", "count_mismatch",
            page(cursor="c2", total=2), page(HEARING, total=2)),
    refused("B64", "a total that changes", "inconsistent_paging", page(HEARING, total=1, cursor="c2"),
            page({**HEARING, "hearing_id": "H2"}, total=2)),
    refused("B65", "an error with status 200", "api_error", json.dumps({"error": SENTINEL})),
)  # fmt: skip
