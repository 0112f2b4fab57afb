"""Numbers as HTML that people and machines read alike: each figure and each part within a `<data>` element of its own.

`value` is the printed text of the review document; `data-metric` (with its version), `data-window`, and for a part
`data-dimension` and `data-code` say of what; `data-as-at` as known when. On the page of a release `data-release` and
`data-sha256` (the first digits of that of its figures.json) stand in its place. So a page can be compared with the figures by a small program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from svu_pipeline.publication.charts import SINGULAR
from svu_pipeline.publication.labels import NO_SUPPLY, NOT_SUPPLIED
from svu_pipeline.publication.notes import amount

if TYPE_CHECKING:
    from markupsafe import Markup

PROTECTED = "[c]"
"""The mark for "confidential", in the way of the Government Statistical Service: a small number, left out on purpose."""


@dataclass(frozen=True)
class Tags:
    """What every number of one page has in common.

    Of the SHA-256 16 digits are said: a page has two thousand numbers, and is itself vouched for by the whole hash of it.
    """

    window: str
    release: str = ""
    sha256: str = ""

    def whole(self, figure: dict[str, Any]) -> Markup:
        """A figure as it stands large: `440`, with its unit beside it in `<span class="unit">`; words where there is none."""
        if figure["printed"] is None or _is_share_of_few(figure):
            return _markup()("{}").format(PROTECTED if "c" in figure["marks"] else figure["display"])
        before = "at least " if figure["display"].startswith("at least ") else ""
        said = before + self._data(figure, amount(figure["printed"], figure["noun"]), figure["printed"])
        unit = _unit(figure)
        return said + _markup()('<span class="unit"> {}</span>').format(unit) if unit else said

    def cell(self, figure: dict[str, Any]) -> Markup:
        """A figure in a table whose heading names the unit."""
        return self._cell(figure, figure, "", "")

    def part(self, figure: dict[str, Any], part: dict[str, Any], dimension: str, code: str) -> Markup:
        """A month or a row of a breakdown, in a table whose heading names the unit."""
        return self._cell(figure, part, dimension, code)

    def short(self, figure: dict[str, Any], part: dict[str, Any], dimension: str) -> Markup:
        """A row of a breakdown where there is room for a number alone."""
        if part["printed"] is None:
            return _markup()("{}").format(without_figure(part["marks"])[:3] if part["marks"] else "–")
        return self.part(figure, part, dimension, part["code"])

    def _cell(self, figure: dict[str, Any], part: Mapping[str, Any], dimension: str, code: str) -> Markup:
        if part["printed"] is None:
            return _markup()("{}").format(without_figure(part["marks"]))
        return self._data(figure, amount(part["printed"], figure["noun"]), part["printed"], dimension, code)

    def _data(self, figure: dict[str, Any], text: str, printed: str, dimension: str = "", code: str = "") -> Markup:
        part = f' data-dimension="{dimension}" data-code="{escape(code)}"' if dimension else ""
        metric = f"{figure['id']}@{figure['version']}"
        # All that comes from records is escaped; a page has two thousand of these, so they are not built by a template.
        return _markup()(
            f'<data value="{escape(printed)}" data-metric="{metric}"{part} data-window="{self.window}"'
            f"{self._source(figure)}>{escape(text)}</data>"
        )

    def _source(self, figure: dict[str, Any]) -> str:
        """Where a number can be checked: in a release, else by striking it again as at an instant."""
        if self.release:
            return f' data-release="{self.release}" data-sha256="{self.sha256[:16]}"'
        return f' data-as-at="{figure["as_at"]}"'


def without_figure(marks: list[str]) -> str:
    """What stands where a part has no figure: protected, not supplied, or too few for a rate."""
    if "c" in marks:
        return PROTECTED
    return f"{NO_SUPPLY} {NOT_SUPPLIED}" if "x" in marks else "no rate"


def _unit(figure: dict[str, Any]) -> str:
    """The unit that stands beside a large number; none where the sign is at the number itself."""
    if figure["noun"] in ("£", "%"):
        return ""
    noun: str = figure["noun"]
    return SINGULAR.get(noun, noun.removesuffix("s")) if figure["printed"] == "1" else noun


def _is_share_of_few(figure: dict[str, Any]) -> bool:
    """Whether a rate is said in numbers (`7 of 12`): its percentage is printed nowhere on the page."""
    return " of " in figure["display"]


@cache
def _markup() -> type[Markup]:
    from markupsafe import Markup

    return Markup
