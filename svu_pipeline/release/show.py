"""What a release is in a few words: its state, its hash, how many revisions, who has signed it off."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from svu_pipeline.clock import written
from svu_pipeline.release.folder import FIGURES, folder_of, hash_of, read, releases
from svu_pipeline.release.publish import placed
from svu_pipeline.release.registry import Released, released
from svu_pipeline.release.sign_off import sign_offs
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home

DRAFT, LOCKED, OPEN = "draft", "locked", "open"


@dataclass(frozen=True)
class Summary:
    """A release: `state` is draft, locked (published, its time to come) or open."""

    id: str
    state: str
    as_at: str
    open_at: str
    revisions: int
    signed_off: tuple[str, ...]
    sha256: str
    folder: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def summaries(settings: Settings) -> list[Summary]:
    """Every release of a home."""
    home = Home(settings.home)
    published = {one.id: one for one in released(home)}
    return [_summary(home, release, published.get(release)) for release in releases(home)]


def summary(settings: Settings, release: str) -> Summary:
    """One release."""
    home = Home(settings.home)
    return _summary(home, release, {one.id: one for one in released(home)}.get(release))


def _summary(home: Home, release: str, published: Released | None) -> Summary:
    folder = folder_of(home, release)
    document = read(folder, FIGURES)
    state = DRAFT if published is None else OPEN if placed(home, release).exists() else LOCKED
    return Summary(
        release,
        state,
        document["as_at"],
        written(published.open_at) if published else "",
        len(document["revisions"]),
        tuple(sign_offs(home, folder)),
        hash_of(folder),
        str(folder),
    )
