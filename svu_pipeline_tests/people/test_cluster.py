"""Clusters are those of the edge-by-edge way, written out here in plain Python, on graphs of every awkward kind."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svu_pipeline.people import cluster as cluster_module
from svu_pipeline.people.cluster import cluster, clusters
from svu_pipeline.warehouse import locked_down, table_of_rows

Edge = tuple[str, str, float]
Pair = tuple[str, str]
Clusters = dict[str, str]


@dataclass
class Graph:
    """Nodes with their PNC ids, edges with weights, pairs that cannot be linked."""

    nodes: dict[str, str | None]
    edges: list[Edge]
    apart: list[Pair] = field(default_factory=list)


def edge_by_edge(graph: Graph, threshold: float) -> Clusters:
    """The cluster of each node: the definition, one edge after the other."""
    members = {node: {node} for node in graph.nodes}
    foes: dict[str, set[str]] = {node: set() for node in graph.nodes}
    for left, right in graph.apart:
        if left != right and {left, right} <= foes.keys():
            foes[left].add(right)
            foes[right].add(left)
    strongest: dict[Pair, float] = {}
    for left, right, weight in graph.edges:
        pair = (min(left, right), max(left, right))
        if left != right and {left, right} <= members.keys() and weight >= threshold:
            strongest[pair] = max(weight, strongest.get(pair, weight))
    for (left, right), _ in sorted(strongest.items(), key=lambda item: (-item[1], item[0])):
        union = members[left] | members[right]
        if members[left] is members[right]:
            continue
        if len({graph.nodes[node] for node in union} - {None}) > 1 or any(foes[node] & union for node in union):
            continue
        for node in union:
            members[node] = union
    return {node: min(group) for node, group in members.items()}


def load(connection: duckdb.DuckDBPyConnection, graph: Graph) -> None:
    table_of_rows(connection, "cluster_node", {"node_id": "TEXT", "pnc_id": "TEXT"}, graph.nodes.items())
    table_of_rows(connection, "link_edge", {"node_l": "TEXT", "node_r": "TEXT", "weight": "DOUBLE"}, graph.edges)
    table_of_rows(connection, "cannot_link", {"node_l": "TEXT", "node_r": "TEXT"}, graph.apart)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A session locked down as the pipeline's own."""
    with locked_down(duckdb.connect()) as session:
        yield session


def assert_as_defined(connection: duckdb.DuckDBPyConnection, graph: Graph, thresholds: Sequence[float]) -> None:
    """At every threshold, all asked for at once, the clusters are those of the definition."""
    load(connection, graph)
    clusters(connection, {f"at_{place}": threshold for place, threshold in enumerate(thresholds)})
    for place, threshold in enumerate(thresholds):
        assert dict(connection.execute(f"FROM at_{place}").fetchall()) == edge_by_edge(graph, threshold)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Small and dense, with few weights (ties), few PNC ids, pairs doubled, turned round, and of nodes unheard of."""
    names = draw(st.permutations("abcdefghij"))[: draw(st.integers(1, 10))]
    node = st.sampled_from([*names, "unheard"])
    nodes = {name: draw(st.sampled_from([None, None, "P", "Q"])) for name in names}
    edges = draw(st.lists(st.tuples(node, node, st.sampled_from([1.0, 2.0, 3.0, 4.0, 2e6])), max_size=30))
    return Graph(nodes, edges, draw(st.lists(st.tuples(node, node), max_size=6)))


@settings(max_examples=40, deadline=None)
@given(graph=graphs())
def test_clusters_are_those_of_the_edge_by_edge_way(connection: duckdb.DuckDBPyConnection, graph: Graph) -> None:
    """Any small graph, at thresholds below, between and above its weights."""
    assert_as_defined(connection, graph, [1.0, 3.0])


def random_edges(generator: random.Random, names: Sequence[str], weights: Sequence[float]) -> list[Edge]:
    """A tangle, a star, a chain of growing weights, or a ladder on such a chain."""
    shape = generator.choice(["tangle", "star", "chain", "ladder"])
    if shape == "tangle":
        ends = [generator.choices(names, k=2) for _ in range(len(names) * generator.randint(1, 4))]
        return [(left, right, generator.choice(weights)) for left, right in ends]
    if shape == "star":
        return [(names[0], name, generator.choice(weights)) for name in names]
    growing = sorted(weights)
    chain = [(*ends, growing[place * len(growing) // len(names)]) for place, ends in enumerate(pairwise(names))]
    if shape == "ladder":
        chain += [(left, right, generator.choice(weights)) for left, right in zip(names, names[2:], strict=False)]
    return chain


def random_graph(generator: random.Random, prefix: str) -> Graph:
    """One of many kinds: sizes, densities, shares of PNC ids and of forbidden pairs, few or many equal weights."""
    names = [f"{prefix}{generator.getrandbits(64):016x}" for _ in range(generator.randint(2, 40))]
    pnc_ids = [f"{prefix}-{number}" for number in range(generator.randint(1, 6))]
    known = generator.choice([0, 0.2, 0.8])
    nodes = {name: generator.choice(pnc_ids) if generator.random() < known else None for name in names}
    weights = [round(generator.uniform(0, 9), generator.choice([0, 1, 9])) for _ in range(generator.choice([3, 300]))]
    apart = [(generator.choice(names), generator.choice(names)) for _ in range(generator.choice([0, 1, 4, len(names)]))]
    if generator.random() < 0.3:
        apart = list(zip(names, names[len(names) // 2 :], strict=False))
    return Graph(nodes, random_edges(generator, names, weights), apart)


def many_graphs(seed: int, count: int) -> Graph:
    """Random graphs side by side, as one."""
    generator = random.Random(seed)
    whole = Graph({}, [], [])
    for number in range(count):
        one = random_graph(generator, f"{generator.getrandbits(32):08x}{number}")
        whole.nodes.update(one.nodes)
        whole.edges += one.edges
        whole.apart += one.apart
    return whole


@pytest.mark.parametrize("seed", [0, 1])
def test_hundreds_of_random_graphs_side_by_side(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Chains of growing weights, stars, ladders and tangles, with PNC ids and twins in many shares: all as defined."""
    assert_as_defined(connection, many_graphs(seed, 200), [0.0, 4.0, 8.0])


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 200))
def test_thousands_of_random_graphs_side_by_side(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """The same, far more of them."""
    assert_as_defined(connection, many_graphs(seed, 500), [0.0, 2.0, 5.0, 8.0])


def clustered(connection: duckdb.DuckDBPyConnection, graph: Graph, threshold: float = 1.0) -> list[Pair]:
    """Node and cluster in the order of the table."""
    load(connection, graph)
    cluster(connection, threshold, "alone")
    return connection.execute("FROM alone").fetchall()


def test_twins_are_not_joined_through_a_third(connection: duckdb.DuckDBPyConnection) -> None:
    """A record that is like both twins goes to the one it is more like."""
    graph = Graph({"ada": None, "al": None, "ann": None}, [("ann", "al", 5.0), ("al", "ada", 4.0)], [("ann", "ada")])
    assert clustered(connection, graph) == [("ada", "ada"), ("al", "al"), ("ann", "al")]


def test_two_pnc_ids_are_not_joined_however_certain_the_edge(connection: duckdb.DuckDBPyConnection) -> None:
    """The edge of a shared defendant id is refused where both have a PNC id; one without follows the stronger edge."""
    nodes = {"a": "1990/0000001A", "b": None, "c": "1990/0000002B"}
    graph = Graph(nodes, [("a", "b", 3.0), ("b", "c", 2.0), ("c", "a", 1e6)])
    assert clustered(connection, graph) == [("a", "a"), ("b", "a"), ("c", "c")]


def test_of_equal_edges_the_lesser_node_ids_come_first(connection: duckdb.DuckDBPyConnection) -> None:
    """What is as like the one twin as the other goes to the one of the lesser id, at the threshold itself."""
    graph = Graph({"x": None, "y": None, "z": None}, [("z", "y", 1.0), ("y", "x", 1.0)], [("z", "x")])
    assert clustered(connection, graph) == [("x", "x"), ("y", "x"), ("z", "z")]
    assert {cluster for _, cluster in clustered(connection, graph, 1.1)} == {"x", "y", "z"}


def test_the_same_to_the_byte_whatever_the_threads_and_the_order_of_rows() -> None:
    """Rows shuffled, ends swapped, doubled, with one thread or four: the same table in the same order."""
    graph = many_graphs(7, 60)
    generator = random.Random(7)
    found = set()
    for threads in (1, 4):
        nodes, edges, apart = list(graph.nodes.items()), graph.edges * threads, list(graph.apart)
        for rows in (nodes, edges, apart):
            generator.shuffle(rows)
        turned = Graph(dict(nodes), [(right, left, weight) for left, right, weight in edges], apart)
        with duckdb.connect(config={"threads": threads}) as connection:
            found.add(tuple(clustered(connection, turned)))
    assert len(found) == 1


@pytest.mark.parametrize("kept_apart", [0, 1, 500], ids=["free", "one pair", "half from half"])
def test_a_long_chain_takes_few_rounds(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, kept_apart: int
) -> None:
    """1,000 nodes in a row, each edge stronger than the one before, so that edge by edge it is 1,000 steps."""
    names = [f"{place:05d}" for place in range(1000)]
    edges = [(left, right, float(place)) for place, (left, right) in enumerate(pairwise(names))]
    graph = Graph(dict.fromkeys(names), edges, list(zip(names, names[500:], strict=False))[:kept_apart])
    counted, rows = [], cluster_module._rows

    def count(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
        counted.append(statement)
        return rows(connection, statement)

    monkeypatch.setattr(cluster_module, "_rows", count)
    assert dict(clustered(connection, graph, 0.0)) == edge_by_edge(graph, 0.0)
    assert len(counted) < 40
