"""The register keeps what it was given, in order, and a change of any of it is noticed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from svu_pipeline.disclosure import register
from svu_pipeline.disclosure.policy import policy_of
from svu_pipeline.disclosure.protect import protection
from svu_pipeline.disclosure.register import RegisterError
from svu_pipeline.disclosure.statements import output_of, said, text_output
from svu_pipeline_tests.disclosure import town
from svu_pipeline_tests.night import Force

POLICY = policy_of({})
TABLE = output_of("release 2023-11.1", protection(town.review(town.arrests(3, 90)), POLICY), POLICY)
TEXT = text_output("press text", "2023-12-05T04:00:00Z", [said("arrests", "2023-11", Decimal(401), None)])


def clock() -> datetime:
    return datetime(2023, 12, 5, 9, 30, tzinfo=UTC)


def test_what_was_recorded_is_read_again(force: Force) -> None:
    hashes = [register.record(force.home, output, clock) for output in (TABLE, TEXT)]
    assert register.outputs(force.home) == [TABLE, TEXT]
    assert len(set(hashes)) == 2


def test_the_same_twice_is_once_and_another_under_its_name_is_refused(force: Force) -> None:
    first = register.record(force.home, TEXT, clock)
    assert register.record(force.home, TEXT, clock) == first
    assert len(register.outputs(force.home)) == 1
    other = text_output(TEXT.name, TEXT.as_at, [said("arrests", "2023-11", Decimal(402), None)])
    with pytest.raises(RegisterError, match="press text"):
        register.record(force.home, other, clock)


@pytest.mark.parametrize("how", ["changed", "taken out", "exchanged", "not JSON"])
def test_a_register_that_was_tampered_with_is_refused(force: Force, how: str) -> None:
    """Without the earlier outputs nothing can be checked against them: no silence, and no value in the message."""
    for name in ("first", "second", "third"):
        register.record(force.home, text_output(name, "", TEXT.statements), clock)
    file = force.home.root / "restricted" / "disclosed.jsonl"
    lines = file.read_text("utf-8").splitlines()
    match how:
        case "changed":
            lines[0] = json.dumps({**json.loads(lines[0]), "as_at": "2020"})
        case "taken out":
            del lines[1]
        case "exchanged":
            lines[0], lines[1] = lines[1], lines[0]
        case _:
            lines[1] = "{"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(RegisterError) as refusal:
        register.outputs(force.home)
    assert "backup" in str(refusal.value) and "401" not in str(refusal.value)


def test_a_changed_line_is_named_when_files_are_verified(force: Force) -> None:
    """`svu verify` reads the register too: one changed digit is one line that says where."""
    register.record(force.home, TEXT, clock)
    assert list(register.problems(force.home)) == []
    path = force.home.root / "restricted" / "disclosed.jsonl"
    path.write_text(path.read_text("utf-8").replace("2023-12-05", "2023-12-06"), "utf-8")
    (said_of_it,) = register.problems(force.home)
    assert "line 1 is not as it was written" in said_of_it
