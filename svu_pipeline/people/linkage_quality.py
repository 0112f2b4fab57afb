"""How good the linking is, in counts: weights, blocking, the force's own PNC ids as a test, truth sets, what cannot link.

Made from the tables that the last linking kept, and written as a page of the restricted zone. Nothing in it is about any one
person: whose links are wrong is for `svu people` to find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import written
from svu_pipeline.kept import layer_version, marker_of
from svu_pipeline.people import model
from svu_pipeline.people.decisions import in_force
from svu_pipeline.people.evidence import Step, steps_of
from svu_pipeline.people.kept_links import CUT, THRESHOLD, last_linked, opened
from svu_pipeline.people.linkage_page import render_page
from svu_pipeline.people.linking import weight_of
from svu_pipeline.people.truth import Agreement, agreement, truth_files
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, fingerprint, read_made, sha256_of, whole_file, write_json

if TYPE_CHECKING:
    import duckdb

PAGE, MARKER = "linkage.html", "linkage_quality.json"
PRECISION, RECALL = 0.999, 0.99
"""What a truth set must find at the headline's threshold (capabilities, C1)."""

BANDS = (50, 80, 90, 95, 99)
"""Probabilities in per cent between which pairs are counted."""

NIGHTS = 30
"""The last nights of which merges and splits are listed."""

LARGEST = 10


@dataclass(frozen=True)
class LinkageQuality:
    """The page as kept, what is on it, and whether anything was new."""

    page: Path
    document: dict[str, Any]
    is_changed: bool

    @property
    def metadata(self) -> dict[str, int | float | str]:
        """The main counts and shares, for the pipeline's UI."""
        return metadata_of(self.document)


def keep_linkage_quality(settings: Settings) -> LinkageQuality:
    """Measure the linking as last kept and write `restricted/people/linkage.html`, with its counts as JSON beside it.

    Nothing is measured again when nothing that it is made from has changed. Raises NothingLanded when people have not been
    linked yet, TruthError for a truth set that cannot be used.
    """
    home, files, used = Home(settings.home), truth_files(settings), model.model_of(settings.linking.model)
    page, marker = home.people / PAGE, home.people / MARKER
    inputs = fingerprint(
        {name: table.sha256 for name, table in marker_of(home.people, "people").items()},
        {file.name: sha256_of(file) if file.is_file() else None for file in files},
        [layer_version("people"), used.version, last_linked(home)],
    )
    kept = read_made(marker)
    if kept and kept["inputs"] == inputs and page.is_file() and kept["page"] == sha256_of(page):
        return LinkageQuality(page, kept["document"], is_changed=False)
    with opened(settings, *(file.parent for file in files)) as connection:
        content = measured(connection, home, used, files)
        text = render_page(content, examples(connection, used))
    with whole_file(page) as aside:
        aside.write_text(text, encoding="utf-8", newline="")
    write_json(marker, {"inputs": inputs, "page": sha256_of(page), "document": content})
    return LinkageQuality(page, content, is_changed=True)


def measured(
    connection: duckdb.DuckDBPyConnection, home: Home, used: model.Model, truth: Sequence[Path] = ()
) -> dict[str, Any]:
    """Everything that is counted, from the tables of a session (`kept_links.opened`) and the ledger of a home."""
    connection.execute(_sql("linkage_quality.sql"))
    linked = last_linked(home)
    return {
        "as_at": written(linked) if linked else None,
        "threshold": THRESHOLD,
        "model": used.version,
        **_sizes(connection),
        "bands": _bands(connection),
        "histogram": _histogram(connection),
        "rules": _rules(connection, used),
        "own": _own_data(connection),
        "truth": [{"file": file.name, "at": [_said(a) for a in agreement(connection, file)]} for file in truth],
        "unlinkable": _unlinkable(connection, used),
        "clusters": _clusters(connection),
        "decisions": in_force(home, linked),
        "nights": _nights(connection),
    }


def examples(connection: duckdb.DuckDBPyConnection, used: model.Model) -> list[tuple[str, tuple[Step, ...]]]:
    """The evidence of a few pairs, in words and bits alone: the last that links, the first that does not, the middle one,
    the likeliest pair taken for twins."""
    connection.execute(_sql("linkage_examples.sql"), {"cut": CUT})
    connection.execute("CREATE OR REPLACE TEMP VIEW example_pair AS FROM pair SEMI JOIN example USING (node_l, node_r)")
    steps = steps_of(connection, "example_pair", used)
    chosen = connection.execute("SELECT node_l, node_r, kind FROM example ORDER BY place").fetchall()
    return [(kind, steps[left, right]) for left, right, kind in chosen]


def failing(document: dict[str, Any]) -> dict[str, list[str]]:
    """By check, the truth sets that break it: wrong links (precision), links that are missing (recall)."""
    headline = {truth["file"]: _headline(truth) for truth in document["truth"]}
    return {
        "precision_against_truth": [file for file, found in headline.items() if found["precision"] < PRECISION],
        "recall_against_truth": [file for file, found in headline.items() if found["recall"] < RECALL],
    }


CHECKS = {
    "precision_against_truth": f"At least {PRECISION:.1%} of the linked pairs are true, by every truth set at hand.",
    "recall_against_truth": f"At least {RECALL:.0%} of the true pairs are linked, by every truth set at hand.",
}


def metadata_of(document: dict[str, Any]) -> dict[str, int | float | str]:
    """The main counts and shares of a document."""
    own = document["own"]
    said: dict[str, int | float | str] = {
        "records": document["records"],
        "people": document["people"],
        "identities": document["identities"],
        "pairs compared": document["pairs"],
        "pairs alike enough to link": own["linked"],
        "pairs of one PNC id": own["pairs"],
        "of these found by blocking": own["compared"],
        "of these linked on names alone": own["found"],
        "records that cannot link": sum(row["records"] for row in document["unlinkable"]),
        "decisions in force": sum(document["decisions"].values()),
        "model": document["model"],
    }
    if headlines := [_headline(truth) for truth in document["truth"]]:
        for name in ("precision", "recall"):
            said[f"lowest {name} against truth"] = round(min(found[name] for found in headlines), 6)
    return said


def _headline(truth: dict[str, Any]) -> dict[str, Any]:
    return next(found for found in truth["at"] if found["is_headline"])


def _said(found: Agreement) -> dict[str, Any]:
    is_headline = float(found.threshold) == THRESHOLD
    return {**asdict(found), "precision": found.precision, "recall": found.recall, "is_headline": is_headline}


def _sizes(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Records, people and distinct identities, and the pairs of the latter that were compared."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM person_record), (SELECT count(DISTINCT person_id) FROM person_record), "
        "(SELECT count(*) FROM node), (SELECT count(*) FROM judged_pair)"
    ).fetchall()[0]
    return dict(zip(("records", "people", "identities", "pairs"), row, strict=True))


def _bands(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Compared pairs between one probability and the next: all, by what PNC ids say, and those taken for twins."""
    edges = [-float("inf"), *(weight_of(per_cent) for per_cent in BANDS), float("inf")]
    bounds = [0.0, *(per_cent / 100 for per_cent in BANDS), 1.0]
    found = []
    for at, (low, high) in enumerate(pairwise(edges)):
        row = connection.execute(
            "SELECT count(*), count(*) FILTER (pnc = 'same'), count(*) FILTER (pnc = 'different'), "
            "count(*) FILTER (pnc = 'unknown'), count(*) FILTER (is_twin) "
            "FROM judged_pair WHERE match_weight >= ? AND match_weight < ?",
            [low, high],
        ).fetchall()[0]
        counts = zip(("pairs", "same", "different", "unknown", "twins"), row, strict=True)
        found.append({"from": bounds[at], "to": bounds[at + 1], **dict(counts)})
    return found


def _histogram(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Compared pairs by match weight to the whole bit below, and by what PNC ids say of them."""
    rows = connection.execute(
        "SELECT floor(match_weight)::INT AS bits, pnc, count(*) FROM judged_pair GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [{"bits": bits, "pnc": pnc, "pairs": pairs} for bits, pnc, pairs in rows]


def _own_data(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """What the force's own PNC ids, of which the model knows nothing, say of blocking and model.

    `pairs` of identities of one PNC id, of which `compared`, and `found`: alike enough and not taken for twins. `linked`
    pairs of that kind there are in all, `both_known` of them with a PNC id on both sides, and `false` where these are two.
    """
    row = connection.execute(
        "SELECT (SELECT count(*) FROM pnc_pair), (SELECT count(match_weight) FROM pnc_pair), "
        "(SELECT count(*) FROM pnc_pair WHERE match_weight >= $cut AND NOT is_twin), count(*), "
        "count(*) FILTER (pnc <> 'unknown'), count(*) FILTER (pnc = 'different') "
        "FROM judged_pair WHERE match_weight >= $cut AND NOT is_twin",
        {"cut": CUT},
    ).fetchall()[0]
    return dict(zip(("pairs", "compared", "found", "linked", "both_known", "false"), row, strict=True))


def _clusters(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """How many people have how many records, and the most records that any have."""
    sizes = connection.execute(
        "SELECT records, count(*) FROM (SELECT count(*) AS records FROM person_record GROUP BY person_id) "
        "GROUP BY records ORDER BY records"
    ).fetchall()
    largest = [records for records, people in reversed(sizes) for _ in range(min(people, LARGEST))][:LARGEST]
    return {"sizes": [{"records": records, "people": people} for records, people in sizes], "largest": largest}


def _rules(connection: duckdb.DuckDBPyConnection, used: model.Model) -> list[dict[str, Any]]:
    """What each blocking rule brings together: pairs, those that none before it did, and of these how many a PNC id joins."""
    model.link_nodes(connection)
    first = {
        key: (pairs, same)
        for key, pairs, same in connection.execute(
            "SELECT match_key, count(*), count(*) FILTER (pnc = 'same') FROM judged_pair GROUP BY match_key"
        ).fetchall()
    }
    found = []
    for rule in model.blocking_rules(used):
        ((pairs,),) = connection.execute(
            f"SELECT count(*) FROM linked_node l JOIN linked_node r ON ({rule.sql}) AND l.node_id < r.node_id"  # noqa: S608
        ).fetchall()
        new, same = first.get(rule.key, (0, 0))
        found.append({"name": rule.name, "pairs": pairs, "new": new, "same": same})
    return found


def _unlinkable(connection: duckdb.DuckDBPyConnection, used: model.Model) -> list[dict[str, Any]]:
    """Records that likeness could link to nothing, not even to their own copy: by dataset and what is missing.

    `with_pnc` of them have a PNC id, by which they are linked all the same.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE blocked AS SELECT '' AS match_key, node_id AS join_key_l, node_id AS join_key_r FROM node"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE own_copy AS SELECT node_id_l AS node_l, node_id_r AS node_r, match_key, "  # noqa: S608
        f"COLUMNS('^gamma_') FROM ({used.sql.compared})"
    )
    model.weigh(connection, "own_copy", "copy_step", used)
    rows = connection.execute(_sql("linkage_unlinkable.sql"), {"cut": CUT}).fetchall()
    columns = ("dataset", "missing", "records", "with_pnc", "of")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _nights(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Merges and splits by the night they became known, the last ones first."""
    rows = connection.execute(
        "SELECT known_at, count(*) FILTER (kind = 'merge'), count(*) FILTER (kind = 'split'), sum(records)::BIGINT, "
        "count(*) FILTER (because = 'record'), count(*) FILTER (because = 'decision'), count(*) FILTER (because = 'model') "
        "FROM person_event GROUP BY known_at ORDER BY known_at DESC LIMIT ?",
        [NIGHTS],
    ).fetchall()
    columns = ("merges", "splits", "records", "record", "decision", "model")
    return [{"known_at": written(at), **dict(zip(columns, counts, strict=True))} for at, *counts in rows]


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.people").joinpath(name).read_text("utf-8")
