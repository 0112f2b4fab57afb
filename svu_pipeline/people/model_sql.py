"""What Splink makes of a model: the SQL that blocks, compares and weighs, and its levels and rules for people to read.

Splink's own `predict` blocks, compares and weighs in one go and registers tables of its own; here its generators are asked
for the SQL alone, which reads and makes tables of ours, so that comparing and weighing can be done at different times.
They are internals of Splink: its version is pinned, and a test holds the outcome against its public `predict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from splink.internals.settings import Settings

_MARK = 0.123456789
"""A prior that the generated SQL is made with; the parameter `$prior`, in bits, goes in its place."""


@dataclass(frozen=True)
class Level:
    """One level of a comparison; `weight` is log2(m/u) in bits, before the frequency of `frequency_of` adjusts it."""

    comparison: str
    gamma: int
    label: str
    m: float
    u: float
    weight: float
    frequency_of: str | None


@dataclass(frozen=True)
class ModelSql:
    """A model's SQL, each a whole query.

    `pairs` and `new_pairs` give (match_key, join_key_l, join_key_r) from `linked_node`, the latter those that `new_node`
    has a part in; `compared` the gammas of the table `blocked`; `weighed` the weights by comparison and `scored` their sum,
    with the parameter `prior`, from the table `agreed`. `rules` are the blocking rules' conditions on l and r.
    """

    comparisons: tuple[str, ...]
    levels: tuple[Level, ...]
    rules: tuple[str, ...]
    pairs: str
    new_pairs: str
    compared: str
    weighed: str
    scored: str
    weight_columns: tuple[tuple[str, tuple[str, ...]], ...]


def generated(settings: Mapping[str, Any]) -> ModelSql:
    """The SQL of a model given as Splink's settings."""
    model = _settings(settings)
    parts, total = _weighing(model)
    return ModelSql(
        comparisons=tuple(comparison.output_column_name for comparison in model.comparisons),
        levels=tuple(_levels(model)),
        rules=tuple(rule.blocking_rule_sql for rule in model._blocking_rules_to_generate_predictions),
        pairs=_blocking(model, "linked_node", "dedupe_only"),
        new_pairs=_blocking(model, "new_node", "two_dataset_link_only"),
        compared=_comparing(_settings(_without_frequencies(settings))),
        weighed=parts,
        scored=total,
        weight_columns=tuple((c.output_column_name, tuple(c._match_weight_columns_to_sum)) for c in model.comparisons),
    )


def _settings(settings: Mapping[str, Any]) -> Settings:
    from splink import SettingsCreator

    return SettingsCreator.from_path_or_dict({**settings, "probability_two_random_records_match": _MARK}).get_settings(
        "duckdb"
    )


def _without_frequencies(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The same comparisons, for which nothing but the two records need be known."""
    bare = deepcopy(dict(settings))
    for comparison in bare["comparisons"]:
        for level in comparison["comparison_levels"]:
            for name in ("tf_adjustment_column", "tf_adjustment_weight", "disable_tf_exact_match_detection"):
                level.pop(name, None)
    return bare


def _levels(model: Settings) -> Iterable[Level]:
    for comparison in model.comparisons:
        for level in comparison._comparison_levels_excluding_null:
            yield Level(
                comparison=comparison.output_column_name,
                gamma=level.comparison_vector_value,
                label=level.label_for_charts,
                m=level.m_probability or 0.0,
                u=level.u_probability or 0.0,
                weight=level._match_weight or 0.0,
                frequency_of=level._tf_adjustment_column,
            )


def _blocking(model: Settings, left: str, link_type: Any) -> str:
    from splink.internals.blocking import block_using_rules_sqls

    steps = block_using_rules_sqls(
        input_tablename_l=left,
        input_tablename_r="linked_node",
        blocking_rules=model._blocking_rules_to_generate_predictions,
        link_type=link_type,
        source_dataset_input_column=None,
        unique_id_input_column=model.column_info_settings.unique_id_input_column,
    )
    return _query(steps)


def _comparing(model: Settings) -> str:
    from splink.internals.comparison_vector_values import compute_comparison_vector_values_from_id_pairs_sqls

    steps = compute_comparison_vector_values_from_id_pairs_sqls(
        model._columns_to_select_for_blocking,
        model._columns_to_select_for_comparison_vector_values,
        input_tablename_l="linked_node",
        input_tablename_r="linked_node",
        source_dataset_input_column=None,
        unique_id_input_column=model.column_info_settings.unique_id_input_column,
    )
    return _query(steps, __splink__blocked_id_pairs="blocked")


def _weighing(model: Settings) -> tuple[str, str]:
    """The weights by comparison, and their sum with the prior."""
    from splink.internals.misc import prob_to_match_weight
    from splink.internals.predict import predict_from_comparison_vectors_sqls_using_settings

    parts, total = predict_from_comparison_vectors_sqls_using_settings(model)
    marked = f"cast({prob_to_match_weight(_MARK)} as float8)"
    asked = {**total, "sql": total["sql"].replace(marked, "cast($prior as float8)")}
    return (
        _query([parts], __splink__df_comparison_vectors="agreed"),
        _query([parts, asked], __splink__df_comparison_vectors="agreed"),
    )


def _query(steps: Sequence[Mapping[str, str]], **tables: str) -> str:
    """Splink's steps as one query that reads our `tables` under the names that it knows them by."""
    named = [f"{name} AS (FROM {table})" for name, table in tables.items()]
    named += [f"{step['output_table_name']} AS ({step['sql']})" for step in steps[:-1]]
    return f"WITH {', '.join(named)} {steps[-1]['sql']}" if named else steps[-1]["sql"]
