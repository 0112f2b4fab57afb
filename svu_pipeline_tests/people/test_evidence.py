"""`svu person`: why records are one person, or two; what it costs to look; and what is never shown unasked."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from importlib import resources
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from svu_pipeline import audit
from svu_pipeline.clock import written
from svu_pipeline.commands.person import person
from svu_pipeline.kept import keep_people
from svu_pipeline.people import decisions, keys
from svu_pipeline.people.evidence import Link, Person, Step, evidence, steps_of
from svu_pipeline.people.find_person import UnknownPerson
from svu_pipeline.people.kept_links import opened
from svu_pipeline.people.ledger import entries
from svu_pipeline.people.linking import HEADLINE, weight_of
from svu_pipeline.people.model import frequencies, link_nodes, shipped
from svu_pipeline.people.person_page import NoChart, chart, page, write
from svu_pipeline.people.waterfall import plot, share, signed
from svu_pipeline.settings import LinkingSettings
from svu_pipeline.strike import NothingLanded
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.people.small_force import C1, C2, C3, C4, CANARY, H1, O2, S1, S2, S3, VALUES, key


def look(force: Force, wanted: str, *, values: bool = False) -> Person:
    return evidence(force.settings, wanted, "a test", force.now, with_values=values)


def by_kind(links: tuple[Link, ...], kind: str) -> list[Link]:
    return [link for link in links if link.kind == kind]


def test_what_was_decided_since_is_not_shown_as_if_it_held_already(own: Force) -> None:
    """Until the next night links, records are shown as they were linked, whatever has been decided or reversed since."""
    before = look(own, C1)
    decision = decisions.propose(own.settings, "not_same", C1, S1, "J Marsh", "the photographs", own.now)
    decisions.confirm(own.settings, decision, "Insp R. Vale", own.now)
    assert look(own, C1) == before
    keep_people(own.settings)
    after = look(own, C1)
    decisions.withdraw(own.settings, decision, "J Marsh", "the wrong photographs", own.now)
    decisions.confirm(own.settings, decision, "Insp R. Vale", own.now)
    assert len(after.records) == 2 and look(own, C1) == after


def test_a_likeness_is_shown_field_by_field(kept: Force) -> None:
    """The short form of her forename is named as such; what is known on neither side is left out."""
    found = look(kept, C1)
    assert {record.record_key for record in found.records} == {key(C1), key(C2), key(S1)}
    (link,) = found.links
    assert (link.kind, link.left, link.right) == ("alike", S1, C1)
    said = {step.field: step.words for step in link.steps}
    assert "short" in said["forenames"] and said["surname"].startswith("the same surname")
    assert said["prior"].startswith("before comparing: one pair in ") and "identifier" not in said


def test_weights_add_up_to_the_kept_weight(kept: Force) -> None:
    """Prior and fields, added in order, are the weight and the probability that every kept pair was linked by."""
    with opened(kept.settings) as connection:
        steps = steps_of(connection, "pair", shipped())
        scored = connection.execute("SELECT node_l, node_r, match_weight, match_probability FROM scored").fetchall()
    assert len(steps) == len(scored) > 3
    for left, right, weight, probability in scored:
        bits = [step.weight for step in steps[left, right]]
        assert math.isclose(sum(bits), weight, rel_tol=0, abs_tol=1e-9)
        assert math.isclose(steps[left, right][-1].total, weight, rel_tol=0, abs_tol=1e-9)
        assert math.isclose(1 / (1 + 2**-weight), probability, rel_tol=0, abs_tol=1e-12)


def test_evidence_is_that_of_splink(kept: Force) -> None:
    """Field by field, Splink's own public `predict` on the same nodes, frequencies and prior weighs every pair alike."""
    from splink import DuckDBAPI, Linker

    model = shipped()
    fields = ("surname", "forenames", "date_of_birth", "sex", "postcode", "identifier")
    with duckdb.connect() as connection:
        for table in ("node", "pair"):
            connection.execute(f"CREATE TABLE {table} AS FROM '{kept.home.people / table}.parquet'")
        link_nodes(connection)
        frequencies(connection, model)
        ours = steps_of(connection, "pair", model)
        prior = 1 / (1 + 2 ** -next(iter(ours.values()))[0].weight)
        api = DuckDBAPI(connection)
        settings = dict(model.settings) | {
            "probability_two_random_records_match": prior, "retain_intermediate_calculation_columns": True,
        }  # fmt: skip
        linker = Linker(api.register("linked_node"), settings, log_level=None)
        frequencies(connection, model)
        for column in model.frequency_columns:
            linker.table_management.register_term_frequency_lookup(api.register(f"frequency_{column}"), column)
        theirs = linker.inference.predict().as_record_list()
    found = {}
    for row in theirs:
        bits = {name: row[f"mw_{name}"] + row.get(f"mw_tf_adj_{name}", 0.0) for name in fields}
        pair = (min(row["node_id_l"], row["node_id_r"]), max(row["node_id_l"], row["node_id_r"]))
        found[pair] = {name.replace("_", " "): weight for name, weight in bits.items()}
    assert found.keys() == ours.keys()
    for pair, steps in ours.items():
        weighed = {step.field: step.weight for step in steps[1:]}
        for name, bits in found[pair].items():
            assert math.isclose(weighed.get(name, 0.0), bits, rel_tol=0, abs_tol=1e-9), (pair, name)


def test_records_that_say_the_same_are_one_without_a_link(kept: Force) -> None:
    """Two custody records of one person, the same in every field, share their details; each says where it landed."""
    records = {record.record_key: record for record in look(kept, C1).records}
    assert records[key(C1)].details == records[key(C2)].details != records[key(S1)].details
    assert (
        records[key(C1)].file == "custody.sqlite" and records[key(C1)].row > 0 and records[key(C1)].since.endswith("Z")
    )


def test_links_hold_every_person_together_and_no_more(kept: Force) -> None:
    """As many links as it takes to join what is not the same in every field; what is kept apart is another person's."""
    with duckdb.connect() as connection:
        file = kept.home.people / "person_record.parquet"
        ids = [name for (name,) in connection.execute(f"SELECT DISTINCT person_id FROM '{file}'").fetchall()]
    for person_id in ids:
        found = look(kept, person_id)
        assert len(found.links) == len({record.details for record in found.records}) - 1
        own = {f"{record.dataset}:{record.record_key}" for record in found.records}
        assert all({link.left, link.right} <= own and link.other is None for link in found.links)
        assert all(link.left in own and link.right not in own and link.other in ids for link in found.apart)


def test_certain_links_are_named(kept: Force) -> None:
    """A PNC id joins two names; a defendant of one case is one person under two."""
    certain, alike = look(kept, C3).links
    assert certain.kind == "pnc" and certain.words == "the same valid PNC id" and alike.kind == "alike"
    (link,) = look(kept, H1).links
    assert link.kind == "defendant" and "one case" in link.words


def test_what_was_kept_apart_is_named(kept: Force) -> None:
    """Her twin; a namesake under another PNC id, however alike; each with the evidence that would have joined them."""
    (twin,) = by_kind(look(kept, S1).apart, "twins")[:1]
    assert twin.right == S2 and "twins" in twin.words and twin.steps and twin.other
    (two,) = by_kind(look(kept, C3).apart, "two_pnc")
    assert two.right == C4 and two.probability and two.probability > 0.95
    assert two.other == look(kept, C4).person_id


def test_near_misses_are_shown_and_strangers_are_not(kept: Force) -> None:
    """A pair likelier than not that falls short stands among those kept apart; nobody else does."""
    for wanted in (C1, C3, H1):
        found = look(kept, wanted)
        assert len(found.apart) == found.apart_in_all
        for link in found.apart:
            assert link.kind in ("twins", "two_pnc") or (link.probability or 0) >= 0.5
        for link in by_kind(found.apart, "near"):
            assert (link.weight or 0) < weight_of(HEADLINE)


def test_a_decision_is_shown_with_both_names_and_the_reason(own: Force) -> None:
    """As the link that holds two records together, and as what keeps two apart."""
    for kind, first, second in (
        ("same", H1, C4),
        ("not_same", C1, S1),
    ):
        proposed = decisions.propose(own.settings, kind, first, second, "J Marsh", "the photographs", own.now)
        decisions.confirm(own.settings, proposed, "Insp R. Vale", own.now)
    keep_people(own.settings)
    (same,) = by_kind(look(own, H1).links, "same")
    (apart,) = by_kind(look(own, C1).apart, "decision")
    for link in (same, apart):
        assert all(words in link.decided for words in ("J Marsh", "Insp R. Vale", "the photographs"))
    assert same.words == "decided to be the same person" and apart.right == S1
    merge, *_ = look(own, H1).events
    assert merge.kind == "merge" and merge.because == "decision" and merge.records > 0


def test_an_id_may_be_shortened_and_must_be_clear(kept: Force) -> None:
    """Its beginning is enough where no other id begins so; what is unknown, unclear or empty is said in plain words."""
    found = look(kept, C1)
    assert look(kept, found.person_id[:12].upper()).person_id == found.person_id
    for wanted in ("", "zz", "custody_record:none", "C1", ":", "custody_record:"):
        with pytest.raises(UnknownPerson) as refused:
            look(kept, wanted)
        assert "custody_record:KEY" in str(refused.value)


def test_an_id_of_before_a_rotation_is_followed(own: Force) -> None:
    """The old id leads to the same records under the new one, which says what it was called before."""
    before = look(own, C1)
    keys.rotate(own.settings, "J Marsh", "yearly", own.now)
    keep_people(own.settings)
    after = look(own, before.person_id)
    assert after.person_id != before.person_id and after.former_ids == (before.person_id,)
    assert [r.record_key for r in after.records] == [r.record_key for r in before.records]


def test_looking_is_on_record_before_anything_is_shown(own: Force) -> None:
    """Whose evidence, why, and whether values were part of it; without a reason nothing is given."""
    found = look(own, C1)
    look(own, C1, values=True)
    last = audit.entries(own.home)[-2:]
    assert [(entry.action, entry.subject, entry.why) for entry in last] == [
        ("show_person", found.person_id, "a test"),
        ("show_person", f"{found.person_id} with values", "a test"),
    ]
    with pytest.raises(UnknownPerson, match="--why"):
        evidence(own.settings, C1, "  ", own.now)
    assert audit.entries(own.home)[-1] == last[-1]


def test_values_are_shown_only_when_asked_for(kept: Force) -> None:
    """Neither words, nor JSON, nor chart, nor page say what a field says, but with `values`."""
    people = [look(kept, wanted) for wanted in (C1, C3, S2)]
    for found in people:
        shown = json.dumps(found.as_json()) + page(found) + chart(found)
        assert not [value for value in VALUES if value.lower() in shown.lower()]
    asked = look(kept, C1, values=True)
    assert "hargreaves" in page(asked) and "1991-02-03" in json.dumps(asked.as_json())
    (link,) = asked.links
    assert {step.field: step.values for step in link.steps}["forenames"] == ("beth", "elizabeth ann")


def test_a_home_without_people_says_what_to_do(force: Force) -> None:
    """Before the first night there is nobody to ask for."""
    with pytest.raises(NothingLanded, match="svu nightly"):
        look(force, C1)


def test_evidence_is_of_the_model_that_linked(own: Force, tmp_path: Path) -> None:
    """With another model in the settings its weights are not passed off as those that linked: a night is asked for."""
    other = tmp_path / "model.json"
    content = json.loads(resources.files("svu_pipeline.people").joinpath("model.json").read_text("utf-8"))
    other.write_text(json.dumps(content | {"version": "another", "matches": 2 * content["matches"]}), "utf-8")
    changed = replace(own.settings, linking=LinkingSettings(model=other))
    with pytest.raises(NothingLanded, match="svu nightly"):
        evidence(changed, C1, "a test", own.now)
    keep_people(changed)
    (link,) = evidence(changed, C1, "a test", own.now).links
    assert math.isclose(link.steps[-1].total, link.weight or 0.0, abs_tol=1e-9)


def test_the_command_prints_writes_and_refuses(own: Force, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text with every record and link; JSON; a chart and a page, whole; a file that is neither is refused unlooked."""
    monkeypatch.setenv("SVU_PERSON_KEY_FILE", str(own.settings.person_key_file))
    app = typer.Typer()
    app.command()(person)
    run = CliRunner().invoke
    asked = [C1, "--why", "a test", "--home", str(own.root)]
    done = run(app, asked)
    assert done.exit_code == 0, done.output
    assert "alike enough in their details" in done.output and "3 records, 1 links." in done.output
    assert json.loads(run(app, [*asked, "--json"]).stdout)["links"][0]["kind"] == "alike"
    for name in ("why.svg", "why.html"):
        assert run(app, [*asked, "--chart", str(tmp_path / name)]).exit_code == 0
        assert (tmp_path / name).read_text("utf-8").strip().endswith((">",))
    looked = len(audit.entries(own.home))
    refused = run(app, [*asked, "--chart", str(tmp_path / "why.png")])
    assert isinstance(refused.exception, NoChart) and len(audit.entries(own.home)) == looked
    assert run(app, [C1, "--home", str(own.root)]).exit_code == 2


def steps(*weights: float) -> tuple[Step, ...]:
    totals = [sum(weights[: place + 1]) for place in range(len(weights))]
    return tuple(Step("field", "words", w, t) for w, t in zip(weights, totals, strict=True))


def test_bars_go_on_from_where_the_last_one_ended() -> None:
    """Each bar begins at the total before it; the last one is the whole, from nothing."""
    link = Link("alike", "alike", "a:1", "b:2", 5.5, 0.978, steps(-11.5, 7.0, 0.0, 12.0, -2.0))
    drawn = plot(link, 0.95, is_headed=True)
    bars = [bar for bar in drawn.bars if bar.kind != "none"]
    for bar, after in pairwise(bars[:-1]):
        assert bar.joint in (after.x, round(after.x + after.width, 1))
        assert after.bar_top > bar.floor
    assert bars[-1].kind == "total" and bars[-1].weight == "+5.5" == signed(5.5)
    assert [bar.kind for bar in drawn.bars] == ["against", "for", "none", "for", "against", "total"]


def test_a_chart_reads_without_colour_and_on_any_ground(kept: Force, tmp_path: Path) -> None:
    """It is well-formed, has a title and a description with every weight, and colours for light and dark."""
    found = look(kept, C1)
    write(found, tmp_path / "why.svg")
    text = (tmp_path / "why.svg").read_text("utf-8")
    root = ElementTree.fromstring(text)
    title, described = root[0], root[1]
    assert title.tag.endswith("title") and described.tag.endswith("desc") and root.get("role") == "img"
    for step in found.links[0].steps:
        assert signed(step.weight) in (described.text or "")
    assert "prefers-color-scheme: dark" in text and "script" not in text


def test_words_that_would_be_markup_are_words() -> None:
    """A reason or a key that a person typed does not become part of a page or a chart."""
    typed = "</title><script>alert(1)</script>"
    link = Link("same", "decided", typed, "b:2", 5.5, 0.978, steps(-1.0, 6.5), decided=typed)
    found = Person("ab" * 16, 0.95, (typed,), (), (link,), (link,), 1, ())
    for text in (page(found), chart(found)):
        assert "<script" not in text and "&lt;script" in text


def test_a_page_is_one_file_that_asks_nothing_of_anyone(kept: Force) -> None:
    """No script and no address; what it says of itself is that it is restricted."""
    text = page(look(kept, C3))
    assert "<script" not in text and not re.findall(r"(?:src|href)=\"(?!#|data:)", text)
    assert "Restricted" in text and CANARY.lower() not in text.lower()


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.95, ".95"),
        (0.936, ".936"),
        (0.9999999, "over .9999"),
        (0.99791, ".9979"),
        (1e-9, "under .0001"),
        (0.5, ".50"),
    ],
)
def test_a_probability_is_never_said_to_be_certain(probability: float, said: str) -> None:
    assert share(probability) == said


def test_a_merge_is_shown_with_what_caused_it(kept: Force) -> None:
    """The record that showed two people to be one is named; of two that came at once the first by key stands."""
    found = look(kept, S3)
    assert {record.record_key for record in found.records} == {key(C3), key(S3), key(O2)}
    first, second = (written(entry.known_at) for entry in entries(kept.home))
    assert {record.record_key: record.since for record in found.records} == {
        key(S3): first,
        key(C3): second,
        key(O2): second,
    }
    (merge,) = found.events
    assert (merge.kind, merge.because, merge.causes, merge.records) == ("merge", "record", (O2,), 1)
    assert merge.stands and merge.other != found.person_id and merge.words == f"took in records of {merge.other}"
    assert O2 in page(found) and "took in" in page(found)
    with pytest.raises(UnknownPerson, match=f"now with {found.person_id}"):
        look(kept, merge.other)
