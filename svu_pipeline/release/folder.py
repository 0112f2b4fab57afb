"""The folder of a release: its name, what lies in it, and the lists of hashes that hold it together.

`releases/2023-11.2/` is the second release of the window that ends with November 2023. `SHA256SUMS` lists its contents: the
hash of that list is what people see and sign off. `SIGNED` lists what came after: the list itself, the sign-offs, the terms
of publication, the public key; the signature is over `SIGNED`. Both are as `sha256sum` writes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from svu_pipeline.disk import make_folder, remove_folder
from svu_pipeline.errors import Curable
from svu_pipeline.release.offline import (
    KEY,
    PUBLICATION,
    SIGN_OFFS,
    SIGNATURE,
    SIGNED,
    SUMS,
    differing,
    listed,
    sha256_of,
)
from svu_pipeline.warehouse import Home, whole_file, whole_folder

FIGURES, CHECKS, REVISIONS, CODE, INPUTS = (
    "figures.json", "checks.json", "revisions.json", "code.json", "inputs.json",
)  # fmt: skip
_ID = re.compile(r"(\d{4}-\d{2})\.([1-9]\d*)")


class ReleaseError(Curable):
    """A release that is not there, is not as it was, or is not ready: says which, and what to do."""


def parted(release: str) -> tuple[str, int]:
    """The window and the number of a release's id; ReleaseError for what is none."""
    found = _ID.fullmatch(release)
    if not found:
        raise ReleaseError("a release is named by its window and number, as in 2023-11.1. `svu release list` has them.")
    return found[1], int(found[2])


def releases(home: Home) -> list[str]:
    """The ids of all releases that lie in a home, by window and number."""
    names = [path.name for path in home.releases.iterdir() if path.is_dir()] if home.releases.is_dir() else []
    return sorted((name for name in names if _ID.fullmatch(name)), key=parted)


def folder_of(home: Home, release: str) -> Path:
    """The folder of a release; ReleaseError when there is none."""
    folder = home.releases / release
    parted(release)
    if not (folder / SUMS).is_file():
        raise ReleaseError(f"release {release}: there is none. `svu release list` has those there are.")
    return folder


def hash_of(folder: Path) -> str:
    """What is seen and signed off: the SHA-256 of a release's SHA256SUMS."""
    return sha256_of(folder / SUMS)


def as_list(hashes: dict[str, str]) -> str:
    """Hashes by name as `sha256sum` writes them, in the order of names."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items()))


def read(folder: Path, name: str) -> dict[str, Any]:
    """One of a release's JSON files. Its bytes are vouched for by the lists; see `differences`."""
    content: dict[str, Any] = json.loads((folder / name).read_bytes())
    return content


def as_json(content: Any) -> str:
    """A JSON file of a release as text: the same content gives the same bytes."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def write_contents(folder: Path, contents: dict[str, bytes]) -> bool:
    """Put the contents of a release, and their list, in place of a draft; gives whether that changed anything.

    A draft of the same bytes stays, with its sign-offs; of another the sign-offs go with it, for nobody saw this one.
    """
    hashes = {name: _sha256(content) for name, content in contents.items()}
    if listed(folder / SUMS) == hashes and not differences(folder):
        return False
    if folder.exists():
        remove_folder(folder)
    with whole_folder(folder) as aside:
        for name, content in contents.items():
            (aside / name).write_bytes(content)
        (aside / SUMS).write_text(as_list(hashes), encoding="utf-8", newline="\n")
    return True


def write_beside(folder: Path, name: str, content: bytes) -> None:
    """Put one more file into a release: a sign-off, the signature or what goes with it."""
    make_folder((folder / name).parent)
    with whole_file(folder / name) as aside:
        aside.write_bytes(content)


def differences(folder: Path) -> list[str]:
    """What in a draft is not as it was prepared: contents changed, missing, or more than belong there."""
    hashes = listed(folder / SUMS)
    if hashes is None:
        return [f"{SUMS}: missing, or not a list of hashes"]
    later = {SUMS, *SIGN_OFFS, PUBLICATION, KEY, SIGNED, SIGNATURE}
    return list(differing(folder, hashes, later))


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a release, by its name within it."""
    found: Iterable[Path] = sorted(path for path in folder.rglob("*") if path.is_file())
    return ((path.relative_to(folder).as_posix(), path) for path in found)


def _sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
