"""Every setting, typed and read once.

Here: where the pipeline keeps its data, where each system's delivery is fetched from and how it differs from sources.md,
where the key of the person ids is. Not here: secrets themselves (places name them, `sources/place.py`), and anything read
at import: `read()` is called by an entry point (`cli.py`, `definitions.py`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from svu_pipeline.errors import Curable
from svu_pipeline.quality.tolerance import Tolerance
from svu_pipeline.sources.place import FolderPlace, Place

DEFAULT_HOME = Path("data")
SETTINGS_FILE = "svu.toml"


class SettingsError(Curable):
    """A settings file that cannot be read, or says what no setting can be: names the file and the setting."""


@dataclass(frozen=True)
class SourceSettings:
    """What a force says of one source; all of it may be left out.

    `place` is where it is fetched from (else the extract folder). `owner` is who corrects its records. A source that has
    not delivered for `expected_every_days` is silent. `shapes` (by dataset, in the words of `sources.system.Shape`) and
    `codes` (by dataset and column, the force's code to ours) say how the force's extract differs from sources.md.
    """

    place: Place | None = None
    owner: str = ""
    expected_every_days: int | None = None
    shapes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class LinkingSettings:
    """What a force says of the linking of people; all of it may be left out.

    `model` is a linkage model that it has trained and reviewed itself, in place of the one that comes with the project.
    `truth` are files that tell who is who (CSV: dataset, record_key, person), against which the linking is measured.
    """

    model: Path | None = None
    truth: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Settings:
    """Where the pipeline reads and writes (all paths absolute), what a force says of its sources, its linking, single checks.

    `tolerances` are by check, named `dataset.check`; a check without one fails on the first row.
    """

    home: Path
    sources: Path
    person_key_file: Path
    by_source: Mapping[str, SourceSettings] = field(default_factory=dict)
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    linking: LinkingSettings = field(default_factory=LinkingSettings)

    def of(self, source: str) -> SourceSettings:
        """What is said of one source."""
        return self.by_source.get(source, SourceSettings())

    def place_of(self, source: str) -> Place:
        """Where a source's delivery is fetched from: its own place, else the extract folder."""
        return self.of(source).place or FolderPlace(self.sources)

    @property
    def expected_days(self) -> dict[str, int]:
        """By source, after how many days without a delivery it is silent; a source without such a word never is."""
        said = {source: terms.expected_every_days for source, terms in self.by_source.items()}
        return {source: days for source, days in said.items() if days is not None}


def read(
    home: Path | None = None, sources: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from arguments, else `SVU_HOME`, `SVU_SOURCES`, `SVU_PERSON_KEY_FILE`, `SVU_SETTINGS`, else the defaults.

    The default home is `data/`; the default extract folder is `sources/` in the home, or `data/sources/`
    where the home has none; the default settings file is `svu.toml` in the home, if there is one.
    """
    env = os.environ if environment is None else environment
    base = (home or _path(env, "SVU_HOME") or DEFAULT_HOME).absolute()
    within = base / "sources"
    fallback = within if within.is_dir() else (DEFAULT_HOME / "sources").absolute()
    extracts = sources or _path(env, "SVU_SOURCES") or fallback
    key_file = _path(env, "SVU_PERSON_KEY_FILE") or base / "restricted" / "person.key"
    settings = Settings(base, extracts.absolute(), key_file.absolute())
    named = _path(env, "SVU_SETTINGS")
    file = named or base / SETTINGS_FILE
    return _with(settings, file) if named or file.is_file() else settings


def _path(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name, "").strip()
    return Path(value) if value else None


def _with(settings: Settings, file: Path) -> Settings:
    """Settings with what a settings file says. What it says is not repeated in an error: only where, and what is wrong."""
    from svu_pipeline.settings_file import parse

    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except OSError:
        raise SettingsError(f"{file} cannot be read. Correct SVU_SETTINGS, or the file's permissions.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = str(error).rpartition("(")[2].rstrip(")")
        raise SettingsError(f"{file} is not TOML ({place}). Correct it and run again.") from None
    said, problems = parse(content, file.parent)
    if problems:
        raise SettingsError(f"{file}: {'; '.join(problems)}. Correct it and run again.")
    return replace(settings, **said)
