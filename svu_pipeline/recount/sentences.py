"""The effective custodial term of a hearing, and the hearings that are the unit's result (counting.md, Effective term)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from svu_pipeline.recount.arrests import Arrest, Arrests
from svu_pipeline.recount.current import Current, Person, Row, age_band, age_on
from svu_pipeline.recount.tally import Item

DETERMINATE = {"1002", "1007", "1022", "1081", "1162", "1507"}
INDETERMINATE = {"1003", "4064", "4065"}
DAY_48THS = {"Y": 17532, "M": 1461, "W": 336, "D": 48}
"""A year of 365.25 days, a twelfth of it, a week and a day, in 48ths of a day: all of them whole."""


@dataclass(frozen=True)
class Sentence:
    """What one hearing that counts gave one person."""

    hearing: Row
    person: Person
    arrest: Arrest
    term: int
    indeterminate: int

    @property
    def item(self) -> Item:
        hearing, arrest = self.hearing, self.arrest
        band = age_band(age_on(self.person.born_on, hearing["hearing_date"]))
        parts = {**arrest.place, "sex": arrest.record["sex"], "age_band": band}
        return Item(hearing["hearing_date"], hearing["hearing_id"], self.person.id, self.term, parts)


def sentences(current: Current, arrests: Arrests) -> list[Sentence]:
    """The last custodial hearing of each person on each case: for drug supply, on a live charge on a counted arrest of theirs."""
    results = _results(current)
    last: dict[tuple[str, str], tuple[Row, Person]] = {}
    for hearing in sorted(
        current.rows["hearing"], key=lambda row: (row["hearing_date"], row["updated_at"], row["hearing_id"])
    ):
        person = current.person("hearing", hearing["hearing_id"])
        if person and any(_is_custody(result) for result in results[_place(hearing)]):
            last[hearing["urn"], person.id] = hearing, person
    first_arrest: dict[tuple[str, str], Arrest] = {}
    for case, arrest in arrests.by_case():
        first_arrest.setdefault(case, arrest)
    return [
        Sentence(hearing, person, first_arrest[case], _term(given), sum(map(_is_indeterminate, given)))
        for case, (hearing, person) in last.items()
        if case in first_arrest and _is_supply(given := results[_place(hearing)], current)
    ]


def _is_supply(results: list[Row], current: Current) -> bool:
    return any(_is_custody(one) and one["offence_code"] in current.supply_codes for one in results)


def _results(current: Current) -> dict[tuple[object, ...], list[Row]]:
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in current.rows["hearing_result"]:
        found[row["_batch"], row["_file"], row["part_of"]].append(row)
    return found


def _place(hearing: Row) -> tuple[object, ...]:
    return hearing["_batch"], hearing["_file"], hearing["_row"]


def _is_determinate(result: Row) -> bool:
    is_served = result["result_code"] in DETERMINATE and result["qualifier"] != "S"
    return is_served and result["duration_unit"] != "L"


def _is_indeterminate(result: Row) -> bool:
    """Life or another indeterminate custody; what is wholly suspended is none."""
    is_for_life = result["result_code"] in DETERMINATE and result["duration_unit"] == "L"
    return result["qualifier"] != "S" and (result["result_code"] in INDETERMINATE or is_for_life)


def _is_custody(result: Row) -> bool:
    return _is_determinate(result) or _is_indeterminate(result)


def _term(results: list[Row]) -> int:
    """The longest of the terms that run together, and every consecutive one on top."""
    terms = [
        (one["qualifier"], (one["duration_value"] or 0) * DAY_48THS.get(one["duration_unit"], 0))
        for one in results
        if _is_determinate(one)
    ]
    together = [term for qualifier, term in terms if qualifier != "F"]
    return max(together, default=0) + sum(term for qualifier, term in terms if qualifier == "F")
