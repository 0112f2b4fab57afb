"""How well the checker finds, binds and judges the figures of the labelled texts.

Where a label has several right readings, a figure is asked for only if all of them ask for it, and counts as right if one
of them has it so: what careful readers may differ in is held neither for nor against the checker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields

from svu_pipeline.claims.check import check_text
from svu_pipeline.claims.claim import Claim, Report, Verdict
from svu_pipeline.claims.figures import Figures
from svu_pipeline.clock import window
from svu_pipeline_tests.claims.labels import WRONG, Label, Text


@dataclass
class Share:
    """So many of so many."""

    right: int = 0
    of: int = 0

    def count(self, is_right: bool) -> None:
        self.of += 1
        self.right += is_right

    def add(self, other: Share) -> None:
        self.right += other.right
        self.of += other.of

    @property
    def per_mille(self) -> int:
        """Rounded down; 1000 of none."""
        return 1000 * self.right // self.of if self.of else 1000

    def __str__(self) -> str:
        return f"{self.per_mille / 1000:.3f} ({self.right}/{self.of})"


@dataclass
class Score:
    """Precision: of what the checker says, how much is so. Recall: of what is so, how much it says.

    Finding: that a figure claims something. Binding: to its metric. Wrong: that a figure must not go out; `cleared` is of those
    that may, that they are not called wrong. `windows` is of the figures bound right; `exact` asks for the very verdicts and the
    metric of a reading, of those that claim something; `quiet` of those that claim nothing, that they are left alone. Lists:
    those announced and missing.
    """

    finding_precision: Share = field(default_factory=Share)
    finding_recall: Share = field(default_factory=Share)
    binding_precision: Share = field(default_factory=Share)
    binding_recall: Share = field(default_factory=Share)
    windows: Share = field(default_factory=Share)
    wrong_precision: Share = field(default_factory=Share)
    wrong_recall: Share = field(default_factory=Share)
    cleared: Share = field(default_factory=Share)
    exact: Share = field(default_factory=Share)
    quiet: Share = field(default_factory=Share)
    lists_precision: Share = field(default_factory=Share)
    lists_recall: Share = field(default_factory=Share)

    def add(self, other: Score) -> None:
        for measure in fields(self):
            getattr(self, measure.name).add(getattr(other, measure.name))


@dataclass(frozen=True)
class Miss:
    """A figure that was not judged as it is labelled; `judged` is None where it was not found."""

    text: str
    said: str
    expected: frozenset[Verdict]
    judged: frozenset[Verdict] | None
    metric: str | None


@dataclass(frozen=True)
class Scored:
    """A text with what was measured on it."""

    text: Text
    score: Score
    misses: tuple[Miss, ...]


def score(texts: Iterable[Text], figures: Figures) -> list[Scored]:
    """Check every text and measure the outcome; `figures` are shared, so that each window is struck once."""
    return [measured(text, check_text(text.text, figures, window(text.window))) for text in texts]


def total(scored: Iterable[Scored]) -> Score:
    """All of them as one."""
    whole = Score()
    for one in scored:
        whole.add(one.score)
    return whole


def confusions(scored: Iterable[Scored]) -> Counter[tuple[str, str]]:
    """How often a figure of these verdicts was judged so."""
    return Counter((_words(miss.expected), _words(miss.judged)) for one in scored for miss in one.misses)


def measured(text: Text, report: Report) -> Scored:
    """What a report says of a text, against its labels."""
    result = Score()
    misses = []
    for label in text.labels:
        claim = _claim_at(label, report.claims)
        _recall(result, label, claim)
        if not _is_exact(label, claim):
            judged = frozenset(claim.verdicts) if claim else None
            misses.append(Miss(text.name, label.said, label.verdicts, judged, claim.metric if claim else None))
    for claim in report.claims:
        _precision(result, claim, _label_at(claim, text.labels))
    _lists(result, text, report)
    return Scored(text, result, tuple(misses))


def _recall(result: Score, label: Label, claim: Claim | None) -> None:
    """What the label asks for."""
    metrics = {reading.metric for reading in label.readings}
    is_bound = claim is not None and claim.metric in metrics - {None}
    if all(reading.is_claim for reading in label.readings):
        result.finding_recall.count(claim is not None and claim.is_claim)
    if None not in metrics:
        result.binding_recall.count(is_bound)
    if claim is not None and is_bound:
        result.windows.count(claim.window == label.window)
    if all(reading.is_wrong for reading in label.readings):
        result.wrong_recall.count(claim is not None and _is_wrong(claim))
    if not any(reading.is_wrong for reading in label.readings):
        result.cleared.count(claim is None or not _is_wrong(claim))
    of_its_kind = result.exact if label.readings[0].is_claim else result.quiet
    of_its_kind.count(_is_exact(label, claim))


def _precision(result: Score, claim: Claim, label: Label | None) -> None:
    """What the checker says of a figure; without a label it is no claim of anything."""
    readings = label.readings if label else ()
    if claim.is_claim:
        result.finding_precision.count(any(reading.is_claim for reading in readings))
    if claim.metric is not None:
        result.binding_precision.count(claim.metric in {reading.metric for reading in readings})
    if _is_wrong(claim):
        result.wrong_precision.count(any(reading.is_wrong for reading in readings))


def _lists(result: Score, text: Text, report: Report) -> None:
    found = [(one.start, one.end) for one in report.missing_lists]
    for span in text.missing:
        result.lists_recall.count(any(_overlap(span, other) for other in found))
    for span in found:
        result.lists_precision.count(any(_overlap(span, other) for other in text.missing))


def _is_exact(label: Label, claim: Claim | None) -> bool:
    """Whether a reading has these very verdicts, and this metric where it has one. What is no claim need not be found."""
    if claim is None:
        return any(not reading.is_claim for reading in label.readings)
    verdicts = frozenset(claim.verdicts)
    return any(
        reading.verdicts == verdicts and (reading.metric is None or reading.metric == claim.metric)
        for reading in label.readings
    )


def _is_wrong(claim: Claim) -> bool:
    return bool(WRONG & set(claim.verdicts))


def _claim_at(label: Label, claims: Sequence[Claim]) -> Claim | None:
    """The claim that shares most with the label; of equals the first."""
    best = max(claims, key=lambda claim: _shared(label, claim), default=None)
    return best if best and _shared(label, best) else None


def _label_at(claim: Claim, labels: Sequence[Label]) -> Label | None:
    best = max(labels, key=lambda label: _shared(label, claim), default=None)
    return best if best and _shared(best, claim) else None


def _shared(label: Label, claim: Claim) -> int:
    return _overlap((label.start, label.end), (claim.start, claim.end))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> int:
    """How many characters two spans share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _words(verdicts: frozenset[Verdict] | None) -> str:
    return "not found" if verdicts is None else " + ".join(sorted(verdict.value for verdict in verdicts))
