"""The morning report: what the night brought, held, changed and why, on one page.

Here: what the page says, gathered from what is on record, and its Markdown. Counts and words only: no value of a record. The
last night is the last state on record that differs from the one before it (`quality/history.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from svu_pipeline.clock import Clock, now, spoken
from svu_pipeline.kept import accounts
from svu_pipeline.landing.batch import all_manifests
from svu_pipeline.quality.history import Past, nights, past
from svu_pipeline.quality.states import READ, SourceState, source_states
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home


@dataclass(frozen=True)
class Brought:
    """What one source brought in the night: rows by dataset, and how many batches were decisions of people."""

    source: str
    rows: Mapping[str, int]
    decisions: int


@dataclass(frozen=True)
class Morning:
    """What is to be known in the morning; `since` is the state before the night, None where it is the first on record."""

    known_at: datetime
    since: datetime | None
    brought: tuple[Brought, ...]
    states: tuple[SourceState, ...]
    held: Mapping[tuple[str, str], int]
    held_since: int
    turned: tuple[Past, ...]
    failing: int
    changes: tuple[Mapping[str, Any], ...]
    landed: int
    counted: int


def morning(settings: Settings, changes: Sequence[Mapping[str, Any]], clock: Clock = now) -> Morning | None:
    """The report of the last night on record; None before the first. `changes` are those of figures, as JSON has them."""
    home = Home(settings.home)
    last = nights(home, 2)
    if not last:
        return None
    known, since = last[-1], (last[-2] if len(last) > 1 else None)
    checks = [check for check in past(home).values() if not check.dataset.startswith("review-")]
    held, held_since = _held(home, since)
    rows = accounts(settings)
    return Morning(
        known_at=known,
        since=since,
        brought=tuple(_brought(home, since)),
        states=tuple(source_states(settings, clock=clock)),
        held=held,
        held_since=held_since,
        turned=tuple(check for check in checks if since and check.since == known),
        failing=sum(not check.passed for check in checks),
        changes=tuple(changes),
        landed=sum(account.landed for account in rows),
        counted=sum(account.current for account in rows),
    )


def as_markdown(report: Morning) -> str:
    """The report as Markdown: what is wrong first, then what changed and why, then what came."""
    since = f"What is new since {spoken(report.since)}." if report.since else "The first night on record."
    lines = [f"# As known on {spoken(report.known_at)}", "", since, ""]
    for title, part in (
        ("What needs a hand", _needs(report)),
        ("Figures that changed, and why", _changed(report)),
        ("What came", _came(report)),
        ("Rows on hold", _on_hold(report)),
        ("Checks that turned", _turned(report)),
    ):
        lines += [f"## {title}", "", *part, ""]
    return "\n".join(lines).rstrip() + "\n"


def _brought(home: Home, since: datetime | None) -> Iterator[Brought]:
    """By source what landed after an instant; all of it where there is none."""
    new = [manifest for manifest in all_manifests(home) if since is None or manifest.landed_at > since]
    for source in dict.fromkeys(manifest.source for manifest in new):
        own = [manifest for manifest in new if manifest.source == source]
        rows: Counter[str] = Counter()
        for manifest in own:
            rows.update({name: table.rows for name, table in manifest.tables.items() if manifest.decision is None})
        yield Brought(SYSTEMS[source].title, dict(rows), sum(manifest.decision is not None for manifest in own))


def _held(home: Home, since: datetime | None) -> tuple[dict[tuple[str, str], int], int]:
    """Rows on hold by dataset and owner, and how many are so only since an instant."""
    import pyarrow.parquet as pq

    path = home.standing / "held_row.parquet"
    if not path.is_file():
        return {}, 0
    table = pq.read_table(path, columns=["dataset", "owner", "since"]).to_pydict()
    found = Counter(zip(table["dataset"], table["owner"], strict=True))
    return dict(found), sum(datetime.fromisoformat(at) > since for at in table["since"]) if since else 0


def _needs(report: Morning) -> list[str]:
    """Sources that are not up to date with the cure, and checks that began to fail with an error."""
    broken = [state for state in report.states if state.status != READ]
    lines = [f"- **{state.title}** is {state.status}. {state.problem} {state.cure}".rstrip() for state in broken]
    worse = [check for check in report.turned if not check.passed and check.severity.value == "error"]
    lines += [f"- **{check.dataset}.{check.check}** fails; rows that break it: {check.rows:,}." for check in worse]
    return lines or ["Nothing: every source is up to date, and no check began to fail with an error."]


def _changed(report: Morning) -> list[str]:
    """A line a figure and window; what each part rests on is a click away in `svu why`."""
    rows = [(change["title"], change["window"], change["words"]) for change in report.changes]
    return _table(("Figure", "Window", "Change"), rows) if rows else ["No figure changed."]


def _came(report: Morning) -> list[str]:
    rows = [
        (one.source, name.replace("_", " "), f"{count:,}") for one in report.brought for name, count in one.rows.items()
    ]
    rows += [(one.source, "decisions of people", f"{one.decisions:,}") for one in report.brought if one.decisions]
    whole = f"In all {report.landed:,} rows have landed, of which {report.counted:,} count now."
    return [*(_table(("Source", "What", "Rows"), rows) if rows else ["Nothing new came."]), "", whole]


def _on_hold(report: Morning) -> list[str]:
    rows = [
        (name.replace("_", " "), owner or "nobody named", f"{count:,}")
        for (name, owner), count in sorted(report.held.items(), key=lambda item: (-item[1], item[0]))
    ]
    total = sum(report.held.values())
    said = f"{total:,} rows are on hold, {report.held_since:,} of them new. `svu held list` has them."
    return [said, "", *_table(("Dataset", "Who corrects it", "Rows"), rows)] if rows else ["No row is on hold."]


def _turned(report: Morning) -> list[str]:
    rows = [
        (check.dataset, check.check, "passes" if check.passed else check.severity.value, f"{check.rows:,}")
        for check in report.turned
    ]
    said = f"{report.failing:,} checks do not pass. `svu checks --failing` has them."
    return [said, "", *_table(("Dataset", "Check", "Now", "Rows"), rows)] if rows else [said, "", "None turned."]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; what would end a cell or a line is written as an entity or a blank."""
    cells = [[" ".join(cell.replace("|", "&#124;").split()) for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *cells)]
