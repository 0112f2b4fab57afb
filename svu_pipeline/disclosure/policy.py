"""The policy of disclosure: what is protected and how, declared in `policy.toml`, and in `[disclosure]` of a settings file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from svu_pipeline.metrics.catalogue import CATALOGUE

Percent = Annotated[int, Field(ge=1, le=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AtMost(_Strict):
    """Parts that together are never more than the whole; `difference` is "people" where what is left is a count of people."""

    parts: tuple[str, ...]
    whole: str
    difference: Literal["people", "none"] = "none"


class Equal(_Strict):
    """Two metrics that are the same number at some codes of a dimension."""

    metrics: tuple[str, str]
    dimension: str
    codes: tuple[str, ...]


class Never(_Strict):
    """Codes of a dimension that a metric cannot have."""

    metric: str
    dimension: str
    codes: tuple[str, ...]


class DisclosureSettings(_Strict):
    """`[disclosure]` of a settings file: what a force says otherwise; all of it may be left out."""

    threshold: Annotated[int, Field(ge=2, le=20)] | None = None
    headline_from: Annotated[int, Field(ge=1, le=20)] | None = None
    rounding: Annotated[int, Field(ge=1, le=100)] | None = None
    dominance_percent: Percent | None = None
    width_percent: Percent | None = None
    revision_from: Annotated[int, Field(ge=1, le=100)] | None = None
    force_totals: Literal["stand", "refuse"] | None = None
    people: tuple[str, ...] | None = None
    sums: tuple[str, ...] | None = None
    open: tuple[str, ...] | None = None


class Policy(_Strict):
    """What is protected: counts in parts of `threshold` or more are shown, and the rest as `policy.toml` says, word by word."""

    threshold: int
    headline_from: int
    rounding: int
    dominance_percent: int
    width_percent: int
    revision_from: int
    force_totals: Literal["stand", "refuse"]
    people: tuple[str, ...]
    sums: tuple[str, ...]
    open: tuple[str, ...]
    stands: tuple[str, ...]
    completed: tuple[str, ...]
    at_most: tuple[AtMost, ...]
    equal: tuple[Equal, ...]
    never: tuple[Never, ...]

    def is_people(self, metric_id: str) -> bool:
        """Whether a metric counts people or events of people. One that the policy does not name does."""
        return metric_id not in self.sums and metric_id not in self.open

    def is_protected(self, metric_id: str) -> bool:
        """Whether a metric's small parts are hidden; never a rate's, which goes with the numbers that it is made of."""
        return metric_id not in self.open and not is_rate(metric_id)

    def with_rounding(self, base: int) -> Policy:
        """The same policy with parts given to the nearest `base`, as a freedom-of-information answer has them."""
        return self.model_copy(update={"rounding": base})


def policy_of(said: Mapping[str, Any]) -> Policy:
    """The policy that comes with the project, with what a settings file says otherwise (`Settings.disclosure`)."""
    return Policy.model_validate({**_own(), **said})


def is_rate(metric_id: str) -> bool:
    """Whether a metric is a share of another; an id that the catalogue does not have is none."""
    return metric_id in CATALOGUE and CATALOGUE[metric_id].is_rate


@cache
def _own() -> dict[str, Any]:
    text = resources.files("svu_pipeline.disclosure").joinpath("policy.toml").read_text("utf-8")
    return tomllib.loads(text)
