"""`docs/settings.md` says what the settings file takes: each example on it is read, each setting is on it."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from svu_pipeline import settings_file
from svu_pipeline.contracts.codes import adopt
from svu_pipeline.contracts.model import rules_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.quality.linking_band import hangs_on_linking
from svu_pipeline.sources.delivered import promise_of
from svu_pipeline.sources.place import Place
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home

ROOT = Path(__file__).resolve().parents[1]
PAGE, README = ((ROOT / name).read_text("utf-8") for name in ("docs/settings.md", "README.md"))


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def settings(model: type[BaseModel]) -> Iterator[str]:
    """Every word that a settings file may have in this part and in those within it."""
    for name, field in model.model_fields.items():
        yield field.alias or name


MODELS = [
    model
    for model in vars(settings_file).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model is not BaseModel and model.model_fields
]


@pytest.mark.parametrize("block", blocks("toml") + blocks("toml", README))
def test_each_example_is_read_and_speaks_of_what_there_is(block: str, tmp_path: Path) -> None:
    """Sources, datasets, columns, codes and checks are real ones; the places are of the kinds that the page says."""
    content, problems = settings_file.parse(tomllib.loads(block), tmp_path)
    assert problems == []
    for source, said in content["by_source"].items():
        shapes = SYSTEMS[source].shapes
        for dataset, shape in said.shapes.items():
            assert set(shape.get("names", {})) <= set(shapes[dataset].names)
        adopt(Home(tmp_path), source, said.codes)
    for check in content["tolerances"]:
        dataset, _, name = check.partition(".")
        if dataset == "linking_band":
            assert hangs_on_linking(CATALOGUE[name])
        else:
            assert name in {rule.name for rule in rules_of(CONTRACTS[dataset])}


def test_every_setting_stands_on_the_page() -> None:
    words = set(re.findall(r"`([^`\n]+)`", PAGE)) | {"tolerances"}
    missing = {name for model in MODELS for name in settings(model) if name not in words}
    assert missing - {"sources"} == set()


def test_every_place_has_an_example(tmp_path: Path) -> None:
    found = set()
    for block in blocks("toml"):
        content, _ = settings_file.parse(tomllib.loads(block), tmp_path)
        found |= {type(said.place) for said in content["by_source"].values() if said.place}
    assert found == set(Place.__args__)


def test_the_marker_on_the_page_is_one() -> None:
    (block,) = blocks("json")
    content: dict[str, Any] = json.loads(block)
    promise = promise_of(block.encode())
    assert (promise.size, promise.rows, list(promise.sums)) == (content["size"], content["rows"], ["quantity"])
