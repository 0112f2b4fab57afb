"""Cases of compressed files, B35 to B38: a property file within a `.gz` or `.zip`."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
from collections import defaultdict
from collections.abc import Mapping

from svu_pipeline_tests.bad_input.case import A, Case, F, Spoil
from svu_pipeline_tests.bad_input.csv_cases import PROPERTY, exhibit, exhibits
from svu_pipeline_tests.oracle.cases.builder import Extract

NAME = "property_20240102.csv"
CONTENT = exhibits(exhibit(), *(exhibit(exhibit_ref=f"EX{number}") for number in range(200)))
BOMB = exhibits(*[exhibit()] * 60_000)
PACKED = gzip.compress(CONTENT, mtime=0)


def zipped(members: Mapping[str, bytes], *, mode: int = 0) -> bytes:
    """A zip of members by name, all with one file mode."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return target.getvalue()


def encrypted(content: bytes) -> bytes:
    """The same zip, its member marked as encrypted in both places that say so."""
    marked = bytearray(content)
    marked[marked.index(b"PK\x03\x04") + 6] |= 1
    marked[marked.index(b"PK\x01\x02") + 8] |= 1
    return bytes(marked)


def instead(ending: str, content: bytes) -> Spoil:
    """The extract with a compressed property file in the place of the plain one."""

    def spoil(extract: Extract) -> None:
        extract.exhibits = defaultdict(list, {"20230101": []})
        extract.files[PROPERTY + ending] = content

    return spoil


def case(row: str, what: str, ending: str, content: bytes, code: str) -> Case:
    return Case(row, what, "property", instead(ending, content), F, code)


ZIP = zipped({NAME: CONTENT})
FLIPPED = ZIP[:60] + bytes([ZIP[60] ^ 0xFF]) + ZIP[61:]

CASES = (
    Case("B35", "a sound .gz", "property", instead(".gz", PACKED), A, dataset="exhibit", values={"exhibit_ref": "EX7"}),
    Case("B35", "a sound .zip", "property", instead(".zip", ZIP), A, dataset="exhibit", values={"exhibit_ref": "EX7"}),
    case("B35", "a .gz cut short", ".gz", PACKED[:-20], "corrupt_archive"),
    case(
        "B35", "a .gz whose checksum does not hold", ".gz", PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], "corrupt_archive"
    ),
    case("B35", "a .gz that is none", ".gz", CONTENT, "corrupt_archive"),
    case("B35", "a .zip cut short", ".zip", ZIP[:-20], "corrupt_archive"),
    case("B35", "a .zip with a flipped byte", ".zip", FLIPPED, "corrupt_archive"),
    case("B36", "a .gz bomb", ".gz", gzip.compress(BOMB), "archive_limit"),
    case("B36", "a .zip bomb", ".zip", zipped({NAME: BOMB}), "archive_limit"),
    case("B36", "a .zip in a .zip", ".zip", zipped({"inner.zip": ZIP}), "archive_limit"),
    case("B36", "a .gz in a .gz", ".gz", gzip.compress(PACKED), "archive_limit"),
    case("B37", "a path that climbs", ".zip", zipped({"../" + NAME: CONTENT}), "unsafe_path"),
    case("B37", "an absolute path", ".zip", zipped({"/etc/" + NAME: CONTENT}), "unsafe_path"),
    case("B37", "a path with a drive", ".zip", zipped({"C:\\" + NAME: CONTENT}), "unsafe_path"),
    case("B37", "a symbolic link", ".zip", zipped({NAME: b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777), "unsafe_path"),
    case("B38", "an encrypted member", ".zip", encrypted(ZIP), "unexpected_member"),
    case("B38", "two members", ".zip", zipped({NAME: CONTENT, "other.csv": CONTENT}), "unexpected_member"),
    case("B38", "no member", ".zip", zipped({}), "unexpected_member"),
)
