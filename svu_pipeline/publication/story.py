"""The story of one drug line: warrants, arrests, charges, remands, sentences, cuckooed premises, orders.

The case view of counting.md ("The KASH line"), as a part of the review document: how many, when, and in words. Not here:
which events are the line's (`story.sql`). No name is ever in it, and no record key but the operation's own.

A few people stand behind a line, so a release tells its story only where the force has said that its proceedings are
concluded and public (`releasable`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import Window
from svu_pipeline.publication.labels import NOT_SUPPLIED, day_words, days_words, label_of
from svu_pipeline.settings import ReviewSettings
from svu_pipeline.strike import Struck

if TYPE_CHECKING:
    import duckdb

ADULT = 18
MONTH_48THS, DAY_48THS = 1461, 48
"""Lengths of a term in 48ths of a day, as `fct_sentence` has them: a year is 365.25 days."""


@dataclass(frozen=True)
class Step:
    """One link of the chain: the sources without which nothing is known of it, and how it is called."""

    id: str
    title: str
    needs: tuple[str, ...]


CHAIN = (
    Step("warrants", "Warrants executed", ("warrants",)),
    Step("arrests", "Arrests", ("custody",)),
    Step("charges", "Charges", ("custody", "case_file")),
    Step("remands", "Remands in custody", ("custody", "case_file")),
    Step("sentences", "Custodial sentences", ("custody", "case_file", "courts")),
    Step("cuckooed", "Cuckooed premises visited", ("safeguarding",)),
    Step("orders", "Civil orders", ("civil_orders",)),
)


def story(state: Struck, window: Window, settings: ReviewSettings) -> dict[str, Any] | None:
    """The story of the drug line that the settings name, where it was closed in the window.

    Else of the line closed in the window with the most links of the chain; of two alike the one with the later reference.
    None where no line was closed. All that is known of the line is told, dated in the window or not.
    """
    connection = state.connection
    connection.execute(resources.files("svu_pipeline.publication").joinpath("story.sql").read_text("utf-8"))
    line = _line(connection, window, settings.story)
    if line is None:
        return None
    return {
        **line,
        "is_chosen": line["operation_ref"] == settings.story,
        "is_concluded": line["operation_ref"] == settings.story and settings.story_is_concluded,
        "steps": _steps(state, line["operation_ref"]),
        "sentences": _sentences(connection, line["operation_ref"], settings.story_says),
    }


def releasable(document: dict[str, Any]) -> dict[str, Any]:
    """A review document as far as its story may leave the force: without it unless its proceedings are concluded."""
    told = document["story"]
    return document if told and told["is_concluded"] else {**document, "story": None}


def term_words(term: int) -> str:
    """A custodial term in 48ths of a day as courts say it: `31 months`, `5 years`, `4 years and 6 months`, `18 weeks`."""
    if not term:
        return "no time"
    if term % MONTH_48THS and term % (7 * DAY_48THS) == 0:
        return _many(term // (7 * DAY_48THS), "week")
    # Months and days are added as components, so a whole number of months always leaves whole days.
    whole = range(term // MONTH_48THS, -1, -1)
    months = next((months for months in whole if (term - months * MONTH_48THS) % DAY_48THS == 0), 0)
    days = (term - months * MONTH_48THS) // DAY_48THS
    years, rest = divmod(months, 12) if months % 12 == 0 or months > 36 else (0, months)
    parts = [_many(years, "year"), _many(rest, "month"), _many(days, "day")]
    return _listed([part for part in parts if part])


def _line(connection: duckdb.DuckDBPyConnection, window: Window, named: str) -> dict[str, Any] | None:
    cursor = connection.execute(
        "SELECT operation_ref, label, opened_on, closed_on, closure FROM fct_operation "
        "LEFT JOIN (SELECT operation_ref, count(DISTINCT step) AS links FROM story_event GROUP BY 1) USING (operation_ref) "
        "WHERE is_line_closed AND closed_on BETWEEN ? AND ? "
        "ORDER BY operation_ref = ? DESC, coalesce(links, 0) DESC, operation_ref DESC LIMIT 1",
        [window.start, window.last_day, named],
    )
    found = cursor.fetchone()
    if found is None:
        return None
    ref, label, opened, closed, closure = found
    return {
        "operation_ref": ref,
        "label": label,
        "opened_on": opened.isoformat(),
        "closed_on": closed.isoformat(),
        "closure": label_of("closure", closure or "UNKNOWN", {}),
    }


def _steps(state: Struck, ref: str) -> list[dict[str, Any]]:
    rows = state.connection.execute(
        "SELECT step, count(DISTINCT record), count(DISTINCT person_id), min(happened_on), max(happened_on), "
        "CASE WHEN count(premises_ref) = count(*) THEN count(DISTINCT premises_ref) END "
        "FROM story_event WHERE operation_ref = ? GROUP BY step",
        [ref],
    ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    places = _places(state.connection, ref)
    return [_step(step, found.get(step.id), places.get(step.id, ""), state.supplied) for step in CHAIN]


def _step(step: Step, found: tuple[Any, ...] | None, places: str, supplied: frozenset[str]) -> dict[str, Any]:
    if not supplied.issuperset(step.needs):
        return {"id": step.id, "title": step.title, "count": None, "words": NOT_SUPPLIED, "marks": ["x"]}
    count, people, first, last, premises = found or (0, 0, None, None, None)
    words = f"{_behind(step, people, premises)}{days_words(first, last)}{places}" if count else "none"
    return {"id": step.id, "title": step.title, "count": count, "words": words, "marks": []}


def _behind(step: Step, people: int, premises: int | None) -> str:
    """Who or what stands behind a count: `at 6 addresses, `, `of 1 person, `; '' where the count says it all."""
    who = "1 person" if people == 1 else f"{people:,} people"
    match step.id:
        case "warrants":
            return f"at {_many(premises, 'address')}, " if premises else ""
        case "charges" | "orders":
            return f"against {who}, "
        case "cuckooed":
            return ""
        case _:
            return f"of {who}, "


def _places(connection: duckdb.DuckDBPyConnection, ref: str) -> dict[str, str]:
    """Where warrants were executed and premises visited, by step: `; 4 outside Essex, 2 in Epping Forest`."""
    rows = connection.execute(
        "SELECT step, district_name, count(DISTINCT record) AS records, bool_or(district_code IS NULL) "
        "FROM story_event LEFT JOIN district USING (district_code) "
        "WHERE operation_ref = ? AND step IN ('warrants', 'cuckooed') GROUP BY 1, 2 ORDER BY records DESC, 2",
        [ref],
    ).fetchall()
    found: dict[str, list[tuple[int, str]]] = {}
    for step, name, records, is_unknown in rows:
        where = f"in {name}" if name else "where the district is unknown" if is_unknown else "outside Essex"
        found.setdefault(step, []).append((records, where))
    return {step: f"; {_placed(counts)}" for step, counts in found.items()}


def _placed(counts: Sequence[tuple[int, str]]) -> str:
    if len(counts) == 1:
        return counts[0][1]
    return ", ".join(f"{records:,} {where}" for records, where in counts)


def _sentences(connection: duckdb.DuckDBPyConnection, ref: str, says: Sequence[str]) -> list[dict[str, Any]]:
    """Each custodial sentence by term and court, in the order in which they were passed."""
    rows = connection.execute(
        "SELECT hearing_on, court, term_day_48ths, indeterminate_count, age_years, sex FROM fct_hearing "
        "SEMI JOIN (SELECT record AS hearing_id FROM story_event WHERE operation_ref = ? AND step = 'sentences') "
        "USING (hearing_id) ORDER BY hearing_on, court, term_day_48ths DESC, hearing_id",
        [ref],
    ).fetchall()
    return [
        {
            "on": on.isoformat(),
            "court": court,
            "words": f"{_who(age, sex, says)} was given {_term(term, indeterminate)} at {court} on {day_words(on)}.",
        }
        for on, court, term, indeterminate, age, sex in rows
    ]


def _term(term: int, indeterminate: int) -> str:
    if indeterminate:
        return "a life or other indeterminate sentence"
    return f"a custodial sentence of {term_words(term)}"


def _who(age: int | None, sex: str | None, says: Sequence[str]) -> str:
    """Whom a sentence was passed on, as far as the settings let it be said; of a child neither age nor sex ever is."""
    if age is None or age < ADULT:
        return "One person"
    noun = {"M": "man", "F": "woman"}.get(sex or "", "person") if "sex" in says else "person"
    if "age" in says:
        return f"{'An' if str(age).startswith('8') else 'A'} {age}-year-old {noun}"
    return f"One {noun}"


def _many(count: int, noun: str) -> str:
    """`1 month`, `31 months`, `6 addresses`; '' for none."""
    if not count:
        return ""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{count:,} {noun if count == 1 else plural}"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
