"""Splink's own documented model of fake_1000, for comparison: the quick start of its README, comparisons, rules and training.

As given there, but for a seed, so that the outcome is the same each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from svu_pipeline.warehouse import quoted
from svu_pipeline_tests.people.truth_sets import Found, TruthSet

if TYPE_CHECKING:
    import duckdb

TRUE = "SELECT l.unique_id, r.unique_id FROM fake l JOIN fake r ON l.cluster = r.cluster AND l.unique_id < r.unique_id"


def documented(connection: duckdb.DuckDBPyConnection, truth_set: TruthSet) -> tuple[Found, Found]:
    """What it finds at .95: as pairs, and as all pairs within its clusters."""
    connection.execute(
        f"CREATE OR REPLACE TABLE fake AS FROM read_csv({quoted(str(truth_set.path))}, all_varchar = true)"
    )
    linker = Linker(DuckDBAPI(connection).register("fake"), _settings(), log_level=None)
    linker.training.estimate_probability_two_random_records_match([block_on("first_name", "surname")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("email"))
    pairs = linker.inference.predict(threshold_match_weight=-5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.95)
    return (
        _found(
            connection, f"SELECT unique_id_l, unique_id_r FROM {pairs.physical_name} WHERE match_probability >= 0.95"
        ),
        _found(
            connection,
            f"SELECT l.unique_id, r.unique_id FROM {clusters.physical_name} l JOIN {clusters.physical_name} r "
            "ON l.cluster_id = r.cluster_id AND l.unique_id < r.unique_id",
        ),
    )


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("first_name"),
            cl.JaroAtThresholds("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[block_on("first_name", "dob"), block_on("surname")],
    )


def _found(connection: duckdb.DuckDBPyConnection, found: str) -> Found:
    counts = connection.execute(f"""
        WITH actual(l, r) AS ({TRUE}), found(a, b) AS ({found}),
        ordered AS (SELECT least(a, b) AS l, greatest(a, b) AS r FROM found)
        SELECT (SELECT count(*) FROM actual), (SELECT count(*) FROM ordered),
               (SELECT count(*) FROM ordered SEMI JOIN actual USING (l, r))
    """).fetchall()[0]
    return Found(*counts)
