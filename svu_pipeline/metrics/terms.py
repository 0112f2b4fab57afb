"""What decides what a definition counts, as one fingerprint: so that none changes without a new version.

The recorded ones stand in `definitions.json`, by metric and version. Not in them: wording, and the counting that all metrics
share (`values.sql`), which the recount holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources

from svu_pipeline.facts.build import REFERENCE
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.versions import entries
from svu_pipeline.warehouse import fingerprint

WORDS = {"title", "section", "definition", "needs", "version", "effective_on", "changed", "earlier"}
"""What of a metric says nothing of what it counts."""


def counting_terms(metric: Metric) -> str:
    """The fingerprint of a definition: of its terms, and of the facts, macros and tables that it is counted from."""
    terms = {name: str(value) for name, value in vars(metric).items() if name not in WORDS}
    return fingerprint(terms, [_bare(text) for text in _texts_under(metric)])[:16]


def recorded_terms() -> dict[str, dict[str, str]]:
    """By metric and version the fingerprint under which figures have been published."""
    found: dict[str, dict[str, str]] = json.loads(_text("metrics", "definitions.json"))
    return found


def unrecorded(metric: Metric) -> dict[str, str]:
    """The versions of a metric that count otherwise than recorded, or are not recorded, with their fingerprints now."""
    known = recorded_terms().get(metric.id, {})
    now = {str(one.version): counting_terms(one) for one in entries(metric)}
    return {version: terms for version, terms in now.items() if known.get(version) != terms}


def _texts_under(metric: Metric) -> Iterator[str]:
    """The queries of the facts that a metric is counted from, with those they are built from, and what these read by name."""
    wanted = set(metric.fact.split())
    for table in reversed(fact_tables().values()):
        if table.name in wanted:
            wanted |= set(table.facts)
            yield table.query
            yield from (_text("facts", f"reference/{name}.csv") for name in REFERENCE if name in table.query.split())
    yield _text("facts", "macros.sql")


def _text(layer: str, path: str) -> str:
    return resources.files(f"svu_pipeline.{layer}").joinpath(path).read_text("utf-8")


def _bare(sql: str) -> str:
    """A text without comments and layout."""
    return " ".join(re.sub(r"--.*", "", sql).split())
