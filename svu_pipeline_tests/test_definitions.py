"""The graph as Dagster sees it: groups, keys, what every asset says of itself, partitions, start-up."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from svu_pipeline.contracts.model import rules_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.definitions import build_defs
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.sources.registry import SYSTEMS

ROOT = Path(__file__).parents[1]
FOLDERS = [
    "sources", "landing", "contracts", "people", "facts", "metrics", "quality", "recount", "publication", "change", "release",
]  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return build_defs().resolve_asset_graph()


def test_every_group_is_a_folder_and_every_dataset_stands_in_each_layer(graph: dg.AssetGraph) -> None:
    """Ten sources, a raw and a checked table a dataset, the held rows, who is who and how well it is known, every fact, three
    metrics tables, the history of the checks, the second computation, two publications, what a night changed, and releases.
    """
    keys: dict[str, set[str]] = {group: set() for group in FOLDERS}
    for key in graph.get_all_asset_keys():
        assert key.path[0] == graph.get(key).group_name
        keys[key.path[0]].add(key.path[1])
    assert all((ROOT / "svu_pipeline" / group).is_dir() for group in FOLDERS)
    assert keys["sources"] == set(SYSTEMS)
    assert keys["landing"] == {f"raw_{dataset}" for dataset in CONTRACTS}
    assert keys["contracts"] == {*CONTRACTS, "held_row"}
    assert keys["people"] == {"pair", "person_record", "person_event", "linkage_quality"}
    assert keys["facts"] == set(fact_tables())
    assert keys["metrics"] == {"contribution", "value", "linking_band"}
    assert keys["quality"] == {"dq_result"}
    assert keys["recount"] == {"recount"}
    assert keys["release"] == {"release", "open_releases"}
    assert keys["publication"] == {"svu_duckdb", "review"}
    assert keys["change"] == {"figure_change", "nightly_report"}


def test_data_flows_one_way_down_the_folders(graph: dg.AssetGraph) -> None:
    """No asset depends on one of a later folder."""
    for key in graph.get_all_asset_keys():
        for parent in graph.get(key).parent_keys:
            assert FOLDERS.index(parent.path[0]) <= FOLDERS.index(key.path[0]), (key, parent)


def test_every_asset_says_what_it_is(graph: dg.AssetGraph) -> None:
    """Description, owner, zone and, where it is ours, kinds, freshness and columns with their personal class."""
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description and node.owners and "zone" in node.tags, key
        if key.path[0] == "sources":
            continue
        assert node.kinds and node.freshness_policy, key
        if key.path[0] not in ("publication", "change", "release") and "html" not in node.kinds:
            columns = node.metadata["dagster/column_schema"].columns
            assert columns and all(column.description for column in columns), key
            assert key.path[0] == "metrics" or all("personal_data" in column.tags for column in columns), key


def test_every_rule_of_every_contract_is_an_asset_check(graph: dg.AssetGraph) -> None:
    """No rule runs unseen; accounting and the promises of the facts block."""
    names = {(check.asset_key.path[-1], check.name) for check in graph.asset_check_keys}
    for dataset, contract in CONTRACTS.items():
        assert {(dataset, rule.name) for rule in rules_of(contract)} <= names
        assert (dataset, "row_accounting") in names
    for table in fact_tables():
        assert (table, "grain_is_unique") in names and (table, "no_float") in names


def test_the_review_is_partitioned_by_month(graph: dg.AssetGraph) -> None:
    """From the month in which the unit was set up; its checks are partitioned with it."""
    review = graph.get(dg.AssetKey(["publication", "review"]))
    keys = review.partitions_def.get_partition_keys(current_time=datetime(2023, 12, 1, 5, tzinfo=UTC))
    assert (keys[0], keys[-1], len(keys)) == ("2020-07", "2023-11", 41)


def test_importing_the_definitions_reads_nothing(tmp_path: Path) -> None:
    """No file, variable or address is touched at import: it works in an empty folder and makes nothing there."""
    program = (
        "import os, socket; socket.socket.connect = None; before = dict(os.environ);"
        "import svu_pipeline.definitions; assert dict(os.environ) == before"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=True)
    assert not list(tmp_path.iterdir())
