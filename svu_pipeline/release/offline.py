"""Check a release where it lies, without network: files, sign-offs, signature, and each number against figures.json.

    python verify.py [FOLDER] [--key SHA256]

Every release carries this text as verify.py. It needs Python 3.11 alone; the signature is checked by the `cryptography`
package or, without it, by the `openssl` program. FOLDER is the script's own folder by default. With --key the public key
must be the one whose SHA-256 the force has made known; without it, compare the one that is printed.
Exit code: 0 all is as it was signed; 1 something differs, and each line says what; 2 all files are equal, and nothing
here could check the signature.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

SUMS, SIGNED, SIGNATURE, KEY, PUBLICATION = (
    "SHA256SUMS", "SIGNED", "signature.sig", "public_key.pem", "publication.json",
)  # fmt: skip
ROLES = ("statistician", "press_officer")
SIGN_OFFS = tuple(f"signoffs/{role}.json" for role in sorted(ROLES))
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)?)\n")

Key = tuple[str, str, str]
"""What a number is of: metric with version, dimension, code; the last two empty for the whole, `month` for a month."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def listed(path: Path) -> dict[str, str] | None:
    """A list of hashes as `sha256sum` writes it, by name in order; None when it is not exactly one."""
    text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
    found = _LINE.findall(text)
    names = [name for _, name in found]
    is_one = text == "".join(f"{sha256}  {name}\n" for sha256, name in found) and names == sorted(set(names))
    return {name: sha256 for sha256, name in found} if found and is_one else None


def problems(folder: Path) -> Iterator[str]:
    """One line for each thing in a published release that is not as it was signed; the signature itself apart."""
    contents, signed = listed(folder / SUMS), listed(folder / SIGNED)
    if contents is None or signed is None:
        yield f"{SUMS if contents is None else SIGNED}: missing, or not a list of hashes"
        return
    if missing := sorted({SUMS, KEY, PUBLICATION, *SIGN_OFFS} - signed.keys()):
        yield f"{SIGNED}: does not name {', '.join(missing)}"
    yield from differing(folder, contents | signed, {SIGNED, SIGNATURE})
    yield from _sign_offs(folder)
    yield from numbers(folder)


def differing(folder: Path, expected: dict[str, str], others: set[str]) -> Iterator[str]:
    """Files that are missing, changed, or neither listed nor among `others`."""
    for name, sha256 in sorted(expected.items()):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            yield f"{name}: missing"
        elif sha256_of(path) != sha256:
            yield f"{name}: changed"
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or path.is_file()}
    yield from (f"{name}: does not belong to the release" for name in sorted(present - expected.keys() - others))


def _sign_offs(folder: Path) -> Iterator[str]:
    """Two people in the two roles, each over the list of hashes that lies here."""
    found = [content for name in SIGN_OFFS if isinstance(content := _json(folder / name), dict)]
    if sorted(str(one.get("role")) for one in found) != sorted(ROLES):
        yield "signoffs: not one of each role"
    if len({_name(str(one.get("name", ""))) for one in found} - {""}) != len(ROLES):
        yield "signoffs: not by two people"
    if (folder / SUMS).is_file() and {one.get("saw") for one in found} != {sha256_of(folder / SUMS)}:
        yield "signoffs: not over what lies here"


def _name(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def numbers(folder: Path) -> Iterator[str]:
    """Numbers of the tables and of the page that are not those of figures.json."""
    document = _json(folder / "figures.json")
    if not isinstance(document, dict):
        yield "figures.json: cannot be read"
        return
    cells = dict(cells_of(document))
    wholes = {key: printed for key, printed in cells.items() if not key[1]}
    for name, expected in (("figures.csv", wholes), ("breakdowns.csv", cells.items() - wholes.items())):
        if dict(_table(folder / name)) != dict(expected):
            yield f"{name}: its numbers are not those of figures.json"
    yield from _page(folder, document, cells)


def cells_of(document: dict[str, Any]) -> Iterator[tuple[Key, str]]:
    """Every number of a release document; '' where none is shown."""
    for figure in document["figures"]:
        metric = f"{figure['id']}@{figure['version']}"
        yield (metric, "", ""), figure["printed"] or ""
        for month in figure["monthly"]:
            yield (metric, "month", month["month"]), month["printed"] or ""
        for table in figure["breakdowns"]:
            for row in table["rows"]:
                yield (metric, table["dimension"], row["code"]), row["printed"] or ""


def _table(path: Path) -> Iterator[tuple[Key, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                metric = f"{row.get('metric')}@{row.get('version')}"
                yield (metric, row.get("dimension") or "", _bare(row.get("code") or "")), row.get("figure") or ""


def _bare(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if re.match(r"'[=+\-@\t\r\0]", cell) else cell


class _Data(HTMLParser):
    """The `<data data-metric=…>` elements of a page, each with its attributes and the text within."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str], list[str]]] = []
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "data" and any(name == "data-metric" for name, _ in attrs):
            self.found.append(({name: value or "" for name, value in attrs}, []))
            self.is_open = True

    def handle_endtag(self, tag: str) -> None:
        self.is_open = self.is_open and tag != "data"

    def handle_data(self, data: str) -> None:
        if self.is_open:
            self.found[-1][1].append(data)


def _page(folder: Path, document: dict[str, Any], cells: dict[Key, str]) -> Iterator[str]:
    """Each number on the page says what it is of and where it comes from, and is that of figures.json; none is left out."""
    page = _Data()
    if (folder / "page.html").is_file():
        page.feed((folder / "page.html").read_text("utf-8", errors="replace"))
    source = {
        "data-release": document["release"]["id"],
        "data-window": document["window"],
        "data-sha256": sha256_of(folder / "figures.json")[:16],
    }
    shown = set()
    for said, text in page.found:
        key = (said["data-metric"], said.get("data-dimension", ""), said.get("data-code", ""))
        shown.add(key)
        expected = cells.get(key)
        if not expected or said.get("value") != expected or not _reads(expected, "".join(text)):
            yield f"page.html: {' '.join(key).strip()} is not as in figures.json"
        if any(said.get(name) != value for name, value in source.items()):
            yield f"page.html: {' '.join(key).strip()} is not of this release"
    for key, printed in cells.items():
        if printed and not key[1] and key not in shown:
            yield f"page.html: {key[0]} is not shown"


def _reads(printed: str, text: str) -> bool:
    """Whether a text is a printed number as people read it: thousands parted, unit beside it."""
    return re.sub(r"[^0-9.]", "", text).strip(".") == printed


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def signature_is_good(folder: Path) -> bool | None:
    """Whether the signature over SIGNED is the public key's; None when nothing on this machine can tell."""
    if not (folder / SIGNATURE).is_file() or not (folder / KEY).is_file():
        return False
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        return _good_by_openssl(folder)
    try:
        key = load_pem_public_key((folder / KEY).read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            return False
        key.verify((folder / SIGNATURE).read_bytes(), (folder / SIGNED).read_bytes())
    except (InvalidSignature, ValueError):
        return False
    return True


def _good_by_openssl(folder: Path) -> bool | None:
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", KEY, "-rawin", "-in", SIGNED, "-sigfile", SIGNATURE]
    try:
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return None
    if "Signature Verified Successfully" in ran.stdout:
        return True
    return None if "nknown option" in ran.stderr or "unsupported" in ran.stderr else False


def main() -> int:
    """Check the folder that was named, print what was found, give the exit code."""
    parser = argparse.ArgumentParser(description="Check a release of figures without network.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", default="", help="SHA-256 of public_key.pem as the force has made it known")
    asked = parser.parse_args()
    folder: Path = asked.folder
    found, is_good = list(problems(folder)), signature_is_good(folder)
    if is_good is False:
        found.append(f"{SIGNATURE}: not the public key's over {SIGNED}")
    key = sha256_of(folder / KEY) if (folder / KEY).is_file() else ""
    if asked.key and asked.key != key:
        found.append(f"{KEY}: not the key that was named")
    sys.stdout.writelines(f"{line}\n" for line in found)
    if found:
        return 1
    sys.stdout.write(f"Every file and number is as it was listed. Public key: {key}\n")
    if is_good is None:
        sys.stdout.write("NOT CHECKED: the signature. Install `cryptography` or OpenSSL 3 and run again.\n")
        return 2
    sys.stdout.write("Signed by that key, over the sign-offs of two people.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
