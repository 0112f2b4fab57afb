"""Write docs/claims.md: how well the claim checker finds, binds and judges the figures of the labelled texts.

    python docs/claims.py          # scores both sets and writes the page
    python docs/claims.py --dev    # prints each miss of the texts that may be tuned on

Every value is measured as the page is written, on a night of the demonstration force.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

from svu_pipeline.claims.figures import Figures, figures_of
from svu_pipeline.clock import window
from svu_pipeline.demo.generate import generate
from svu_pipeline_tests.claims.labels import SETS, read
from svu_pipeline_tests.claims.score import Score, Scored, confusions, score, total
from svu_pipeline_tests.night import Force

PAGE = Path(__file__).with_name("claims.md")
MEASURES = {
    "finding_precision": "found: is a claim",
    "finding_recall": "claims: found",
    "binding_precision": "bound: to the right metric",
    "binding_recall": "of a metric: bound to it",
    "windows": "bound right: in the window that is said",
    "wrong_precision": "called wrong: is wrong",
    "wrong_recall": "wrong: called wrong",
    "cleared": "not wrong: not called wrong",
    "exact": "claims: judged exactly as labelled",
    "quiet": "not claims: left alone",
    "lists_precision": "lists called missing: are missing",
    "lists_recall": "missing lists: noticed",
}
BY_GROUP = ("finding_recall", "binding_recall", "wrong_recall", "cleared", "exact")

OPENING = """# The claim checker, measured

Written by `python docs/claims.py`; every value is measured as the page is written.

`svu claims FILE --window 2023-11` finds each figure of a text, binds it to a metric and judges it. How well it does so is
measured on texts that were written for that: in the manner of forces' news pages, council papers, newspapers, commissioners'
reports, posts, newsletters, minutes, replies to requests, radio scripts and briefings, of one sentence to two pages, about the
demonstration year, half of them with errors put in. Each figure is labelled by hand from `counting.md`, those that claim
nothing included. Where careful readers may differ a label has more than one right reading.

The *dev* texts were tuned on. The *held-out* ones, drawn by style and mutation before any result was known, were not: they are
scored, and nothing else of them is looked at. Theirs are the values to be expected of a text that the checker has not seen: of
some 350 claims a share is good to five in a hundred at best. One hand wrote and labelled both sets, so that a stranger's text may
do worse.

The held-out set has been scored more than once: again each time that this page was written after the checker had been changed.
The changes between were made without looking at its texts or at what was misjudged in them; but its shares were seen, so that
they are no longer those of a first and only trial.
"""
NAMES = {"dev": "dev", "heldout": "held out"}

KINDS = """
The kinds of error that are left:

- numbers derived from a figure: an average a month, "doubled", a share of a share, the term of an order said in two numbers;
- a second number of a list by parts whose part is named late or not at all ("in eight the holder too, in four the line alone");
- a part taken over from the sentence before, or not taken over where it goes on ("six of the county's nine" after a district);
- layouts that no dev text has: of the held-out texts the commonest error is to say of what could be checked that it cannot.
"""

CLOSING = """
## How to add a text

1. Write it in your own words, with nobody real in it, as a file of `svu_pipeline_tests/claims/corpus/dev/`; its README says
   how labels are written. Label every number, also those that claim nothing: a test finds the one that is left out.
2. Label by `counting.md`, before the checker is run on it.
3. `python docs/claims.py --dev` prints what is judged otherwise. Mend the lexicon or the rule, never the label, unless the label is
   wrong by `counting.md`.
4. `python docs/claims.py` writes this page; the floors are in `svu_pipeline_tests/claims/test_score.py`.

A text that was looked at while the rules were mended belongs in `dev/`. New held-out texts are written by somebody who does not
work on the rules.
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        figures = _figures(Path(folder))
        if "--dev" in sys.argv[1:]:
            for one in score(read("dev"), figures):
                sys.stdout.writelines(_misses(one))
            return
        scored = {which: score(read(which), figures) for which in SETS}
    parts = [OPENING, *_sizes(scored), *_whole(scored)]
    parts += [*_groups("style", scored, lambda one: one.text.style)]
    parts += [
        *_groups("errors", scored, lambda one: "put in" if one.text.is_mutated else "none"),
        *_errors(scored),
        CLOSING,
    ]
    PAGE.write_text("".join(parts), encoding="utf-8", newline="\n")


def _figures(folder: Path) -> Figures:
    """Of a night on the demonstration force."""
    generate(folder / "extract" / "sources", folder / "extract" / "truth.json")
    force = Force(folder / "home")
    force.night(folder / "extract" / "sources")
    return figures_of(force.settings, window("2023-11"))


def _misses(one: Scored) -> Iterator[str]:
    for miss in one.misses:
        expected, judged = (
            "not found" if verdicts is None else "+".join(sorted(verdict.value for verdict in verdicts))
            for verdicts in (miss.expected, miss.judged)
        )
        yield f"{miss.text}: {miss.said!r} is {expected}, judged {judged} of {miss.metric or 'no metric'}\n"


def _sizes(scored: dict[str, list[Scored]]) -> Iterator[str]:
    yield "\n## The texts\n\n| | texts | with errors | figures | of which claims | words |\n|---|---|---|---|---|---|\n"
    for which, ones in scored.items():
        texts = [one.text for one in ones]
        labels = [label for text in texts for label in text.labels]
        claims = sum(label.readings[0].is_claim for label in labels)
        words = sum(len(text.text.split()) for text in texts)
        mutated = sum(text.is_mutated for text in texts)
        yield f"| {NAMES[which]} | {len(texts)} | {mutated} | {len(labels)} | {claims} | {words:,} |\n"


def _whole(scored: dict[str, list[Scored]]) -> Iterator[str]:
    wholes = {which: total(ones) for which, ones in scored.items()}
    yield "\n## Measured\n\n| of … the share that … | dev | held out |\n|---|---|---|\n"
    for measure in fields(Score):
        values = " | ".join(str(getattr(wholes[which], measure.name)) for which in SETS)
        yield f"| {MEASURES[measure.name]} | {values} |\n"


def _groups(title: str, scored: dict[str, list[Scored]], group: Callable[[Scored], str]) -> Iterator[str]:
    yield f"\n## By {title}\n\nDev / held out.\n\n| {title} | {' | '.join(MEASURES[name] for name in BY_GROUP)} |\n"
    yield "|---" * (1 + len(BY_GROUP)) + "|\n"
    for name in sorted({group(one) for ones in scored.values() for one in ones}):
        wholes = [total(one for one in scored[which] if group(one) == name) for which in SETS]
        cells = (" / ".join(_share(whole, measure) for whole in wholes) for measure in BY_GROUP)
        yield f"| {name.replace('_', ' ')} | {' | '.join(cells)} |\n"


def _share(whole: Score, measure: str) -> str:
    share = getattr(whole, measure)
    return f"{share.per_mille / 1000:.2f}" if share.of else "–"


def _errors(scored: dict[str, list[Scored]]) -> Iterator[str]:
    yield "\n## What is still judged otherwise\n\n| labelled | judged | dev | held out |\n|---|---|---|---|\n"
    counts = {which: confusions(ones) for which, ones in scored.items()}
    pairs = {pair for count in counts.values() for pair in count}
    for pair in sorted(pairs, key=lambda pair: (-sum(count[pair] for count in counts.values()), pair)):
        yield f"| {pair[0].replace('_', ' ')} | {pair[1].replace('_', ' ')} | {counts['dev'][pair]} | {counts['heldout'][pair]} |\n"
    yield "\nThe same on both sides: the right verdict on another metric.\n"
    yield KINDS
    yield "\nThose of dev, each:\n\n"
    for one in scored["dev"]:
        yield from (f"- {line}" for line in _misses(one))


if __name__ == "__main__":
    main()
