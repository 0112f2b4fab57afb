"""The words of each metric: its nouns and verbs, the sentence it is said in, and the terms that it must not be called by.

The words stand in `wording.toml`, one table a metric, where a press officer can read them. A number is only right together
with its verb, noun and window (counting.md, Saying a number).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from svu_pipeline.errors import Curable
from svu_pipeline.metrics.phrases import Form

NONE = "no"


class WordingError(Curable):
    """A metric without words, or with words that do not make a sentence."""


@dataclass(frozen=True)
class Wording:
    """How a metric is said.

    `verbs` and `nouns` are all that are right, in lower case, those that are said first; `one` and `many` are the noun as said.
    `template` is the sentence with `{number}` (`more than 400`), `{noun}` and `{were}`. `unit` is how an amount is
    written (`{} kg`), `joined` the word between amount and noun (`6 kg` *of* `drugs`). `form` is the preferred one.
    `not_to_be_said` has each term that is taken for the metric and is not it, with the reason.
    """

    one: str
    many: str
    verbs: tuple[str, ...]
    template: str
    not_to_be_said: Mapping[str, str]
    also: tuple[str, ...] = ()
    unit: str = "{}"
    joined: str = ""
    form: Form = Form.EXACT

    @property
    def nouns(self) -> tuple[str, ...]:
        """Every right noun, singular and plural."""
        return tuple(dict.fromkeys((self.one, self.many, *self.also)))

    def amount(self, number: Decimal) -> str:
        """A number with its unit, thousands parted: `£261,000`, `5.987 kg`; `no` for nought."""
        return self.unit.format(f"{number:,f}") if number else NONE

    def phrase(self, number: str, marks: Collection[str] = ()) -> str:
        """The figure as a noun phrase: `more than 400 vulnerable people safeguarded`, with "(provisional)" where it is."""
        return self._said(number, "").replace("  ", " ") + (" (provisional)" if "p" in marks else "")

    def sentence(self, number: str) -> str:
        """The figure as a clause: `more than 400 vulnerable people were safeguarded`."""
        is_one = number.split()[-1] == "1" or (self.joined and number != NONE)
        return self._said(number, "was" if is_one else "were")

    def _said(self, number: str, were: str) -> str:
        is_part = self.joined and number != NONE and " of the " not in number
        noun = self.one if number.split()[-1] == "1" else self.many
        return self.template.format(number=f"{number} {self.joined}" if is_part else number, noun=noun, were=were)


@cache
def wordings() -> Mapping[str, Wording]:
    """The words of every metric by its id, as `wording.toml` has them."""
    text = resources.files("svu_pipeline.metrics").joinpath("wording.toml").read_text("utf-8")
    return {name: _wording(name, entry) for name, entry in tomllib.loads(text).items()}


def wording_of(id: str) -> Wording:
    """The words of a metric, of its earlier versions (`<id>@<version>`) too; WordingError where there are none."""
    name = id.partition("@")[0]
    if name not in wordings():
        raise WordingError(f"wording.toml has no words for {name}: add its table [{name}]")
    return wordings()[name]


def _wording(name: str, entry: Mapping[str, object]) -> Wording:
    """One table of the file; WordingError that names the metric where a field is missing or unknown."""
    lists = {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
    try:
        form = Form(entry.get("form", ""))
        return Wording(**{**entry, **lists, "form": form})  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise WordingError(f"wording.toml, [{name}]: {error}. The fields are those of Wording.") from None
