"""The pairs of records that are most worth deciding: those that would move the figures most, the less sure the more.

A pair's worth is the change to expect of the figures under review if it is decided: the chance that it is otherwise than it
is now taken to be, times by how much the figures would then change. Names are in none of it; restricted all the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import Window, previous_month, window
from svu_pipeline.kept import opened
from svu_pipeline.landing.batch import known_at
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.metric import Noun
from svu_pipeline.people import kept_links
from svu_pipeline.people.cluster import cluster
from svu_pipeline.people.decisions import IN_FORCE, decisions, view_decisions
from svu_pipeline.people.linking import edges
from svu_pipeline.publication.publish import published_windows
from svu_pipeline.quality.linking_band import hangs_on_linking, strike_readings
from svu_pipeline.settings import Settings
from svu_pipeline.strike import NothingLanded
from svu_pipeline.warehouse import Home, fingerprint, parquet_view, table_of_rows

if TYPE_CHECKING:
    import duckdb

HEADLINE, HEADLINE_WORTH = "people_arrested", 10
"""The figure that matters above all, and how many times a person in it matters more than one in another figure."""

SURE = 0.999999
"""From this probability on a link is not worth a look."""

REFUSED_CHANCE = 0.1
"""The chance given to a pair of being one person where its likeness says so and a rule forbids it: the rule is mostly right."""

SPARE = 10
"""How many more pairs than are asked for have their figures counted anew: an estimate can be off."""

CERTAIN, DECISION = 1e6, 3e6
"""The weights of links by a defendant or PNC id from on, and by a decision (`edges.sql`)."""


@dataclass(frozen=True)
class Change:
    """By how much a figure of a window would change, in its own unit, as it would be printed."""

    metric: str
    window: str
    by: str


@dataclass(frozen=True)
class Pair:
    """A pair worth deciding. `now`: one person, or two (because of a rule, where there is one).

    `probability` is the model's, None where records are linked by more than likeness; `chance` that of its being
    otherwise than now. `changes` are those of the figures if it is decided otherwise. `decision` says what has been proposed
    or reversed about it: id and state, else ''.
    """

    id: str
    records: tuple[str, str]
    now: str
    probability: float | None
    chance: float
    changes: tuple[Change, ...]
    worth: float
    decision: str

    @property
    def words(self) -> str:
        return (
            ", ".join(f"{change.metric} {change.window} {change.by}" for change in self.changes) or "no figure changes"
        )

    @property
    def probability_words(self) -> str:
        return "" if self.probability is None else f"{self.probability:.4f}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "records": list(self.records), "changes": [asdict(change) for change in self.changes]}


def worklist(settings: Settings, top: int = 20) -> list[Pair]:
    """The pairs most worth deciding, most first; those that no figure under review hangs on come last.

    Figures under review are those of the published windows, else of the last complete month's. All pairs are estimated from
    the records that are counted; of those that come first, every figure is counted anew, as the pair's decision would have it.

    Raises NothingLanded when people have not been linked yet.
    """
    home = Home(settings.home)
    with opened(settings, _windows(settings)) as struck:
        _view_linking(struck.connection, home)
        _imagine(struck.connection)
        shortlist = _shortlist(struck.connection, top + SPARE)
        stated = _figures(struck.connection, None)
        pairs = [_pair(struck.connection, row, stated) for row in shortlist]
    order = sorted(
        zip(pairs, shortlist, strict=True), key=lambda both: (-both[0].worth, not both[1]["touched"], -both[0].chance)
    )
    return [pair for pair, _ in order[:top]]


def _windows(settings: Settings) -> list[Window]:
    known = known_at(Home(settings.home))
    labels = published_windows(settings) or ([previous_month(known)] if known else [])
    return [window(label) for label in labels]


def _view_linking(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """The tables of the last linking, its edges, and what has been decided and proposed up to now."""
    if not all((home.people / f"{name}.parquet").is_file() for name in kept_links.TABLES):
        raise NothingLanded("people have not been linked yet. Run `svu nightly` on whole sources.")
    for name in kept_links.TABLES:
        view = "kept_person" if name == "person_record" else name
        parquet_view(connection, view, [home.people / f"{name}.parquet"])
    connection.execute("CREATE OR REPLACE TABLE person_record AS FROM kept_person")
    view_decisions(connection, home, kept_links.last_linked(home))
    edges(connection)
    columns = dict.fromkeys(("said", "dataset_a", "key_a", "dataset_b", "key_b"), "TEXT")
    said = [(f"{d.id} {d.state}", *d.parts, d.state == IN_FORCE) for d in decisions(home)]
    table_of_rows(connection, "said_decision", {**columns, "is_in_force": "BOOL"}, said)


def _imagine(connection: duckdb.DuckDBPyConnection) -> None:
    """Every pair decided otherwise, each by itself: who would be who then, and what it would about do to the figures."""
    terms = {
        "threshold": kept_links.CUT,
        "sure": SURE,
        "refused_chance": REFUSED_CHANCE,
        "certain": CERTAIN,
        "decision": DECISION,
    }
    table_of_rows(connection, "worklist_terms", {"name": "TEXT", "value": "DOUBLE"}, terms.items())
    connection.execute(_sql("worklist.sql"))
    cluster(connection, kept_links.CUT, "scenario_cluster")
    columns = {"metric_id": "TEXT", "worth": "INTEGER", "is_people": "BOOL"}
    metrics = [(m.id, _worth(m.id), m.noun is Noun.PEOPLE) for m in METRICS if hangs_on_linking(m) and not m.is_rate]
    table_of_rows(connection, "worth_metric", columns, metrics)
    connection.execute(_sql("worklist_estimate.sql"))


def _worth(metric: str) -> int:
    return HEADLINE_WORTH if metric == HEADLINE else 1


def _shortlist(connection: duckdb.DuckDBPyConnection, count: int) -> list[dict[str, Any]]:
    """The scenarios whose figures are counted anew, by what is to be expected of them and how unsure they are."""
    cursor = connection.execute(
        """
        SELECT s.scenario, s.record_l, s.record_r, s.probability, s.is_together, s.is_edge, s.rule, s.chance, e.touched,
               (SELECT string_agg(d.said, ', ' ORDER BY d.said) FROM said_node d
                WHERE d.node_l = s.node_l AND d.node_r = s.node_r) AS said
        FROM scenario s JOIN estimate e USING (scenario)
        ORDER BY s.chance * e.worth DESC, e.touched = 0, s.chance DESC, s.record_l, s.record_r
        LIMIT $count
        """,
        {"count": count},
    )
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _figures(connection: duckdb.DuckDBPyConnection, scenario: int | None) -> dict[tuple[str, str], int | None]:
    """Every figure that hangs on linking, by metric and window, in its last printed place, were a scenario so (none: as now)."""
    connection.execute(
        "CREATE OR REPLACE TABLE person_record AS SELECT p.*, coalesce(r.label, p.person_id) AS imagined FROM kept_person p "
        "LEFT JOIN (FROM scenario_record WHERE scenario = ?) r USING (dataset, record_key)",
        [scenario],
    )
    strike_readings(connection, ["imagined"])
    rows = connection.execute("SELECT metric_id, window_label, digits FROM linking_figure ORDER BY ALL").fetchall()
    return {(metric, label): digits for metric, label, digits in rows}


def _pair(
    connection: duckdb.DuckDBPyConnection, row: dict[str, Any], stated: dict[tuple[str, str], int | None]
) -> Pair:
    changes, worth = [], Decimal(0)
    then = _figures(connection, row["scenario"])
    for metric in METRICS:
        by = {
            label: (then[name, label] or 0) - (digits or 0)
            for (name, label), digits in stated.items()
            if name == metric.id
        }
        label = max(by, key=lambda label: (abs(by[label]), label), default="")
        if label and by[label]:
            change = Decimal(by[label]).scaleb(-metric.scale.decimals)
            changes.append(Change(metric.id, label, f"{change:+}"))
            worth += 0 if metric.is_rate else _worth(metric.id) * abs(change)
    records = (min(row["record_l"], row["record_r"]), max(row["record_l"], row["record_r"]))
    return Pair(
        id=fingerprint(records)[:12],
        records=records,
        now=_now(row),
        probability=row["probability"],
        chance=row["chance"],
        changes=tuple(changes),
        worth=row["chance"] * float(worth),
        decision=row["said"] or "",
    )


def _now(row: dict[str, Any]) -> str:
    """What the pair is taken to be now."""
    if row["is_together"]:
        return "one person"
    if not row["is_edge"]:
        return "two people"
    return f"two people: {row['rule'] or 'others of theirs are kept apart'}"


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.people").joinpath(name).read_text("utf-8")
