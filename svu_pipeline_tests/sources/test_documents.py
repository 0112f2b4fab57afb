"""XML returns and JSON: safeguarding, operations and the pages of the courts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline_tests.sources.written import Read, is_silent, read, refusal, write

SURNAME = "Quillfeather"
RETURN = "safeguarding/safeguarding_20230914.xml"
OPERATIONS, DEPLOYMENTS = "operations/operations_20230914.jsonl", "operations/deployments_20230914.jsonl"


def contact(number: int, version: str = "1") -> str:
    """A contact element as returned."""
    return (
        f'<contact id="SG{number}" version="{version}"><person><pnc-id/><surname>{SURNAME}</surname>'
        "<forenames>Zoë &amp; Co</forenames><date-of-birth>2008-02-29</date-of-birth><sex>F</sex><postcode/></person>"
        "<contacted-on>2023-09-13</contacted-on><unit>SVU_PPP</unit><district>E07000073</district><operation/>"
        "<kind>CHILD_REFERRAL</kind><outcome>SAFEGUARDED</outcome><partner>SOCIAL_CARE</partner><premises-ref/></contact>"
    )


def day(body: str, count: int | str, opening: str = "") -> bytes:
    """A day's return."""
    return f'{opening}<safeguarding-return force="42" date="2023-09-14" count="{count}">{body}</safeguarding-return>'.encode()


def test_return_gives_contacts_and_withdrawals(tmp_path: Path) -> None:
    """Empty elements are empty; a withdrawal is a row of its own dataset and is not counted as a contact."""
    content = day(contact(1) + '<withdrawn id="SG9"/>' + contact(2, "3"), 2, '<?xml version="1.0" encoding="UTF-8"?>\n')
    found = read("safeguarding", write(tmp_path, {RETURN: content}))
    common = {
        "surname": SURNAME,
        "forenames": "Zoë & Co",
        "date_of_birth": "2008-02-29",
        "sex": "F",
        "contacted_on": "2023-09-13",
        "unit": "SVU_PPP",
        "district": "E07000073",
        "kind": "CHILD_REFERRAL",
        "outcome": "SAFEGUARDED",
        "partner": "SOCIAL_CARE",
        **dict.fromkeys(("pnc_id", "postcode", "operation", "premises_ref"), ""),
    }
    assert found.rows == {
        "contact": [
            {"id": "SG1", "version": "1", **common, "_row": 1},
            {"id": "SG2", "version": "3", **common, "_row": 2},
        ],
        "contact_withdrawal": [{"id": "SG9", "_row": 1}],
    }


def test_day_without_contacts_has_no_rows(tmp_path: Path) -> None:
    """A return that counts 0 is a good return."""
    assert read("safeguarding", write(tmp_path, {RETURN: day("", 0)})).rows == {}


BAD_RETURNS = {
    "document type": day(contact(1), 1, f'<!DOCTYPE r [<!ENTITY e "{SURNAME}">]>'),
    "a document type": day(contact(1), 1, '<!DOCTYPE r SYSTEM "http://localhost/r.dtd">'),
    "count does not equal the 1": day(contact(1), 2),
    "count does not equal the 2": day(contact(1) + contact(2), 1),
    "count does not": day(contact(1), ""),
    "the root element": b"<html><body>Quillfeather, sign in</body></html>",
    "not well-formed": day(contact(1), 1)[:-30],
    "empty": b"",
    "not text of the encoding": day(contact(1), 1).replace("ë".encode(), b"\xeb"),
}


@pytest.mark.parametrize("problem", BAD_RETURNS)
def test_bad_return_is_refused(problem: str, tmp_path: Path) -> None:
    """A document type, a wrong count, another root, half a file, other bytes: refused, nothing said of what is in it."""
    root = write(tmp_path / "extract", {RETURN: BAD_RETURNS[problem]})
    error = refusal("safeguarding", root, tmp_path)
    assert problem in error.problem
    assert error.file == RETURN
    assert is_silent(error, root, tmp_path, SURNAME)


def test_line_that_is_not_an_object_is_handed_on_with_its_defect(tmp_path: Path) -> None:
    """Each line has its own number; numbers keep their digits, null and absent are empty, other keys are not read."""
    lines = [
        '{"operation_ref": "OP1", "name": "Quill", "kind": "OTHER", "line_name": null, "opened_on": "2023-01-01", "new": 1}',
        "half of a line, no object",
        '["OP2"]',
        '{"operation_ref": "OP4", "name": "Comma, \\"quote\\" and \\u00e9", "updated_at": "2023-09-14T16:05:11Z"}',
        '{"operation_ref": "OP5"',
        "42",
    ]
    counts = '{"deployment_ref": "DP1", "leaflets": 2700, "arrests": 1.0, "leaflets_estimated": true, "place": ""}'
    files = {OPERATIONS: "\n".join(lines).encode(), DEPLOYMENTS: counts.encode() + b"\n"}
    found = read("operations", write(tmp_path, files)).rows
    assert sorted(found["operation"], key=lambda row: int(row["_row"])) == [
        {"operation_ref": "OP1", "name": "Quill", "kind": "OTHER", "opened_on": "2023-01-01", "_row": 1},
        {"_row": 2, "_defect": "not_json"},
        {"_row": 3, "_defect": "not_json"},
        {"operation_ref": "OP4", "name": 'Comma, "quote" and é', "updated_at": "2023-09-14T16:05:11Z", "_row": 4},
        {"_row": 5, "_defect": "not_json"},
        {"_row": 6, "_defect": "not_json"},
    ]
    assert found["deployment"] == [
        {
            "deployment_ref": "DP1",
            "leaflets": "2700",
            "arrests": "1.0",
            "leaflets_estimated": "true",
            "place": "",
            "_row": 1,
        }
    ]


def test_line_numbers_hold_over_the_borders_of_blocks(tmp_path: Path) -> None:
    """Of 60,000 lines in several blocks, some of them broken, each has its own number."""
    lines = [json.dumps({"operation_ref": str(n), "name": "x" * (n % 60)}) for n in range(1, 60_001)]
    broken = set(range(7, 60_001, 7_919))
    for number in broken:
        lines[number - 1] = "{"
    files = {OPERATIONS: "\n".join(lines).encode(), DEPLOYMENTS: b""}
    rows = read("operations", write(tmp_path, files)).rows["operation"]
    assert {row["_row"] for row in rows if "_defect" in row} == broken
    assert all(row["operation_ref"] == str(row["_row"]) for row in rows if "_defect" not in row)
    assert len(rows) == 60_000


def test_lines_of_other_bytes_are_refused(tmp_path: Path) -> None:
    """A log that is not UTF-8 is no log."""
    files = {OPERATIONS: b'{"name": "Quillfeather \xa3"}\n', DEPLOYMENTS: b""}
    error = refusal("operations", write(tmp_path / "extract", files), tmp_path)
    assert "UTF-8" in error.problem
    assert is_silent(error, tmp_path / "extract", tmp_path, SURNAME)


def hearing(number: int, **changed: Any) -> dict[str, Any]:
    """A hearing as the courts' API gives it."""
    return {
        "hearing_id": f"H{number}",
        "urn": "42CY0012323",
        "court": None,
        "hearing_date": "2023-09-14",
        "updated_at": "2023-09-14T16:05:11Z",
        "deleted": False,
        "defendant": {"defendant_id": "D1", "pnc_id": None, "surname": SURNAME, "date_of_birth": "2001-04-03"},
        "results": [],
        **changed,
    }


def pages(*bodies: dict[str, Any] | bytes) -> dict[str, bytes]:
    """The files of one pull."""
    return {
        f"courts/hearings-{number:04d}.json": body if isinstance(body, bytes) else json.dumps(body).encode()
        for number, body in enumerate(bodies, start=1)
    }


def page(items: list[Any], total: int, cursor: str | None = None) -> dict[str, Any]:
    """The body of one page."""
    return {"items": items, "next_cursor": cursor, "total": total}


def test_page_gives_hearings_and_their_results(tmp_path: Path) -> None:
    """A result names the row of its hearing; an item that is no object keeps its place, with its defect."""
    result = {
        "result_id": "R1",
        "offence_code": "MD71171",
        "result_code": "1002",
        "qualifier": None,
        "duration": {"value": 31, "unit": "M"},
        "secondary_duration": None,
        "text": "Imprisonment",
    }
    files = pages(page([hearing(1), "lost", hearing(2, results=[result, {**result, "result_id": "R2"}])], 3))
    found = read("courts", write(tmp_path, files)).rows
    taken = [
        (row.get("hearing_id"), row.get("surname"), row.get("deleted"), row.get("_defect")) for row in found["hearing"]
    ]
    assert [row["_row"] for row in found["hearing"]] == [1, 3, 2]
    assert taken == [("H1", SURNAME, "false", None), ("H2", SURNAME, "false", None), (None, None, None, "not_json")]
    common = {"part_of": "3", "offence_code": "MD71171", "result_code": "1002", "result_text": "Imprisonment"}
    assert found["hearing_result"] == [
        {**common, "result_id": "R1", "duration_value": "31", "duration_unit": "M", "_row": 1},
        {**common, "result_id": "R2", "duration_value": "31", "duration_unit": "M", "_row": 2},
    ]


def hearings_of(found: Read) -> list[str]:
    return [row["hearing_id"] for row in found.rows["hearing"]]


def test_pages_can_repeat(tmp_path: Path) -> None:
    """The total counts distinct hearings: a page, or a hearing, that comes twice is landed twice and counted once."""
    first, second = page([hearing(1), hearing(2)], 3, "a"), page([hearing(2), hearing(3)], 3)
    found = read("courts", write(tmp_path, pages(first, first, second)))
    assert hearings_of(found) == ["H1", "H2", "H1", "H2", "H2", "H3"]


BAD_PULLS = {
    "3 distinct hearings": pages(page([hearing(1), hearing(2)], 4), page([hearing(2), hearing(3)], 4)),
    "disagree on the total": pages(page([hearing(1)], 2), page([hearing(2)], 3)),
    "page is not JSON": pages(page([hearing(1)], 1), b"<!DOCTYPE html><html>Quillfeather, sign in</html>"),
    "is not JSON": pages(page([hearing(1)], 1), json.dumps(page([hearing(1)], 1)).encode()[:-9]),
    "not JSON": pages(b""),
    "an error of the API's": pages({"error": SURNAME}),
    "not of the form {items": pages(json.dumps([hearing(1)]).encode()),
}


@pytest.mark.parametrize("problem", BAD_PULLS)
def test_bad_pull_is_refused(problem: str, tmp_path: Path) -> None:
    """A wrong total, an error page given with status 200, half a page: refused, nothing said of what is in it."""
    root = write(tmp_path / "extract", BAD_PULLS[problem])
    error = refusal("courts", root, tmp_path)
    assert problem in error.problem
    assert error.file == max(BAD_PULLS[problem])
    assert is_silent(error, root, tmp_path, SURNAME)


def test_line_with_a_control_character_is_a_held_row_like_any_other(tmp_path: Path) -> None:
    """The separator that no JSON holds, and a line longer than a megabyte, do not refuse the file."""
    good = b'{"operation_ref": "OP1", "name": "A"}'
    long = b'{"operation_ref": "OP2", "name": "' + b"x" * (2 << 20) + b'"}'
    lines = b"\n".join([good, b'{"name": "a\x1fb"}', long, good]) + b"\n"
    write(tmp_path, {"operations/operations_20240101.jsonl": lines, "operations/deployments_20240101.jsonl": b"\n"})
    found = {row["_row"]: row.get("_defect") for row in read("operations", tmp_path).rows["operation"]}
    assert found == {1: None, 2: "not_json", 3: "too_long", 4: None}


@pytest.mark.parametrize("results", [{"result_id": "R1"}, "R1", ["R1"], [None]])
def test_hearing_whose_results_are_no_list_of_objects_is_held(results: object, tmp_path: Path) -> None:
    """Its term cannot be known: the hearing is handed on with the defect, and no result of it."""
    page = {"items": [{"hearing_id": "H1", "results": results}], "next_cursor": None, "total": 1}
    write(tmp_path, {"courts/hearings-0001.json": json.dumps(page).encode()})
    assert read("courts", tmp_path).rows == {"hearing": [{"_row": 1, "_defect": "bad_results"}]}


@pytest.mark.parametrize("body", [b"[" * 99999, b'{"items": [], "next_cursor": null, "total": NaN}'])
def test_page_that_is_no_json_or_has_no_end_is_refused(body: bytes, tmp_path: Path) -> None:
    """What only some parsers take, and nesting beyond all bounds, are a page to pull again, not a crash."""
    write(tmp_path / "in", {"courts/hearings-0001.json": body})
    assert "not JSON" in refusal("courts", tmp_path / "in", tmp_path).problem
