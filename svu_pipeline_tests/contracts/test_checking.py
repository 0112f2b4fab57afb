"""What the two passes promise beyond single rules: every reason of every row, values withheld, no value in a message."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera
import pytest

from svu_pipeline.contracts.checking import ContractError
from svu_pipeline.contracts.model import UNKNOWN, Contract, Day, Kind, field, rule
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline_tests.contracts.killers.custody import ARREST
from svu_pipeline_tests.contracts.killers.operations import DEPLOYMENT
from svu_pipeline_tests.contracts.killers.property import WEAPON
from svu_pipeline_tests.contracts.killers.registry import specimens_of
from svu_pipeline_tests.contracts.killers.specimen import Row
from svu_pipeline_tests.contracts.landed import checked, checked_by, reasons_by_row
from svu_pipeline_tests.contracts.test_killers import spoilt_by


def test_row_with_five_defects_has_five_reasons() -> None:
    """A defect hides no other: bad casts, an empty cell, a rule over columns and a warning are all told."""
    wrong = {
        "surname": None,
        "pnc_id": "2003/0011985Z",
        "date_of_birth": "not known",
        "arrested_at": "2024-02-01 13:30:01",
        "sex": "X",
    }
    assert reasons_by_row(checked("custody_record", [{**ARREST, **wrong}])) == {
        1: {
            ("surname__missing_required", "held"),
            ("pnc_id__bad_identifier", "withheld"),
            ("date_of_birth__bad_date", "withheld"),
            ("arrested_at__impossible_date", "held"),
            ("sex__unknown_code", "warned"),
        }
    }


def test_uncastable_value_hides_no_other_of_its_column() -> None:
    """Two passes: of 1, -4 and abc in a count, one is below zero and one is no number."""
    result = checked("deployment", [{**DEPLOYMENT, "leaflets": text} for text in ("1", "-4", "abc")])
    assert reasons_by_row(result) == {
        2: {("leaflets__out_of_range", "withheld")},
        3: {("leaflets__bad_number", "withheld")},
    }
    assert result.values["leaflets"].to_pylist() == [1, None, None]


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_accepted_rows_checked_again_hold_nothing(dataset: str) -> None:
    """A fixpoint: the accepted side of all killers, its withheld cells emptied, is accepted whole."""
    killers = [killer.row for specimen in specimens_of(dataset) for killer in spoilt_by(specimen)]
    values = checked(dataset, killers).values.to_pylist()
    accepted: list[Row] = []
    for row, found in zip(killers, values, strict=True):
        if not found["_held"]:
            assert not isinstance(row, str)
            accepted.append({name: text if found.get(name) is not None else None for name, text in row.items()})
    again = checked(dataset, accepted)
    assert not any(again.values["_held"].to_pylist())
    actions = {action for reasons in reasons_by_row(again).values() for _, action in reasons}
    assert actions <= {"warned"}, "what was withheld once is not withheld again"


def test_unknown_code_is_read_unknown_with_the_raw_text_beside() -> None:
    """The row is kept, the code read as UNKNOWN; codes are read without regard to case and to blanks around them."""
    rows = [{**WEAPON, "status": text} for text in ("LOST", " held ", "\N{NO-BREAK SPACE}Amnesty\t")]
    values = checked("exhibit", rows).values
    assert values["status"].to_pylist() == [UNKNOWN, "HELD", "AMNESTY"]
    assert values["status_raw"].to_pylist() == ["LOST", "HELD", "AMNESTY"]
    assert values["_held"].to_pylist() == [False, False, False]


def test_the_word_unknown_is_itself_an_unknown_code() -> None:
    """A source that writes UNKNOWN is told apart from one whose code is in the list."""
    result = checked("exhibit", [{**WEAPON, "status": "unknown"}])
    assert reasons_by_row(result) == {1: {("status__unknown_code", "warned")}}


def test_blank_cells_are_empty() -> None:
    """Blanks alone, of any kind that is trimmed, are no value: a required column is then missing."""
    blanks = ("", "  ", "\t", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}", "\ufeff")
    reasons = reasons_by_row(checked("custody_record", [{**ARREST, "surname": blank} for blank in blanks]))
    assert reasons == {row: {("surname__missing_required", "held")} for row in range(1, len(blanks) + 1)}


def test_surname_na_is_a_surname() -> None:
    """Words that careless readers take for an empty cell are names."""
    names = ["NA", "Null", "None", "nan"]
    values = checked("custody_record", [{**ARREST, "surname": name} for name in names]).values
    assert values["surname"].to_pylist() == names


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_empty_delivery_breaks_no_rule(dataset: str) -> None:
    """No rows, no reasons, and the same columns as ever."""
    none = checked(dataset, [])
    one = checked(dataset, [specimens_of(dataset)[0].good])
    assert (none.values.num_rows, none.reasons) == (0, [])
    assert none.values.schema == one.values.schema


@pytest.mark.parametrize("reading", ["true", "True", " TRUE "])
def test_withdrawn_hearing_needs_no_more_than_key_and_version(reading: str) -> None:
    """`deleted: true` excuses every other cell, whatever stands in it."""
    specimen, *_ = specimens_of("hearing")
    emptied = dict.fromkeys(specimen.good) | {"hearing_id": "H000123", "updated_at": "2023-09-14T16:05:11Z"}
    assert reasons_by_row(checked("hearing", [{**emptied, "deleted": reading}])) == {}
    assert reasons_by_row(checked("hearing", [{**emptied, "deleted": reading, "hearing_id": None}])) == {
        1: {("hearing_id__missing_key", "held")}
    }


def test_defect_that_a_contract_does_not_foresee_is_an_error() -> None:
    """A reader and a contract that disagree are a fault of the project's, and no row slips through it."""
    with pytest.raises(ContractError, match="custody_record"):
        checked("custody_record", ["not_json"])


class Misjudged(pandera.DataFrameModel):
    """A contract with a rule that cannot be evaluated."""

    surname: str = field(Kind.TEXT, "Surname")
    born_on: Day = field(Kind.DAY, "Date of birth")

    @rule("cannot_be_asked", "surname")
    def surname_is_a_day(cls, _frame: Any) -> nw.Expr:
        """Asks a text for its month."""
        return nw.col("surname").dt.month() == 1


def test_rule_that_cannot_be_evaluated_is_an_error_without_a_value() -> None:
    """pandera quotes what it chokes on: neither the error nor what it is chained to says a value of the row."""
    contract = Contract("misjudged", "custody", Misjudged, "one row")
    row = {"surname": ARREST["surname"], "born_on": "1987-06-05"}
    with pytest.raises(ContractError) as raised:
        checked_by(contract, [row])
    assert str(ARREST["surname"]) not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
