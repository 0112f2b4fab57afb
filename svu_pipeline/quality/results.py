"""The outcome of every check of a night, each held against its tolerance: what the UI shows and the history keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from svu_pipeline.clock import Clock, now
from svu_pipeline.contracts.model import Action, Contract, rules_of
from svu_pipeline.contracts.registry import of_source
from svu_pipeline.contracts.verdict import judge
from svu_pipeline.facts.build import CREDIT
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.kept import KeptTable, marker_of
from svu_pipeline.landing.batch import Manifest, deliveries, known_at
from svu_pipeline.quality.history import IS_CURRENT, NIGHT, Past, Result, append, past
from svu_pipeline.quality.states import READ, REFUSED, SourceState, last_known, source_states
from svu_pipeline.quality.tolerance import ANY_FAILS, ANY_WARNS, Measure, Severity, Tolerance
from svu_pipeline.quality.volume import volume_of
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home

BALANCED = "row_accounting"
NOT_HELD = "delivery_is_not_held_whole"
WAS_READ = "delivery_was_read"
VOLUME = "delivery_volume"
IDENTITIES = "identities_hold"
TOLERATED = {CREDIT: Tolerance(Measure.SHARE, warn=Decimal(2))}
"""The checks on records of the facts and their limits where the settings say nothing else."""


def keep_results(settings: Settings, clock: Clock = now) -> tuple[int, bool]:
    """Add the outcomes of all checks of a night to the history; gives how many, and whether anything was new."""
    home = Home(settings.home)
    known = known_at(home)
    if known is None:
        return 0, False
    states = source_states(settings, clock=clock)
    results = [
        *(of_state(state) for state in states),
        *(result for state in states for result in of_landing(state)),
        *(result for source in SYSTEMS for result in results_of_source(settings, source)),
        *results_of_facts(settings),
    ]
    return len(results), append(home, NIGHT, results, last_known(known, states))


def results_of_source(settings: Settings, source: str) -> Iterator[Result]:
    """The outcomes of the checks of one source's datasets, as last kept; none before they were kept."""
    home = Home(settings.home)
    kept, batches = marker_of(home.standing, source), deliveries(home, source)
    compares = any(tolerance.by is Measure.RISE for tolerance in settings.tolerances.values())
    before = past(home, batches[-1].landed_at) if batches and compares else {}
    verdicts = {verdict.batch: verdict for verdict in judge(home, source)} if batches else {}
    whole = verdicts[batches[-1].batch].held_whole if batches else None
    for contract in of_source(source):
        if table := kept.get(f"standing_{contract.dataset}"):
            yield of_accounting(contract.dataset, table.found["account"])
            said = f"{source} {batches[-1].batch}: {whole}" if whole else "none is held whole"
            yield Result(contract.dataset, NOT_HELD, not whole, Severity.ERROR, int(bool(whole)), said)
            yield _of_volume(contract, batches)
            yield from _of_rules(contract, table, settings.tolerances, before)


def of_state(state: SourceState) -> Result:
    """Whether a source is up to date."""
    return Result(
        state.source, IS_CURRENT, state.status == READ, Severity.WARN, int(state.status != READ), state.status
    )


def of_landing(state: SourceState) -> Iterator[Result]:
    """Whether the delivery of each of a source's datasets could be read."""
    is_refused = state.status == REFUSED
    for dataset in SYSTEMS[state.source].datasets:
        yield Result(dataset, WAS_READ, not is_refused, Severity.ERROR, int(is_refused), "read whole")


def of_accounting(dataset: str, account: Mapping[str, Any]) -> Result:
    """Whether every landed row is accounted for, as integers."""
    apart = abs(account["landed"] - sum(n for name, n in account.items() if name not in ("dataset", "landed")))
    return Result(dataset, BALANCED, apart == 0, Severity.ERROR, apart, "equal to the row")


def _of_volume(contract: Contract, batches: list[Manifest]) -> Result:
    volume = volume_of(contract.dataset, batches)
    failing = volume.rows if volume.problem else 0
    usual = "no history yet" if volume.usual is None else f"usually {volume.usual}"
    return Result(contract.dataset, VOLUME, not volume.problem, volume.severity, failing, volume.problem or usual)


def _of_rules(
    contract: Contract,
    table: KeptTable,
    tolerances: Mapping[str, Tolerance],
    before: Mapping[tuple[str, str], Past],
) -> Iterator[Result]:
    rows = table.found["account"]["current"] + table.found["account"]["held"]
    for rule in rules_of(contract):
        failing = table.found["rules"].get(rule.name, 0)
        default = ANY_FAILS if rule.action is Action.HOLD else ANY_WARNS
        tolerance = tolerances.get(f"{contract.dataset}.{rule.name}", default)
        earlier = before.get((contract.dataset, rule.name))
        judged = tolerance.judge(failing, rows, earlier.rows if earlier else 0)
        yield Result(contract.dataset, rule.name, judged.passed, judged.severity, failing, judged.threshold)


def results_of_facts(settings: Settings) -> Iterator[Result]:
    """The outcomes of the checks of the fact tables, as last kept; a promise of a table can be tuned by nobody."""
    home = Home(settings.home)
    kept = marker_of(home.facts, "facts")
    for name in fact_tables():
        for found in kept[name].found["checks"] if name in kept else ():
            if default := TOLERATED.get(found["name"]):
                tolerance = settings.tolerances.get(f"{name}.{found['name']}", default)
                yield _tolerated(home, name, kept[name].rows, found, tolerance)
            else:
                yield Result(
                    name, found["name"], found["failing"] == 0, Severity.ERROR, found["failing"], found["words"]
                )


def _tolerated(home: Home, fact: str, rows: int, found: Mapping[str, Any], tolerance: Tolerance) -> Result:
    """A check on the records of a fact table, held against its limits."""
    before = past(home, known_at(home)).get((fact, found["name"])) if tolerance.by is Measure.RISE else None
    judged = tolerance.judge(found["failing"], rows, before.rows if before else 0)
    return Result(fact, found["name"], judged.passed, judged.severity, found["failing"], judged.threshold)


def keep_review_results(
    settings: Settings, review: str, failing: Mapping[str, list[str]], severity: Callable[[str], Severity], at: datetime
) -> bool:
    """Add the outcomes of the checks of one review to the history; `failing` has what breaks each of them."""
    results = [Result(review, name, not which, severity(name), len(which), "none") for name, which in failing.items()]
    return append(Home(settings.home), review, results, at)


def since_words(result: Result, known: Past | None, at: datetime) -> dict[str, str]:
    """Since when a check has been as it is (`at` where it turned just now), and its rows of the last nights as bars."""
    since = known.since if known and known.passed == result.passed else at
    words = f"{'passes' if result.passed else 'fails'} since {since:%Y-%m-%d}"
    return {"since": words, "last nights": known.sparkline if known else "no history yet"}
