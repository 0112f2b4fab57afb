"""Releases as assets: each month's release, whose checks are its gates, and those whose time has come.

A release is no part of the night: people start it, sign it off and publish it, here or with `svu release`.
"""

import warnings
from collections.abc import Iterator
from typing import Literal

import dagster as dg
from pydantic import Field

from svu_pipeline.clock import Clock, window
from svu_pipeline.contracts.assets import SEVERITY
from svu_pipeline.description import key, spec
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.publication.assets import MONTHS, REVIEW, figures_table
from svu_pipeline.recount.assets import RECOUNT
from svu_pipeline.release import sign_off
from svu_pipeline.release.embargo import embargo
from svu_pipeline.release.folder import FIGURES, folder_of, read
from svu_pipeline.release.gates import CONTENT, LIVE, Gate, gates
from svu_pipeline.release.prepare import Prepared, prepare
from svu_pipeline.release.publish import due, place_due, publish
from svu_pipeline.release.revisions import Note
from svu_pipeline.release.show import summary
from svu_pipeline.settings import Settings

RELEASE, OPEN = key("release", "release"), key("release", "open_releases")

RELEASE_SPEC = spec(
    "release",
    "release",
    "What leaves the force of the window that ends with a month: one folder with figures, workbook, page, text, where they "
    "come from and who signed. Its checks are its gates.",
    [REVIEW, RECOUNT],
    kinds=("html", "csv", "parquet", "excel"),
    zone="releases",
).replace_attributes(partitions_def=MONTHS)
OPEN_SPEC = spec(
    "release",
    "open_releases",
    "The published releases whose time has come, each with the list of those who read it before.",
    [RELEASE],
    kinds=("html",),
    zone="published",
)


class ReleaseConfig(dg.Config):
    """A release: what is to be said of revisions, and, once it is signed off, how it goes out."""

    note: str = Field(default="", description="Why figures are otherwise than released before; it is published.")
    kind: Literal["", "error", "planned"] = Field(default="", description="What kind of revision the note is of.")
    publish: bool = Field(default=False, description="Publish it, if its gates let it pass.")
    embargo: str = Field(default="", description="Locked until then, London time: 2023-12-05 09:30.")
    readers: list[str] = Field(default=[], description="Who may read it before its time; each reading is published.")


class SignOffConfig(dg.Config):
    """One of the two sign-offs of a release."""

    release: str = Field(description="The release, as in 2023-11.1.")
    role: Literal["statistician", "press_officer"] = Field(description="In which of the two roles.")
    name: str = Field(
        description="Who signs off. Published as given; beside it the account is kept, which alone is proven."
    )
    saw: str = Field(description="The hash of what was seen, as the release's metadata has it.")


def _partitioned_checks() -> list[dg.AssetCheckSpec]:
    """A check of each gate for each month; those that block are told from those that warn by their severity."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(name, asset=RELEASE, description=words, partitions_def=MONTHS)
            for name, words in (CONTENT | LIVE).items()
        ]


@dg.multi_asset(name="prepare_release", specs=[RELEASE_SPEC], check_specs=_partitioned_checks())
def release_month(
    context: dg.AssetExecutionContext, config: ReleaseConfig, pipeline: dg.ResourceParam[Pipeline]
) -> Iterator[dg.MaterializeResult[None]]:
    """Prepare the release of the window that ends with the partition's month; publish it where that is asked and may be."""
    with said_plainly():
        settings = pipeline.settings
        made = _made(settings, context.partition_key, config, pipeline.clock)
        judged = gates(settings, made.id)
        is_ready = not any(gate.blocks for gate in judged)
        if config.publish and is_ready and summary(settings, made.id).state == "draft":
            until = embargo(config.embargo) if config.embargo else None
            publish(settings, made.id, until, config.readers, pipeline.clock)
        about = summary(settings, made.id)
        document = read(folder_of(pipeline.home, made.id), FIGURES)
    yield dg.MaterializeResult(
        RELEASE,
        metadata={
            "outcome": "changed" if made.is_changed else "unchanged",
            "release": made.id,
            "state": about.state,
            "hash to be seen": about.sha256,
            "signed off as": ", ".join(about.signed_off) or "nobody",
            "revisions": about.revisions,
            "folder": dg.MetadataValue.path(about.folder),
            "window": document["window_words"],
            "as_at": document["as_at"],
            "figures": figures_table(document),
        },
        check_results=[_result(gate) for gate in judged],
    )


@dg.multi_asset(name="place_releases", specs=[OPEN_SPEC])
def place_releases(pipeline: dg.ResourceParam[Pipeline]) -> dg.MaterializeResult[None]:
    """Place the releases whose time has come where everyone may read them."""
    with said_plainly():
        found = place_due(pipeline.settings, pipeline.clock)
    outcome = "changed" if found else "unchanged"
    return dg.MaterializeResult(OPEN, metadata={"outcome": outcome, "opened now": ", ".join(found) or "none"})


@dg.op
def sign(context: dg.OpExecutionContext, config: SignOffConfig, pipeline: dg.ResourceParam[Pipeline]) -> None:
    """Sign a release off."""
    with said_plainly():
        asked = (config.release, config.role, config.name, config.saw)
        made = sign_off.sign(pipeline.home, *asked, pipeline.clock)
    context.log.info(f"release {made.release}: signed off as {made.role}")


@dg.job(description="Sign a release off, over the hash that was seen: two people do, in two roles.")
def sign_release() -> None:
    sign()


def _made(settings: Settings, month: str, config: ReleaseConfig, clock: Clock) -> Prepared:
    """The release as it is to be: of what is known now, with a note where one is given."""
    note = Note(config.kind, config.note) if config.note or config.kind else None
    return prepare(settings, window(month), None, note, clock)


def _result(gate: Gate) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=gate.passed,
        asset_key=RELEASE,
        check_name=gate.name,
        severity=SEVERITY[gate.severity],
        metadata={"which": gate.words or "none", "count": len(gate.which)},
    )


release_job = dg.define_asset_job(
    "release_month",
    selection=dg.AssetSelection.assets(RELEASE),
    description="Prepare the release of the window that ends with one month; publish it once two people have signed it off.",
)
open_job = dg.define_asset_job(
    "open_due_releases",
    selection=dg.AssetSelection.assets(OPEN),
    description="Place the releases whose time has come; the night does so too.",
)


@dg.sensor(
    job=open_job,
    name="releases_open_at_their_time",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="When the embargo of a release is over, place it where everyone may read it.",
)
def releases_open_at_their_time(pipeline: dg.ResourceParam[Pipeline]) -> dg.RunRequest | dg.SkipReason:
    """One run for each time that a release comes open; the same once more if the first did not place it."""
    if waiting := [one.id for one in due(pipeline.home, pipeline.clock)]:
        return dg.RunRequest(tags={"svu/releases": " ".join(waiting)})
    return dg.SkipReason("no release is waiting whose time has come")


ASSETS = [release_month, place_releases]
JOBS = (release_job, sign_release, open_job)
SENSORS = (releases_open_at_their_time,)
