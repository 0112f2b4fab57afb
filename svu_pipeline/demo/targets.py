"""Reads `targets.toml`, the one place of every figure the generated years must come to."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Targets:
    """`windows[month][figure]`: what a window comes to; `planted[dataset][defect]`: how many of a defect."""

    windows: dict[str, dict[str, Any]]
    planted: dict[str, dict[str, int]]

    def figure(self, window: str, name: str) -> int:
        return int(self.windows[window][name])

    def prison_years(self, window: str) -> Fraction:
        return Fraction(self.windows[window]["prison_years"])


def load_targets() -> Targets:
    text = resources.files("svu_pipeline.demo").joinpath("targets.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return Targets(tables["windows"], tables["planted"])
