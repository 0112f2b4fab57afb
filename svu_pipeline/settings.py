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
from datetime import date
from pathlib import Path
from typing import Any

from svu_pipeline.errors import Curable
from svu_pipeline.quality.tolerance import Tolerance
from svu_pipeline.sources.place import FolderPlace, Place, Secret

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
class DeclaredBreak:
    """What moved on a day so that figures before and after it are not of the same thing: `words` say what.

    `what` is boundary, definition or source. It is of the `metrics` named, of those made of the `sources` named, or of all
    the unit's where `units` are named; of every metric where nothing is. `is_footnoted`: the change is given all the same.
    """

    on: date
    what: str
    words: str
    metrics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    is_footnoted: bool = False


@dataclass(frozen=True)
class ComparisonSettings:
    """What a force says of the change from the year before; all of it may be left out.

    A break suppresses the change; one of the kinds `footnoted` is said beside it instead.
    """

    breaks: tuple[DeclaredBreak, ...] = ()
    footnoted: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewSettings:
    """What a force says of its year-in-review page; all of it may be left out.

    `story` is the operation_ref of the drug line whose story the page tells. Where its proceedings are concluded and
    public (`story_is_concluded`) a release tells it too. `story_says` is what may be said of those sentenced: age, sex.
    """

    story: str = ""
    story_is_concluded: bool = False
    story_says: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReleaseSettings:
    """What a force says of its releases; all of it may be left out.

    `signing_key` names the key that they are signed with; `early_readers` may read one before its time.
    """

    signing_key: Secret | None = None
    early_readers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """Where the pipeline reads and writes (all paths absolute), what a force says of its sources, its linking, single checks.

    `tolerances` are by check, named `dataset.check`; a check without one fails on the first row. `disclosure` is what is said
    otherwise than in the policy of disclosure (`disclosure/policy.toml`), word by word.
    """

    home: Path
    sources: Path
    person_key_file: Path
    by_source: Mapping[str, SourceSettings] = field(default_factory=dict)
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    linking: LinkingSettings = field(default_factory=LinkingSettings)
    comparison: ComparisonSettings = field(default_factory=ComparisonSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    release: ReleaseSettings = field(default_factory=ReleaseSettings)
    disclosure: Mapping[str, Any] = field(default_factory=dict)

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
