"""What `svu people` decides, from the Dagster UI: jobs whose run configuration says which records, who and why.

The account that is kept with a decision is then that of the Dagster process, or `SVU_WHO` where a front end has logged
someone in. Records are named by their keys, as on the page of a figure; nothing of what they say is run configuration.
"""

from typing import Literal

import dagster as dg
from pydantic import Field

from svu_pipeline.people import decisions
from svu_pipeline.pipeline import Pipeline, said_plainly

BY = "Who decides. Kept as given, beside the account, which alone is proven."
REASON = "Why; kept with the decision and in the audit log."
DECISION = "The decision's id or its beginning, as `svu people decisions` lists it."


class ProposalConfig(dg.Config):
    """Two records that are said to be one person's, or two people's."""

    kind: Literal["same", "not_same"] = Field(description="same: one person; not_same: two people.")
    first: str = Field(description="A record, as in custody_record:42CU/000123/23.")
    second: str = Field(description="The other record.")
    by: str = Field(description=BY)
    reason: str = Field(description=REASON)


class ConfirmationConfig(dg.Config):
    """What was proposed, or asked to be reversed, by someone else."""

    decision: str = Field(description=DECISION)
    by: str = Field(description=BY)


class ReversalConfig(dg.Config):
    """A decision to be reversed, or a proposal to be taken back."""

    decision: str = Field(description=DECISION)
    by: str = Field(description=BY)
    reason: str = Field(description=REASON)


@dg.op
def propose(context: dg.OpExecutionContext, config: ProposalConfig, pipeline: dg.ResourceParam[Pipeline]) -> None:
    """Propose a decision of who is who."""
    with said_plainly():
        said = (config.kind, config.first, config.second, config.by, config.reason)
        _say(context, decisions.propose(pipeline.settings, *said, pipeline.clock), "proposed")


@dg.op
def confirm(context: dg.OpExecutionContext, config: ConfirmationConfig, pipeline: dg.ResourceParam[Pipeline]) -> None:
    """Confirm a proposal or a reversal."""
    with said_plainly():
        found = decisions.confirm(pipeline.settings, config.decision, config.by, pipeline.clock)
        _say(context, found.id, found.state)


@dg.op
def reverse(context: dg.OpExecutionContext, config: ReversalConfig, pipeline: dg.ResourceParam[Pipeline]) -> None:
    """Ask for a reversal, or take a proposal back."""
    with said_plainly():
        found = decisions.withdraw(pipeline.settings, config.decision, config.by, config.reason, pipeline.clock)
        _say(context, found.id, found.state)


@dg.job(description="Propose that two records are the same person's, or are not; someone else confirms it.")
def propose_who_is_who() -> None:
    propose()


@dg.job(description="Put a proposal of who is who in force, or its reversal: never by who asked for it.")
def confirm_who_is_who() -> None:
    confirm()


@dg.job(description="Ask for the reversal of a decision of who is who, which someone else confirms.")
def reverse_who_is_who() -> None:
    reverse()


JOBS = [propose_who_is_who, confirm_who_is_who, reverse_who_is_who]


def _say(context: dg.OpExecutionContext, decision: str, state: str) -> None:
    context.log.info(f"decision {decision}: {state}")
