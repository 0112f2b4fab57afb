"""People as assets: which person each record is about, what that was linked from, and what changed."""

from collections.abc import Iterator

import dagster as dg

from svu_pipeline.contracts.assets import standing_key
from svu_pipeline.description import key, spec
from svu_pipeline.kept import keep_people
from svu_pipeline.people.decisions import NAMING
from svu_pipeline.people.linkage_quality import CHECKS, failing, keep_linkage_quality
from svu_pipeline.pipeline import Pipeline, said_plainly

GROUP = "people"
PERSON_RECORD, PAIR, PERSON_EVENT = (key(GROUP, name) for name in ("person_record", "pair", "person_event"))
QUALITY = key(GROUP, "linkage_quality")


def _column(name: str, kind: str, words: str, personal: str = "indirect") -> dg.TableColumn:
    return dg.TableColumn(name, kind, words, tags={"personal_data": personal})


STANDING = [standing_key(dataset) for dataset in NAMING]
SPECS = [
    spec(
        GROUP,
        "pair",
        "Pairs of identities that were compared, with the level of each field. What was once compared is not again.",
        STANDING,
        [
            _column("node_l", "string", "Identity on the left, a hash of its content"),
            _column("node_r", "string", "Identity on the right"),
            _column("match_key", "string", "First blocking rule that brought the two together", "none"),
            _column(
                "gamma_…", "tinyint", "Level of agreement of a field (docs/linkage.md); -1 where not known", "none"
            ),
            _column("is_twin", "boolean", "Whether they must stay two: forenames of two people", "none"),
        ],
    ),
    spec(
        GROUP,
        "person_record",
        "Which person each standing record is about, under a keyed id: by valid PNC id, else by likeness (docs/linkage.md).",
        [*STANDING, PAIR],
        [
            _column("dataset", "string", "Dataset of the record", "none"),
            _column("record_key", "string", "Key of the record"),
            _column("person_id", "string", "Keyed id of the person (HMAC-SHA256)"),
            _column("date_of_birth", "date", "Most frequent date of birth", "direct"),
            _column("at_80", "string", "Label of the person at a linking threshold of .80"),
            _column("at_90", "string", "Label of the person at a linking threshold of .90"),
            _column("at_99", "string", "Label of the person at a linking threshold of .99"),
            _column("before", "string", "Keyed id of the person as of the night before"),
        ],
    ),
    spec(
        GROUP,
        "person_event",
        "Every merge and split of people: when, how many records moved, and which record, decision or model caused it.",
        [PERSON_RECORD],
        [
            _column("known_at", "timestamp", "Instant as known at which it came out", "none"),
            _column("kind", "string", "merge or split", "none"),
            _column("person_key", "string", "Person that stands, by its key in the ledger"),
            _column("other_key", "string", "Person that records came from or went to"),
            _column("records", "bigint", "Records that moved", "none"),
            _column("because", "string", "record, decision or model", "none"),
            _column("causes", "list", "The records in question"),
        ],
    ),
]


@dg.multi_asset(name="resolve_people", specs=SPECS)
def resolve_people(pipeline: dg.ResourceParam[Pipeline]) -> Iterator[dg.MaterializeResult[None]]:
    """Link the records that name people, give each person the id that stays, and note who merged and who split."""
    with said_plainly():
        kept = keep_people(pipeline.settings)
    for asset in (PAIR, PERSON_RECORD, PERSON_EVENT):
        table = kept[asset.path[-1]]
        outcome = "changed" if table.is_changed else "unchanged"
        yield dg.MaterializeResult(asset, metadata={"dagster/row_count": table.rows, "outcome": outcome})


QUALITY_SPEC = spec(
    GROUP,
    "linkage_quality",
    "How good the linking is, in counts: weights, blocking, the force's own PNC ids and truth sets as a test, unlinkable records.",
    [PERSON_RECORD, PERSON_EVENT],
    kinds=("html",),
)


@dg.multi_asset(
    name="measure_linkage",
    specs=[QUALITY_SPEC],
    check_specs=[dg.AssetCheckSpec(name, asset=QUALITY, description=words) for name, words in CHECKS.items()],
)
def measure_linkage(pipeline: dg.ResourceParam[Pipeline]) -> Iterator[dg.MaterializeResult[None]]:
    """Measure the linking and write its page, `restricted/people/linkage.html`."""
    with said_plainly():
        found = keep_linkage_quality(pipeline.settings)
    outcome = "changed" if found.is_changed else "unchanged"
    yield dg.MaterializeResult(
        QUALITY,
        metadata={**found.metadata, "page": dg.MetadataValue.path(str(found.page)), "outcome": outcome},
        check_results=[
            dg.AssetCheckResult(
                passed=not files, asset_key=QUALITY, check_name=name, metadata={"truth sets": len(files)}
            )
            for name, files in failing(found.document).items()
        ],
    )


ASSETS = [resolve_people, measure_linkage]
