"""People as an asset: which person each record is about."""

import dagster as dg

from svu_pipeline.contracts.assets import standing_key
from svu_pipeline.description import key, spec
from svu_pipeline.kept import LINKED, keep_people
from svu_pipeline.pipeline import Pipeline, said_plainly

PERSON_RECORD = key("people", "person_record")

SPEC = spec(
    "people",
    "person_record",
    "Which person each standing record is about, under a keyed id: by valid PNC id, else by name and date of birth.",
    [standing_key(dataset) for dataset in LINKED],
    [
        dg.TableColumn("dataset", "string", "Dataset of the record", tags={"personal_data": "none"}),
        dg.TableColumn("record_key", "string", "Key of the record", tags={"personal_data": "indirect"}),
        dg.TableColumn(
            "person_id", "string", "Keyed id of the person (HMAC-SHA256)", tags={"personal_data": "indirect"}
        ),
        dg.TableColumn("date_of_birth", "date", "Most frequent date of birth", tags={"personal_data": "direct"}),
    ],
)


@dg.multi_asset(name="resolve_people", specs=[SPEC])
def resolve_people(pipeline: dg.ResourceParam[Pipeline]) -> dg.MaterializeResult[None]:
    """Link the records that name people and give each person a keyed id."""
    with said_plainly():
        table = keep_people(pipeline.settings)["person_record"]
    outcome = "changed" if table.is_changed else "unchanged"
    return dg.MaterializeResult(PERSON_RECORD, metadata={"dagster/row_count": table.rows, "outcome": outcome})


ASSETS = [resolve_people]
