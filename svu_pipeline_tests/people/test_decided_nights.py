"""What a decision does to who is who, night after night: it outlives rebuilds and other models, and its reversal undoes it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib import resources
from pathlib import Path

import pytest

from svu_pipeline.clock import window
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.kept import keep_facts, keep_metrics, keep_people, keep_standing, opened
from svu_pipeline.landing.batch import known_at
from svu_pipeline.people import decisions
from svu_pipeline.people.decisions import IN_FORCE, NAMING, NOT_SAME, SAME
from svu_pipeline.publication.page import render_page
from svu_pipeline.publication.review import document, review
from svu_pipeline.quality.results import keep_results
from svu_pipeline.settings import LinkingSettings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import session
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, CAT, Extract, Person, person

pytestmark = pytest.mark.slow

WINDOW = "2023-11"
ADA = person("Okonjo", "Ada Grace", "1991-03-04")
ADA_AGAIN = person("Okonjo", "Ada", "1991-03-04")
ADA_SWAPPED = person("Okonjo", "Ada Grace", "1991-04-03")
FIRST, AGAIN, OTHER, CATS, LIKELY = (f"custody_record:42CU/00000{number}/23" for number in range(1, 6))
ORDER = "civil_order:CO0001"


def extract(more: tuple[Person, ...] = (), orders: int = 2, dated: str = "20240102") -> Extract:
    """Ada arrested three times, differently written, Bob and Cat once each; civil orders against Cat and, first, Ada."""
    made = Extract()
    for number in range(2 - orders, 2):
        who = (ADA, CAT)[number]
        made.order(who, "STRO", "2023-11-03", order_ref=f"CO000{number + 1}", file=dated)
    for number, who in enumerate((ADA, ADA_AGAIN, BOB, CAT, ADA_SWAPPED, *more), start=1):
        made.arrest(who, f"2023-01-{number:02d} 08:00:00", custody_ref=f"42CU/{number:06d}/23")
    return made


@pytest.fixture(scope="module")
def night_as_kept(tmp_path_factory: pytest.TempPathFactory) -> Force:
    """Custody and civil orders have landed; of the other sources nothing has. Who is who is kept."""
    folder = tmp_path_factory.mktemp("decided")
    extract().write(folder / "extract")
    force = Force(folder / "home")
    force.land(folder / "extract", ("custody", "civil_orders"))
    assert not force.refused
    for source in SYSTEMS:
        keep_standing(force.settings, source)
    keep_people(force.settings)
    return force


@pytest.fixture
def kept(night_as_kept: Force, tmp_path: Path) -> Force:
    """A copy of a home after one night."""
    shutil.copytree(night_as_kept.root, tmp_path / "home")
    return Force(tmp_path / "home", night_as_kept.nights)


def keep(force: Force) -> None:
    """All layers kept once more, as the next nightly does."""
    for layer in (keep_people, keep_facts, keep_metrics):
        layer(force.settings)
    keep_results(force.settings, force.now)


def deliver(force: Force, changed: Extract, name: str, source: str = "custody") -> None:
    """A further delivery of a source, and who is who after it."""
    changed.write(force.root.parent / name)
    force.land(force.root.parent / name, (source,))
    assert not force.refused
    keep_people(force.settings)


def decide(force: Force, kind: str, first: str, second: str) -> str:
    decision = decisions.propose(force.settings, kind, first, second, "J Marsh", "the same photograph", force.now)
    decisions.confirm(force.settings, decision, "R Vale", force.now)
    return decision


def people(force: Force) -> dict[str, str]:
    """The keyed id of the person of each record, as kept."""
    with session(force.home.root) as connection:
        path = force.home.people / "person_record.parquet"
        rows = connection.execute(f"SELECT dataset || ':' || record_key, person_id FROM '{path}'").fetchall()
    return dict(rows)


def parted(ids: dict[str, str]) -> set[frozenset[str]]:
    """Which records are one person's, whatever their ids."""
    return {frozenset(record for record, own in ids.items() if own == person_id) for person_id in ids.values()}


def arrested(force: Force, as_at: datetime | None = None) -> str | None:
    return force.figures(WINDOW, as_at=as_at)["people_arrested"]


@pytest.mark.parametrize(
    ("kind", "pair", "is_one", "figure"),
    [(NOT_SAME, (FIRST, AGAIN), False, "4"), (SAME, (FIRST, OTHER), True, "2")],
)
def test_a_decision_counts_and_its_reversal_brings_back_figure_and_ids(
    kept: Force, kind: str, pair: tuple[str, str], is_one: bool, figure: str
) -> None:
    """At once in a figure struck anew, kept from the next night on; as at before its confirmation it is not known."""
    ids = people(kept)
    assert ids[FIRST] == ids[AGAIN] == ids[LIKELY] != ids[OTHER]
    decision = decisions.propose(kept.settings, kind, *pair, "J Marsh", "the same photograph", kept.now)
    proposed = known_at(kept.home)
    decisions.confirm(kept.settings, decision, "R Vale", kept.now)
    keep_people(kept.settings)
    assert (people(kept)[pair[0]] == people(kept)[pair[1]]) is is_one
    together = people(kept)
    decisions.withdraw(kept.settings, decision, "R Vale", "it was his brother", kept.now)
    withdrawn = known_at(kept.home)
    keep_people(kept.settings)
    assert people(kept) == together
    decisions.confirm(kept.settings, decision, "J Marsh", kept.now)
    keep_people(kept.settings)
    assert people(kept) == ids
    assert [arrested(kept, at) for at in (proposed, withdrawn, None)] == ["3", figure, "3"]


def _rebuild(force: Force) -> None:
    """Everything that is made again is gone, the ledger too: only what landed stands."""
    for folder in (force.home.people, force.home.standing, force.home.root / "restricted/contracts"):
        shutil.rmtree(folder)
    for dataset in NAMING:
        keep_standing(force.settings, CONTRACTS[dataset].source)
    keep_people(force.settings)


def _other_model(force: Force) -> None:
    """A model to which hardly anything is alike."""
    shipped = json.loads(resources.files("svu_pipeline.people").joinpath("model.json").read_text("utf-8"))
    path = force.root / "model.json"
    path.write_text(json.dumps({**shipped, "version": "other", "matches": 1e-9}), "utf-8")
    keep_people(replace(force.settings, linking=LinkingSettings(model=path)))
    assert LIKELY not in next(part for part in parted(people(force)) if FIRST in part)


def _corrected(force: Force) -> None:
    """The records arrive anew under their keys, with another name."""
    changed = extract()
    for row in changed.tables["custody_record"]:
        row |= {"surname": "Ngata", "updated_at": "2024-07-01T09:00:00Z"}
    deliver(force, changed, "corrected")


@pytest.mark.parametrize("disturb", [_rebuild, _other_model, _corrected])
def test_decisions_outlive_what_is_made_again(kept: Force, disturb: Callable[[Force], None]) -> None:
    """A full rebuild, another model, and corrected records: who was decided to be one person, or two, still is."""
    apart, joined = decide(kept, NOT_SAME, FIRST, AGAIN), decide(kept, SAME, FIRST, OTHER)
    disturb(kept)
    ids = people(kept)
    assert ids[FIRST] == ids[OTHER] != ids[AGAIN]
    assert {found.id for found in decisions.decisions(kept.home) if found.state == IN_FORCE} == {apart, joined}


def test_a_decision_outlives_the_withdrawal_of_its_record(kept: Force) -> None:
    """While the order is gone from its register the decision says nothing; when it is back, it says what it said."""
    assert people(kept)[ORDER] == people(kept)[FIRST]
    decide(kept, NOT_SAME, ORDER, FIRST)
    decide(kept, SAME, ORDER, OTHER)
    keep_people(kept.settings)
    ids = people(kept)
    assert ids[ORDER] == ids[OTHER] != ids[FIRST]
    deliver(kept, extract(orders=1, dated="20240109"), "gone", "civil_orders")
    assert people(kept) == {record: own for record, own in ids.items() if record != ORDER}
    deliver(kept, extract(dated="20240116"), "back", "civil_orders")
    assert people(kept) == ids


@pytest.fixture(scope="module")
def decided(night_as_kept: Force, tmp_path_factory: pytest.TempPathFactory) -> Force:
    """A home in which every layer was kept after one decision came into force and another was proposed; only read."""
    force = Force(tmp_path_factory.mktemp("decided") / "home", night_as_kept.nights)
    shutil.copytree(night_as_kept.root, force.root)
    decide(force, SAME, FIRST, OTHER)
    decisions.propose(force.settings, NOT_SAME, FIRST, AGAIN, "J Marsh", "another height", force.now)
    keep(force)
    return force


def test_a_further_run_after_decisions_changes_no_byte(decided: Force) -> None:
    before = decided.bytes_of_everything()
    keep(decided)
    assert decided.bytes_of_everything() == before


def test_the_review_says_how_many_decisions_are_in_force(decided: Force) -> None:
    """From the kept tables and struck anew alike; as at before, none. The page has it in words."""
    before = known_at(decided.home, streams=SYSTEMS)
    told = {"same": 1, "not_same": 0}
    assert review(decided.settings, window(WINDOW), before)["quality"]["linking_decisions"] == dict.fromkeys(told, 0)
    with opened(decided.settings, [window(WINDOW)]) as struck:
        kept = document(decided.settings, struck, window(WINDOW))
    assert kept["quality"]["linking_decisions"] == told
    words = " ".join(render_page(kept).replace("<strong>", "").replace("</strong>", "").split())
    assert "Linking decisions in force: 1 the same, 0 not the same." in words


def test_only_the_restricted_zone_knows_who_was_decided_to_be_who(decided: Force) -> None:
    """The ids of decisions and who took them are in no fact and no published file."""
    told = [found.id.encode() for found in decisions.decisions(decided.home)] + [b"J Marsh", b"R Vale"]
    for name, content in decided.bytes_of_everything().items():
        if not name.startswith("restricted/"):
            assert not [text for text in told if text in content], name


def test_people_known_as_one_by_decision_stay_so_when_further_records_arrive(kept: Force) -> None:
    """Bob's second arrest joins the person that he was decided to be."""
    decide(kept, SAME, OTHER, CATS)
    deliver(kept, extract((BOB, ANN)), "more")
    ids = people(kept)
    assert ids[OTHER] == ids[CATS] == ids["custody_record:42CU/000006/23"]
    assert ids["custody_record:42CU/000007/23"] not in (ids[OTHER], ids[FIRST])
