"""Metrics as assets: the contributions, the values of every window, and what linking does to them."""

from collections.abc import Iterator

import dagster as dg

from svu_pipeline.description import key, spec
from svu_pipeline.facts.assets import fact_key
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.kept import keep_metrics
from svu_pipeline.metrics.catalogue import COUNTED
from svu_pipeline.people.assets import PERSON_RECORD
from svu_pipeline.pipeline import Pipeline, said_plainly

CONTRIBUTION, VALUE, LINKING_BAND = (key("metrics", name) for name in ("contribution", "value", "linking_band"))
_USED = sorted({name for metric in COUNTED for name in fact_tables() if name in metric.fact.split()})

SPECS = [
    spec(
        "metrics",
        "contribution",
        "What every metric is made of: one row for each record that contributes to it, with its day, quantity and "
        "dimensions.",
        [fact_key(name) for name in _USED],
        [
            dg.TableColumn("metric_id", "string", "Metric of the catalogue"),
            dg.TableColumn("record_dataset", "string", "Dataset of the record"),
            dg.TableColumn("record_key", "string", "Key of the record", tags={"personal_data": "indirect"}),
            dg.TableColumn("subject", "string", "What is counted once", tags={"personal_data": "indirect"}),
            dg.TableColumn("happened_on", "date", "London day that puts it in a window"),
            dg.TableColumn("quantity", "bigint", "Whole number in the fact's unit; null where not recorded"),
        ],
        zone="facts",
    ),
    spec(
        "metrics",
        "value",
        "Every metric of the catalogue in every twelve-month window, whole and by each breakdown, as exact numerator and "
        "denominator and as printed.",
        [CONTRIBUTION],
        [
            dg.TableColumn("window_label", "string", "Last month of the window"),
            dg.TableColumn("metric_id", "string", "Metric of the catalogue"),
            dg.TableColumn("dimension", "string", "Dimension; empty for the whole"),
            dg.TableColumn("code", "string", "Value of the dimension; UNKNOWN where it is not known"),
            dg.TableColumn("numerator", "bigint", "Exact"),
            dg.TableColumn("denominator", "bigint", "Exact"),
            dg.TableColumn("printed", "string", "The figure, rounded once, half away from zero"),
        ],
        zone="facts",
    ),
    spec(
        "metrics",
        "linking_band",
        "What linking does to every figure that hangs on who is who, in every twelve-month window: its least and greatest as "
        "the linking threshold goes from .80 to .99, and by how much the last linking alone moved it.",
        [VALUE, PERSON_RECORD],
        [
            dg.TableColumn("window_label", "string", "Last month of the window"),
            dg.TableColumn("metric_id", "string", "Metric of the catalogue"),
            dg.TableColumn("lowest", "string", "The least figure at any of the thresholds, as printed"),
            dg.TableColumn("highest", "string", "The greatest figure at any of the thresholds, as printed"),
            dg.TableColumn("at_80", "string", "The figure at the threshold .80"),
            dg.TableColumn("at_90", "string", "The figure at the threshold .90"),
            dg.TableColumn("at_95", "string", "The figure at the threshold .95: the headline"),
            dg.TableColumn("at_99", "string", "The figure at the threshold .99"),
            dg.TableColumn("moved", "string", "By how much the last linking alone moved the headline"),
        ],
        zone="facts",
    ),
]


@dg.multi_asset(name="strike_metrics", specs=SPECS, can_subset=True)
def strike_metrics(
    context: dg.AssetExecutionContext, pipeline: dg.ResourceParam[Pipeline]
) -> Iterator[dg.MaterializeResult[None]]:
    """Gather the contributions and strike the values."""
    selected = {asset.path[-1] for asset in context.selected_asset_keys}
    with said_plainly():
        kept = keep_metrics(pipeline.settings, selected, pipeline.clock)
    for item in SPECS:
        if item.key in context.selected_asset_keys:
            table = kept[item.key.path[-1]]
            outcome = "changed" if table.is_changed else "unchanged"
            metadata = {"dagster/row_count": table.rows, "outcome": outcome, **table.found}
            yield dg.MaterializeResult(item.key, metadata=metadata)


ASSETS = [strike_metrics]
