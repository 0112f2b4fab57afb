"""Which decisions in force a further one would contradict, directly or through chains of "the same"."""

from __future__ import annotations

from collections.abc import Sequence

Decided = tuple[str, bool, tuple[str, str]]
"""A decision: its id, whether it says "the same", and its two records."""


def contradicted_by(is_same: bool, records: tuple[str, str], in_force: Sequence[Decided]) -> list[str]:
    """The ids of the decisions in force that together say otherwise; none where they do not.

    Against "not the same": a chain of "the same" from the one record to the other. Against "the same": one "not the same"
    between two records, and the chains that lead to them.
    """
    ways = [_ways(record, in_force) for record in records]
    if not is_same:
        return ways[0].get(records[1], [])
    for decision, says_same, (first, second) in in_force:
        for one, other in ((first, second), (second, first)):
            if not says_same and one in ways[0] and other in ways[1]:
                return [*ways[0][one], decision, *ways[1][other]]
    return []


def _ways(start: str, in_force: Sequence[Decided]) -> dict[str, list[str]]:
    """Every record that is the same as one, with the ids of the shortest chain that says so."""
    beside: dict[str, list[tuple[str, str]]] = {}
    for decision, says_same, (first, second) in in_force:
        if says_same:
            beside.setdefault(first, []).append((second, decision))
            beside.setdefault(second, []).append((first, decision))
    ways: dict[str, list[str]] = {start: []}
    frontier = [start]
    while frontier:
        reached = frontier
        frontier = []
        for record in reached:
            for other, decision in beside.get(record, []):
                if other not in ways:
                    ways[other] = [*ways[record], decision]
                    frontier.append(other)
    return ways
