"""What the linkage model makes of pairs of records, however few there are: links, non-links, twins, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import duckdb
import pytest

from svu_pipeline.people.linking import nothing_known
from svu_pipeline.people.model import blocking_rules, compare, levels, score, shipped, weigh
from svu_pipeline.people.nicknames import make_lexicon
from svu_pipeline.warehouse import session, table_of_rows

COLUMNS = dict.fromkeys(("node_id", "pnc_id", "surname", "forenames"), "TEXT") | {
    "date_of_birth": "DATE", "sex": "TEXT", "postcode": "TEXT", "identifier": "TEXT",
}  # fmt: skip
BORN = date(1991, 7, 23)
Person = tuple[str | None, str | None, date | None, str | None, str | None]


def person(
    surname: str | None = "thornley",
    forenames: str | None = "daniel peter",
    born: date | None = BORN,
    sex: str | None = None,
    postcode: str | None = None,
) -> Person:
    return surname, forenames, born, sex, postcode


def make_nodes(connection: duckdb.DuckDBPyConnection, people: Sequence[Person]) -> None:
    """`node` with the ids n00, n01, … in the order given, and an empty memo."""
    rows = [(f"n{at:02}", None, *known, None) for at, known in enumerate(people)]
    table_of_rows(connection, "node", COLUMNS, rows)
    nothing_known(connection)


@pytest.fixture
def linker() -> Iterator[duckdb.DuckDBPyConnection]:
    """A session as the night's: locked down, without a file."""
    with session() as connection:
        yield connection


def link(connection: duckdb.DuckDBPyConnection, *people: Person) -> dict[tuple[str, str], tuple[float, bool]]:
    """Probability and whether taken for twins, by pair of the nodes of some people."""
    make_nodes(connection, people)
    compare(connection)
    score(connection)
    rows = connection.execute(
        "SELECT node_l, node_r, match_probability, is_twin FROM scored JOIN pair USING (node_l, node_r)"
    ).fetchall()
    return {(left, right): (probability, is_twin) for left, right, probability, is_twin in rows}


def are_linked(connection: duckdb.DuckDBPyConnection, one: Person, other: Person, *rest: Person) -> bool:
    """Whether the first two are one person at the headline's threshold, among so few records."""
    probability, is_twin = link(connection, one, other, *rest).get(("n00", "n01"), (0.0, False))
    return probability >= 0.95 and not is_twin


STRANGERS = [
    person(f"{name}den", forename, date(1970 + at, 1 + at, 2 + at), "MF"[at % 2], f"SS{at}1AB")
    for at, (name, forename) in enumerate(
        zip(("mar", "fol", "hew", "pel", "ros", "wid", "yar", "ock"), ("ann", "hugh", "rose", "omar") * 2, strict=True)
    )
]

SAME = {
    "name and date of birth": (person(), person()),
    "one digit of the date of birth wrong, one postcode": (
        person(postcode="CM12AB"), person(born=date(1991, 7, 28), postcode="CM12AB"),
    ),
    "day and month exchanged": (person(born=date(1991, 7, 5)), person(born=date(1991, 5, 7))),
    "a short form of the forename": (person(), person(forenames="dan")),
    "a short form of the forename, one postcode": (
        person(postcode="CM12AB"), person(forenames="danny", postcode="CM12AB"),
    ),
    "surname and forename exchanged": (person(forenames="daniel"), person("daniel", "thornley")),
    "surname and two forenames exchanged": (person(), person("daniel peter", "thornley")),
    "an initial": (person(), person(forenames="d")),
    "the middle name used": (person(), person(forenames="peter")),
    "forenames in another order": (person(), person(forenames="peter daniel")),
    "a slip in the surname": (person(), person("thronley")),
    "a slip in the forename": (person(), person(forenames="danile peter")),
    "one part of a double-barrelled surname": (person("thornley hughes"), person("hughes")),
    "another surname, one postcode": (
        person("marsh", "siobhan", postcode="CM12AB"), person("okoro", "siobhan", postcode="CM12AB"),
    ),
    "born on the first of January": (person(born=date(1991, 1, 1)), person(born=date(1991, 1, 1))),
}  # fmt: skip

OTHERS = {
    "one name, dates of birth that have nothing in common": (person(), person(born=date(1978, 2, 11))),
    "father and son of one name in one home": (
        person(sex="M", postcode="CM12AB"), person(born=date(1965, 3, 14), sex="M", postcode="CM12AB"),
    ),
    "brothers in one home": (
        person(sex="M", postcode="CM12AB"), person(forenames="robert", born=date(1994, 2, 3), sex="M", postcode="CM12AB"),
    ),
    "one surname and date of birth, other forenames": (person(), person(forenames="robert")),
    "one date of birth": (person(), person("okoro", "emeka")),
    "one date of birth and forename": (person(), person("okoro", "daniel")),
    "one home": (person(postcode="CM12AB"), person("okoro", "emeka", date(1978, 2, 11), postcode="CM12AB")),
    "one name, no date of birth": (person(forenames="daniel", born=None), person(forenames="daniel", born=None)),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
@pytest.mark.parametrize("among", [0, 8])
def test_plain_cases_link_however_few_records_there_are(
    linker: duckdb.DuckDBPyConnection, case: str, among: int
) -> None:
    """Two records alone, or among eight strangers, link where a careful reader would link them."""
    assert are_linked(linker, *SAME[case], *STRANGERS[:among])


@pytest.mark.parametrize("case", OTHERS)
@pytest.mark.parametrize("among", [0, 8])
def test_plain_strangers_do_not_link(linker: duckdb.DuckDBPyConnection, case: str, among: int) -> None:
    """Nor does what two people share by chance or by living together link them."""
    assert not are_linked(linker, *OTHERS[case], *STRANGERS[:among])


@pytest.mark.parametrize(
    ("one", "other"), [("jayden", "hayden"), ("emma", "gemma"), ("dean", "sean"), ("adam", "liam"), ("chidi", "xqzt")]
)
def test_twins_are_told_by_their_forenames(linker: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    """One surname and date of birth with forenames of two people cannot be one person, alike in sound or not."""
    ((_, is_twin),) = link(linker, person(forenames=one), person(forenames=other)).values()
    assert is_twin


@pytest.mark.parametrize("other", ["danny", "d", "peter daniel", "danile", "daniel", "dan paul"])
def test_a_spelling_does_not_make_a_twin(linker: duckdb.DuckDBPyConnection, other: str) -> None:
    """Short forms, initials, slips, middle names and exchanges are one person's."""
    ((_, is_twin),) = link(linker, person(), person(forenames=other)).values()
    assert not is_twin


def test_twins_need_one_surname_and_date_of_birth(linker: duckdb.DuckDBPyConnection) -> None:
    """A surname a slip away, or a date of birth, is no twin's: likeness decides."""
    pairs = link(linker, person(forenames="jayden"), person("thornly", "hayden"), person(born=date(1991, 7, 24)))
    assert pairs and not any(is_twin for _, is_twin in pairs.values())


def test_nothing_known_is_no_evidence_and_brings_nothing_together(linker: duckdb.DuckDBPyConnection) -> None:
    """Two records that lack a field do not agree on lacking it; records with nothing in common but that do not meet."""
    assert link(linker, person(None, None, None), person(None, None, None), person(None, "daniel", None)) == {}
    make_nodes(linker, [person(), person(sex="M", postcode="CM12AB")])
    compare(linker)
    weigh(linker, "pair", "steps")
    silent = linker.execute("SELECT comparison, weight FROM steps WHERE gamma = -1 ORDER BY place").fetchall()
    assert silent == [("sex", 0.0), ("postcode", 0.0), ("identifier", 0.0)]


def test_the_evidence_of_a_pair_comes_to_its_weight(linker: duckdb.DuckDBPyConnection) -> None:
    """The prior and every comparison's bits, in their order, add up to the match weight; each level has its words."""
    people = [one for pair in SAME.values() for one in pair]
    link(linker, *people)
    weigh(linker, "pair", "steps")
    rows = linker.execute(
        "SELECT sum(weight), any_value(match_weight), count(*), count(label), count(*) FILTER (gamma >= 0) "
        "FROM steps JOIN scored USING (node_l, node_r) GROUP BY node_l, node_r"
    ).fetchall()
    assert len(rows) > 20
    for total, weight, steps, labels, known in rows:
        assert total == pytest.approx(weight, abs=1e-9)
        assert steps == 7 and labels == known


def test_a_common_name_says_less_than_a_rare_one(linker: duckdb.DuckDBPyConnection) -> None:
    """With many records of one surname it weighs less; three records do not make a name common."""

    def weight_of_surname(count: int) -> float:
        people = [person(born=date(1960 + at % 40, 1 + at % 12, 1 + at % 28)) for at in range(count)]
        make_nodes(linker, [*people, *STRANGERS])
        compare(linker)
        weigh(linker, "pair", "steps")
        rows = linker.execute("SELECT DISTINCT weight FROM steps WHERE comparison = 'surname' AND gamma = 5").fetchall()
        return float(rows[0][0])

    few, many = weight_of_surname(3), weight_of_surname(90)
    base = next(level.weight for level in levels() if level.label == "the same surname")
    assert abs(few - base) < 0.5
    assert many < few - 1


def test_the_prior_supposes_more_people_than_a_small_extract_has() -> None:
    """Of few records it is that of a population; of many it falls as they grow."""
    model = shipped()
    assert model.prior(2) == model.prior(model.population) > model.prior(10 * model.population)
    assert model.prior(2_000_000) == pytest.approx(model.prior(1_000_000) - 1, abs=1e-3)


def test_the_pairs_and_weights_are_the_same_with_the_memo_and_without(linker: duckdb.DuckDBPyConnection) -> None:
    """Whatever part of the nodes was compared before, and some of them gone since, the tables are the same to the row."""
    people = [one for pair in (SAME | OTHERS).values() for one in pair]

    def tables() -> tuple[Any, Any]:
        compare(linker)
        score(linker)
        return linker.execute("FROM pair").fetchall(), linker.execute("FROM scored").fetchall()

    make_nodes(linker, people)
    whole = tables()
    linker.execute("CREATE TABLE kept_node AS FROM node; CREATE TABLE kept_pair AS FROM pair")
    for condition in ("false", "true", "node_id < 'n20'", "hash(node_id) % 3 = 0", "hash(node_id) % 9 > 0"):
        linker.execute(f"CREATE OR REPLACE TABLE known_node AS SELECT node_id FROM kept_node WHERE {condition}")
        linker.execute(
            "CREATE OR REPLACE TABLE known_pair AS FROM kept_pair p SEMI JOIN known_node l ON l.node_id = p.node_l "
            "SEMI JOIN known_node r ON r.node_id = p.node_r"
        )
        assert tables() == whole
    linker.execute("DELETE FROM node WHERE hash(node_id) % 4 = 0")
    linker.execute("CREATE OR REPLACE TABLE known_node AS SELECT node_id FROM kept_node")
    linker.execute("CREATE OR REPLACE TABLE known_pair AS FROM kept_pair")
    fewer = tables()
    nothing_known(linker)
    assert tables() == fewer != whole


@pytest.mark.parametrize("threads", [1, 4])
def test_order_of_rows_and_threads_change_nothing(threads: int) -> None:
    """The same nodes in another order, on another number of threads, give the same tables to the last bit."""
    people = [one for pair in (SAME | OTHERS).values() for one in pair] * 3
    found = []
    for order in ("node_id", "hash(node_id)"):
        with duckdb.connect(config={"threads": threads}) as connection:
            make_nodes(connection, people)
            connection.execute(f"CREATE OR REPLACE TABLE node AS FROM node ORDER BY {order}")
            compare(connection)
            score(connection)
            found.append((connection.execute("FROM pair").fetchall(), connection.execute("FROM scored").fetchall()))
    assert found[0] == found[1]
    assert found[0][0] == sorted(found[0][0]) and found[0][1] == sorted(found[0][1])


def test_left_and_right_are_alike(linker: duckdb.DuckDBPyConnection) -> None:
    """Which of two records has the lesser id changes neither that they meet nor what their comparison says."""
    people = [one for pair in (SAME | OTHERS).values() for one in pair]

    def met(turned: bool) -> set[tuple[Any, ...]]:
        make_nodes(linker, people[::-1] if turned else people)
        compare(linker)
        last = len(people) - 1
        rows = linker.execute("FROM pair").fetchall()
        ids = [sorted(abs(last * turned - int(node[1:])) for node in row[:2]) for row in rows]
        return {(*pair, *row[2:]) for pair, row in zip(ids, rows, strict=True)}

    assert met(turned=False) == met(turned=True)


def test_every_rule_brings_a_pair_together_that_no_other_rule_does(linker: duckdb.DuckDBPyConnection) -> None:
    """Each blocking rule is there for a reason: with one of them left out, some pair of records would never be compared."""
    found = {rule.name: linker_finds(linker, rule.sql) for rule in blocking_rules() if "identifier" not in rule.name}
    for name, pairs in found.items():
        others = set().union(*(other for rule, other in found.items() if rule != name))
        assert pairs - others, name


def linker_finds(connection: duckdb.DuckDBPyConnection, rule: str) -> set[tuple[str, str]]:
    """The pairs that a rule alone brings together, of records with two things wrong each."""
    from svu_pipeline.people.model import link_nodes

    base = person("thornley", "daniel", BORN, "M", "CM12AB")
    variants = [
        base,
        person("tarnby", "robert", BORN),  # the date of birth, and how the surname begins
        person("okoro", "daniel", BORN),  # and the forename
        person("marsh", "emeka", BORN, None, "CM19XX"),  # and the postcode district
        person("thornly", "daniel", date(1991, 2, 4)),  # the sounds, and the year
        person("tornley", "daniel", date(1951, 7, 23)),  # the day
        person("daniel", "thornley", date(1991, 4, 9)),  # exchanged
        person("thornley", "emeka", date(1962, 4, 9), None, "CM12AB"),  # postcode and surname
        person("okoro", "daniel", date(1991, 4, 9), None, "CM12AB"),  # postcode, forename, year
        person("thornley", "daniel", None),  # both names
    ]
    make_nodes(connection, variants)
    link_nodes(connection)
    query = f"SELECT l.node_id, r.node_id FROM linked_node l JOIN linked_node r ON ({rule}) AND l.node_id < r.node_id"
    return set(connection.execute(query).fetchall())


@pytest.mark.parametrize(
    ("one", "other", "is_form"),
    [
        ("robert", "bob", True), ("bob", "rob", True), ("mohammed", "muhammad", True), ("sean", "shaun", True),
        ("gary", "gaz", True), ("catherine", "kate", True), ("jayden", "hayden", False), ("emma", "gemma", False),
        ("liam", "william", False), ("dean", "sean", False), ("amara", "tamara", False),
    ],
)  # fmt: skip
def test_the_lexicon_knows_forms_of_a_name(
    linker: duckdb.DuckDBPyConnection, one: str, other: str, is_form: bool
) -> None:
    """Short forms and spellings share a formal name; two names that are merely alike do not. All of them are known."""
    make_lexicon(linker)
    ((shared,),) = linker.execute(
        "SELECT list_has_any(a.equivalents, b.equivalents) FROM forename a, forename b WHERE a.name = ? AND b.name = ?",
        [one, other],
    ).fetchall()
    assert shared == is_form


def test_what_sounds_alike_meets(linker: duckdb.DuckDBPyConnection) -> None:
    """Spellings of one sound have one key; names of another sound have another."""
    from svu_pipeline.people.model import link_nodes

    names = ["clarke", "clark", "klark", "phillips", "filips", "stephens", "stevens", "macdonald", "okoro"]
    make_nodes(linker, [person(name) for name in names])
    link_nodes(linker)
    sounds = dict(linker.execute("SELECT surname, surname_sound FROM linked_node").fetchall())
    assert sounds["clarke"] == sounds["clark"] == sounds["klark"]
    assert sounds["phillips"] == sounds["filips"] and sounds["stephens"] == sounds["stevens"]
    assert len(set(sounds.values())) == 5


@pytest.mark.parametrize("names", [("surname", "bound"), ("forenames", "bound")])
def test_numbered_names_are_no_slips_of_each_other(linker: duckdb.DuckDBPyConnection, names: tuple[str, str]) -> None:
    """A digit in a name was put there on purpose: `bound1` and `bound2`, born on one day, are two people."""
    one, other = (person(**{names[0]: f"{names[1]}{number}"}) for number in (1, 2))  # type: ignore[arg-type]
    assert not are_linked(linker, one, other)
    slip = [person(**{names[0]: spelt}) for spelt in ("boundly", "boundyl")]  # type: ignore[arg-type]
    assert are_linked(linker, slip[0], slip[1])
