"""Who decided that two records are the same person, or are not: by two, on record, reversible, known from its instant on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svu_pipeline import audit
from svu_pipeline.contracts.decisions import DecisionError
from svu_pipeline.landing.batch import MANIFEST, known_at
from svu_pipeline.people import decisions
from svu_pipeline.people.contradictions import contradicted_by
from svu_pipeline.people.decisions import IN_FORCE, NOT_SAME, PENDING, REVERSED, SAME, STREAM, TAKEN_BACK
from svu_pipeline.verify import problems
from svu_pipeline.warehouse import Damaged, session
from svu_pipeline_tests.faults import child
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, CAT, Extract

CUSTODY = [f"custody_record:42CU/00000{number}/23" for number in range(1, 5)]
HEARING = "hearing:H000001"
ONE, TWO, THREE = "J Marsh", "Insp R. Vale", "K Holt"


@pytest.fixture(scope="module")
def home_as_landed(tmp_path_factory: pytest.TempPathFactory) -> Force:
    """Four custody records and a hearing have landed; nothing is kept of people, for a decision needs nothing kept."""
    folder = tmp_path_factory.mktemp("landed")
    force, extract = Force(folder / "home"), Extract()
    for number, (who, record) in enumerate(zip((ANN, ANN, BOB, CAT), CUSTODY, strict=True)):
        extract.arrest(who, f"2023-01-1{number} 08:00:00", custody_ref=record.partition(":")[2])
    extract.hearing(ANN, "2023-06-01", hearing_id="H000001")
    extract.write(folder / "extract")
    force.land(folder / "extract", ("custody", "courts"))
    assert not force.refused
    return force


@pytest.fixture
def landed(home_as_landed: Force, tmp_path: Path) -> Force:
    """A copy of that home for one test."""
    shutil.copytree(home_as_landed.root, tmp_path / "home")
    return Force(tmp_path / "home", home_as_landed.nights)


def proposed(
    force: Force,
    kind: str = SAME,
    first: str = CUSTODY[0],
    second: str = CUSTODY[1],
    by: str = ONE,
    reason: str = "the same photograph",
) -> str:
    return decisions.propose(force.settings, kind, first, second, by, reason, force.now)


def decided(force: Force, kind: str = SAME, first: str = CUSTODY[0], second: str = CUSTODY[1]) -> str:
    """A decision in force."""
    decision = proposed(force, kind, first, second)
    decisions.confirm(force.settings, decision, TWO, force.now)
    return decision


def state(force: Force, decision: str, as_at: datetime | None = None) -> str | None:
    return {found.id: found.state for found in decisions.decisions(force.home, as_at)}.get(decision)


def viewed(force: Force, as_at: datetime | None = None) -> list[tuple[str, ...]]:
    with session(force.home.root) as connection:
        decisions.view_decisions(connection, force.home, as_at)
        return connection.execute("SELECT kind, dataset_a, key_a, dataset_b, key_b FROM people_decision").fetchall()


def test_a_decision_is_in_force_from_its_confirmation_until_that_of_its_reversal(landed: Force) -> None:
    """Each step is known from its own instant on; as at an instant before, the decision is as it was then."""
    decision = proposed(landed, SAME, HEARING, CUSTODY[0])
    instants = [known_at(landed.home)]
    decisions.confirm(landed.settings, decision[:6], TWO, landed.now)
    instants.append(known_at(landed.home))
    decisions.withdraw(landed.settings, decision, TWO, "it was his brother", landed.now)
    instants.append(known_at(landed.home))
    decisions.confirm(landed.settings, decision, ONE, landed.now)
    instants.append(known_at(landed.home))
    assert all(first < second for first, second in pairwise(instants) if first and second)
    assert [state(landed, decision, at) for at in instants] == [PENDING, IN_FORCE, IN_FORCE, REVERSED]
    assert instants[0] and state(landed, decision, instants[0] - timedelta(microseconds=1)) is None
    pair = (SAME, "custody_record", "42CU/000001/23", "hearing", "H000001")
    assert [viewed(landed, at) for at in instants] == [[], [pair], [pair], []]
    assert [decisions.in_force(landed.home, at)[SAME] for at in instants] == [0, 1, 1, 0]


def test_a_proposal_is_taken_back_by_one_and_never_comes_into_force(landed: Force) -> None:
    """It changed nothing, so taking it back needs no second person; after that there is nothing to confirm."""
    decision = proposed(landed)
    assert decisions.withdraw(landed.settings, decision, ONE, "wrong reference", landed.now).state == TAKEN_BACK
    with pytest.raises(DecisionError, match="taken back"):
        decisions.confirm(landed.settings, decision, TWO, landed.now)
    assert proposed(landed) != decision


@pytest.mark.parametrize("name", [ONE, "j marsh", "  J  MARSH ", "J. Marsh", "j\u200b marsh", "Ｊ Marsh", "J Mársh"])
def test_nobody_confirms_what_they_asked_for(landed: Force, name: str) -> None:
    """By no other spelling of the name either: neither a decision nor its reversal."""
    decision = proposed(landed)
    with pytest.raises(DecisionError, match="second person"):
        decisions.confirm(landed.settings, decision, name, landed.now)
    decisions.confirm(landed.settings, decision, TWO, landed.now)
    decisions.withdraw(landed.settings, decision, ONE, "it was his brother", landed.now)
    with pytest.raises(DecisionError, match="second person"):
        decisions.confirm(landed.settings, decision, name, landed.now)
    assert state(landed, decision) == IN_FORCE


def test_the_account_is_kept_beside_the_name_and_one_account_for_both_is_said(
    landed: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typed name proves nothing; the account is what the system itself knows."""
    monkeypatch.setenv("SVU_WHO", "marsh.j")
    first = decided(landed)
    second = proposed(landed, NOT_SAME, CUSTODY[2], CUSTODY[3])
    monkeypatch.setenv("SVU_WHO", "vale.r")
    decisions.confirm(landed.settings, second, TWO, landed.now)
    found = {decision.id: decision for decision in decisions.decisions(landed.home)}
    assert found[first].has_one_account and not found[second].has_one_account
    told = found[second].as_json()
    assert (told["proposal"]["account"], told["confirmation"]["account"]) == ("marsh.j", "vale.r")
    assert (told["proposal"]["by"], told["confirmation"]["by"]) == (ONE, TWO)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda force: proposed(force, SAME, "custody_record:gone", CUSTODY[1]), "first record: no custody_record"),
        (lambda force: proposed(force, SAME, CUSTODY[0], "exhibit:EX000001"), "second record is not named as"),
        (lambda force: proposed(force, SAME, CUSTODY[0], "Farrowdale"), "second record is not named as"),
        (lambda force: proposed(force, SAME, CUSTODY[0], CUSTODY[0]), "one and the same"),
        (lambda force: proposed(force, "perhaps"), "no such decision"),
        (lambda force: proposed(force, by=" . "), "Give both"),
        (lambda force: proposed(force, reason=" "), "Give both"),
        (lambda force: decisions.confirm(force.settings, "", TWO, force.now), "no decision has an id"),
        (lambda force: decisions.confirm(force.settings, "zzzz", TWO, force.now), "no decision has an id"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_nothing_is_written(
    landed: Force, ask: Callable[[Force], object], said: str
) -> None:
    """And what was typed, which may be a name, is not said again."""
    before = landed.bytes_of_everything()
    with pytest.raises(DecisionError, match=said) as error:
        ask(landed)
    assert "gone" not in str(error.value) and "Farrowdale" not in str(error.value)
    assert landed.bytes_of_everything() == before


def test_the_same_decision_is_not_taken_twice_in_either_order(landed: Force) -> None:
    decision = proposed(landed)
    with pytest.raises(DecisionError, match=decision):
        proposed(landed, SAME, CUSTODY[1], CUSTODY[0])
    decisions.confirm(landed.settings, decision, TWO, landed.now)
    with pytest.raises(DecisionError, match=f"in force already, as {decision}"):
        proposed(landed)


def test_what_decisions_in_force_contradict_is_refused_with_their_ids(landed: Force) -> None:
    """Directly, through a chain of "the same", and also when the contradiction came to be after the proposal."""
    first, second = decided(landed), decided(landed, SAME, CUSTODY[1], CUSTODY[2])
    with pytest.raises(DecisionError, match=f"{first}, {second}"):
        proposed(landed, NOT_SAME, CUSTODY[0], CUSTODY[2])
    waiting = proposed(landed, SAME, CUSTODY[2], CUSTODY[3])
    apart = decided(landed, NOT_SAME, CUSTODY[0], CUSTODY[3])
    with pytest.raises(DecisionError, match=f"{second}, {first}, {apart}"):
        decisions.confirm(landed.settings, waiting, TWO, landed.now)
    decisions.withdraw(landed.settings, apart, ONE, "a slip", landed.now)
    decisions.confirm(landed.settings, apart, THREE, landed.now)
    assert decisions.confirm(landed.settings, waiting, TWO, landed.now).state == IN_FORCE


Pairs = st.lists(
    st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[1] != pair[2]), max_size=25
)


@given(Pairs)
@settings(max_examples=200, deadline=None)
def test_decisions_that_are_let_pass_never_contradict_one_another(asked: list[tuple[bool, int, int]]) -> None:
    """Against components by brute force: what is refused would make a contradiction, and what is let pass makes none."""
    standing: list[tuple[str, bool, tuple[str, str]]] = []
    for number, (is_same, first, second) in enumerate(asked):
        further = (f"d{number}", is_same, (str(first), str(second)))
        against = contradicted_by(is_same, further[2], standing)
        assert bool(against) == _contradict([*standing, further])
        if against:
            named = [decision for decision in standing if decision[0] in against]
            assert len(named) == len(against) and _contradict([*named, further])
        else:
            standing.append(further)


def _contradict(given: list[tuple[str, bool, tuple[str, str]]]) -> bool:
    group = {str(number): number for number in range(7)}
    for _, is_same, (first, second) in given:
        if is_same:
            group = {one: group[first] if held == group[second] else held for one, held in group.items()}
    return any(not is_same and group[first] == group[second] for _, is_same, (first, second) in given)


def test_every_step_is_in_the_audit_log_by_the_decision_alone(landed: Force) -> None:
    decision = decided(landed)
    decisions.withdraw(landed.settings, decision, ONE, "it was his brother", landed.now)
    told = [(entry.action, entry.subject, entry.why) for entry in audit.entries(landed.home)[-3:]]
    assert told == [
        ("propose", decision, "the same photograph"),
        ("confirm", decision, "the same photograph"),
        ("withdraw", decision, "it was his brother"),
    ]
    hashes = {entry.sha256 for entry in audit.entries(landed.home)}
    assert {entry.audited for entry in decisions.entries(landed.home)} <= hashes
    assert not list(problems(landed.settings))


def test_what_was_done_to_the_stream_is_named(landed: Force) -> None:
    """A changed entry, one taken out before another, and an audit log that was cut off: each by `svu verify`."""
    decided(landed)
    first, second = sorted(landed.home.landing(STREAM).iterdir())
    path = second / MANIFEST
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"Vale", b"Dale"))
    assert [line for line in problems(landed.settings) if second.name in line]
    with pytest.raises(Damaged):
        decisions.decisions(landed.home)
    path.write_bytes(whole)
    shutil.move(first, landed.root / "aside")
    assert [line for line in problems(landed.settings) if second.name in line and "before it is gone" in line]
    with pytest.raises(Damaged, match="Restore"):
        decisions.decisions(landed.home)
    shutil.move(landed.root / "aside", first)
    path.unlink()
    assert [line for line in problems(landed.settings) if second.name in line and "missing" in line]
    path.write_bytes(whole)
    assert not list(problems(landed.settings))
    lines = landed.home.audit.read_text("utf-8").splitlines(keepends=True)
    landed.home.audit.write_text("".join(lines[:-1]), "utf-8")
    assert [line for line in problems(landed.settings) if f"{STREAM}/{second.name}" in line]


def test_a_batch_that_lands_after_a_decision_is_known_after_it(landed: Force) -> None:
    """Though the clock of the next night stood still."""
    decided(landed)
    last = known_at(landed.home)
    extract = Extract()
    extract.arrest(CAT, "2023-02-10 08:00:00", custody_ref="42CU/000009/23")
    extract.write(landed.root.parent / "extract2")
    landed.nights -= 1
    landed.land(landed.root.parent / "extract2", ("custody",))
    now = known_at(landed.home)
    assert last and now and now > last
    assert state(landed, decisions.decisions(landed.home)[0].id) == IN_FORCE


def test_a_decision_waits_for_the_night_to_end(landed: Force) -> None:
    """Its layers would otherwise know of different decisions; the one who decides is told to wait."""
    begun, go = landed.root / "begun", landed.root / "go"
    night = child.start(_hold_the_night, landed.root / "output", landed.root, begun, go)
    while not begun.exists():
        night.join(0.02)
    with pytest.raises(Exception, match="another night is running"):
        proposed(landed)
    go.touch()
    night.join()
    assert proposed(landed)


def _hold_the_night(root: Path, begun: Path, go: Path) -> None:
    import time

    from svu_pipeline.warehouse import lease

    with lease(Force(root).home, "night"):
        begun.touch()
        while not go.exists():
            time.sleep(0.02)


def _decide_killed_at(root: Path, nth: int) -> None:
    child.kill_at(nth)
    decided(Force(root, 1))


@pytest.mark.parametrize(
    "kills", [(1, 8, 19), pytest.param(range(1, 100), marks=pytest.mark.soak)], ids=["some", "all"]
)
def test_a_kill_at_any_point_leaves_whole_entries_and_the_next_call_goes_on(
    kills: Sequence[int], landed: Force
) -> None:
    """Proposal and confirmation, killed before and after each durable step: an entry is there whole or not at all."""
    for nth in kills:
        root = landed.root.parent / f"killed{nth}"
        shutil.copytree(landed.root, root)
        code = child.run(_decide_killed_at, landed.root.parent / "output", root, nth)
        if code == 0:
            break
        assert code == child.KILLED
        force = Force(root, 1)
        found = decisions.decisions(force.home)
        if not found:
            found = [decisions.decision_of(force.home, proposed(force))]
        if found[0].state == PENDING:
            decisions.confirm(force.settings, found[0].id, TWO, force.now)
        assert [decision.state for decision in decisions.decisions(force.home)] == [IN_FORCE], nth
        assert not list(problems(force.settings))


def test_an_entry_says_nothing_of_a_person(landed: Force) -> None:
    """References, names of those who decided, and reasons: no value of a record."""
    decided(landed, NOT_SAME, CUSTODY[0], CUSTODY[2])
    for path in landed.home.landing(STREAM).rglob(MANIFEST):
        content = json.loads(path.read_text("utf-8"))
        assert content["source"] == STREAM
        assert not {"Farrowdale", "Quillmoor", "1990-05-01"} & set(json.dumps(content).replace('"', " ").split())
