"""Write docs/linkage.md: the model for review, its blocking rules, and how well it links the public sets with truth.

    python docs/linkage.py

Every figure is measured as the page is written: it takes some minutes, most of them training on the public sets.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from pathlib import Path

import duckdb

from svu_pipeline.people.linking import nothing_known
from svu_pipeline.people.model import Model, blocking_rules, compare, levels, link_nodes, shipped
from svu_pipeline.people.nicknames import make_lexicon
from svu_pipeline.people.train import RARE, train
from svu_pipeline_tests.people.splink_documented import documented
from svu_pipeline_tests.people.truth_sets import SETS, Found, as_clusters, as_pairs, link, read

PAGE = Path(__file__).with_name("linkage.md")
ROWS = Path(__file__).parents[1] / "benchmarks" / "processes" / "people_rows.sql"
RECORDS = 100_000

OPENING = """# Who is who: the linkage model

Written by `python docs/linkage.py`; every figure is measured as the page is written.

Two records are one person's when a valid PNC id says so, or two people have decided so; else when what they share is
likelier to be shared by one person than by two, by so much that the probability is at least .95. That likelihood is weighed
comparison by comparison by [Splink](https://moj-analytical-services.github.io/splink/) from
`svu_pipeline/people/model.json`. Weights are in bits: each +1 doubles the odds. A pair links on likeness alone from
+{threshold:.2f} bits, its prior included. Records that cannot be one person's (two PNC ids, twins, a decision) are never
in one cluster, whatever their weight.
"""

WORDS = """
- **Missing is no evidence**: a field that either record lacks weighs 0, and brings no two records together.
- **How common a value is** counts for names and postcode: the weight above is that of an average one. Among the nodes at
  hand the share of a name is taken as (count + {seen:,} × u) ÷ (nodes + {seen:,}), as if {seen:,} more had been seen with the
  names of the training force: three records of one surname do not make it common.
- **The prior**: a node has {matches:.2f} other nodes of its person on average, so that two of N are one person's with
  probability {matches:.2f} ÷ (N − 1), N being at least {population:,}: a small extract is drawn from a population.
  At {population:,} nodes that is {prior:.1f} bits, at a million {million:.1f}.
- **Twins**: the same surname and date of birth with two different forenames (neither a form, slip, initial, exchange nor
  middle name of the other) cannot be one person's; the postcode need not be known. The same with a slip in surname or
  date of birth, unless the postcodes differ. Where a set has an identifier that is the same, it is.
- **Families** share surname and postcode: the postcode weighs 0 where the surname sounds the same and the dates of birth
  have nothing in common, so that father and son of one name in one home stay two.
- Short and other forms of forenames come from a fixed lexicon: the word list of the package `nicknames`, and
  `nickname_forms.csv` and `nickname_known.csv` in `svu_pipeline/people/reference/`.
"""

CLOSING = f"""
## How it is trained, and adopted

Training is by Splink, without knowing who is who: u by random sampling among one node of each person as the model has it so
far, m by expectation maximisation, twice over, from the stated values of `model_spec.py` on. A level of which fewer than
{RARE} pairs are expected in the training data keeps its stated value. One thread, a seed and rounding to six digits make it
the same to the byte.

1. `python -m svu_pipeline.people.train` trains on demonstration forces of other seeds than the one the demonstration shows, and
   replaces `svu_pipeline/people/model.json`. A force trains on its own records with
   `python -m svu_pipeline.people.train --nodes HOME/restricted/people/node.parquet --to FILE`, and names the file in `svu.toml`
   (`[linking] model`).
2. Review the difference: the table above is written from the file (`python docs/linkage.py`), and the tests hold it against
   the plain cases, Splink's own `predict`, the public sets and the demonstration's truth.
3. Commit the file. The next night links everything anew under the new version, keeps the ids of people that stay who they
   were, and logs every merge and split as caused by the model.
"""


def main() -> None:
    logging.getLogger("splink").setLevel(logging.ERROR)
    model = shipped()
    said = {
        "seen": model.names_seen,
        "matches": model.matches,
        "population": model.population,
        "prior": model.prior(model.population),
        "million": model.prior(1_000_000),
    }
    parts = [
        OPENING.format(threshold=math.log2(0.95 / 0.05)),
        f"\nVersion `{model.version}`, trained on {model.trained['nodes']:,} nodes of {model.trained['from']}.\n",
        "\n## What is compared, and what it weighs\n\n",
        *_levels(),
        WORDS.format(**said),
        "\n## Which records are compared\n\n",
        *_rules(),
        "\n## Public sets with truth\n\n",
        *_truth(),
        CLOSING,
    ]
    PAGE.write_text("".join(parts), encoding="utf-8", newline="\n")


def _levels() -> Iterator[str]:
    yield "m: of the pairs of one person, the share that this is true of; u: of the pairs of two people. Weight: log₂(m ÷ u).\n\n"
    yield "| comparison | gamma | level | m | u | weight |\n|---|---|---|---|---|---|\n"
    for level in levels():
        words = level.label + (", by how common it is" if level.frequency_of else "")
        name = level.comparison.replace("_", " ")
        yield f"| {name} | {level.gamma} | {words} | {level.m:.4g} | {level.u:.4g} | {level.weight:+.2f} |\n"


def _rules() -> Iterator[str]:
    """Pairs by rule among generated records of many people, as the benchmark has them."""
    with duckdb.connect() as connection:
        make_lexicon(connection)
        connection.execute(ROWS.read_text("utf-8").replace("$records", str(RECORDS)))
        nothing_known(connection)
        compare(connection)
        link_nodes(connection)
        new = dict(connection.execute("SELECT match_key, count(*) FROM pair GROUP BY match_key").fetchall())
        yield (
            f"A pair is compared when one of these rules brings it together. Counted among {RECORDS:,} generated records\n"
            "(`benchmarks/processes/people_rows.sql`), rule by rule, and those that no earlier rule brought together.\n\n"
            "| rule: the same … | pairs | new |\n|---|---|---|\n"
        )
        for rule in blocking_rules():
            query = f"SELECT count(*) FROM linked_node l JOIN linked_node r ON ({rule.sql}) AND l.node_id < r.node_id"  # noqa: S608 - our own rules
            pairs = connection.execute(query).fetchall()[0][0]
            yield f"| {rule.name} | {pairs:,} | {new.get(rule.key, 0):,} |\n"
        total = sum(new.values())
        yield f"\nTogether {total:,} pairs, {total / RECORDS:.2f} a record of {(RECORDS - 1) / 2:,.0f} possible ones. Each rule "
        yield "asks for several things at once, so that no common name, date or postcode alone makes a crowd; records born on the\n"
        yield "first of January, as estimated dates are, must agree on more of the name. Whether two records are compared rests on\n"
        yield "the two alone: a pair that was compared is kept and not compared again.\n"


def _truth() -> Iterator[str]:
    yield (
        "Through the same code, with a column mapping alone (`svu_pipeline_tests/people/truth_sets.py`). *Shipped*: the model above, "
        "which has never seen them. *Own*: trained by the same code on the set itself, without its truth. Over pairs of records: "
        "as pairs at .95, and as all pairs within the clusters.\n\n"
        "| set | model | candidates | pairs: precision | recall | F1 | clusters: precision | recall | F1 |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
    )
    for name, truth_set in SETS.items():
        with duckdb.connect(config={"threads": 1}) as connection:
            if name == "fake_1000":
                yield _row(name, "Splink's documented one", "", *documented(connection, truth_set))
            read(connection, truth_set)
            for which, model in (("shipped", shipped()), ("own", Model(**train(connection, origin=name)))):
                link(connection, model)
                candidates = connection.execute("SELECT count(*) FROM pair").fetchall()[0][0]
                yield _row(name, which, f"{candidates:,}", as_pairs(connection), as_clusters(connection))
    yield (
        "\nFEBRL: suburb and addresses are not used; `soc_sec_id` stands as identifier; a date that is none is not known. fake_1000: "
        "`city` stands as postcode, `email` as identifier; a fifth of its values are blank, and more than half of its "
        "true pairs differ in date of birth. Splink's documented model is the quick start of its README.\n"
    )


def _row(name: str, model: str, candidates: str, pairs: Found, clusters: Found) -> str:
    shares = [f"{share:.4f}" for found in (pairs, clusters) for share in (found.precision, found.recall, found.f1)]
    return f"| {name} | {model} | {candidates} | {' | '.join(shares)} |\n"


if __name__ == "__main__":
    main()
