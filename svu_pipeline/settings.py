"""Every setting, typed and read once.

Here: where the pipeline keeps its data, where the extracts are, where the key of the person ids is.
Not here: secrets themselves, and anything read at import: `read()` is called by an entry point (`cli.py`, `definitions.py`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOME = Path("data")


@dataclass(frozen=True)
class Settings:
    """Where the pipeline reads and writes: all paths absolute."""

    home: Path
    sources: Path
    person_key_file: Path


def read(
    home: Path | None = None, sources: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from arguments, else `SVU_HOME`, `SVU_SOURCES`, `SVU_PERSON_KEY_FILE`, else the defaults.

    The default home is `data/`; the default extract folder is `sources/` in the home, or `data/sources/`
    where the home has none.
    """
    env = os.environ if environment is None else environment
    base = (home or _path(env, "SVU_HOME") or DEFAULT_HOME).absolute()
    within = base / "sources"
    fallback = within if within.is_dir() else (DEFAULT_HOME / "sources").absolute()
    extracts = sources or _path(env, "SVU_SOURCES") or fallback
    key_file = _path(env, "SVU_PERSON_KEY_FILE") or base / "restricted" / "person.key"
    return Settings(home=base, sources=extracts.absolute(), person_key_file=key_file.absolute())


def _path(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name, "").strip()
    return Path(value) if value else None
