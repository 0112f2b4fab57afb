"""F20–F23: an SFTP folder mirrored from a real server: nothing half, nothing changed underway, nothing twice."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import os
import threading
import time
from collections.abc import AsyncIterator
from io import FileIO
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import asyncssh
import pytest

from svu_pipeline.demo.live.done import mark_delivered
from svu_pipeline.demo.live.sftp_server import ReadOnlyFiles, SftpServer, sftp_server
from svu_pipeline.sources import patience
from svu_pipeline.sources.sftp_folder import mirror
from svu_pipeline.sources.system import Unreadable
from svu_pipeline_tests.live.peers import CLIENT, SECRET, SECRET_NAME, sftp_place
from svu_pipeline_tests.tally import count

LARGE = 2_000_000
"""Bytes of the file that things happen to while it is fetched: several pieces of the client's."""


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.01)
    monkeypatch.setenv(SECRET_NAME, SECRET)


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """What has been delivered: two files in folders, one of them large, each with its marker."""
    root = tmp_path / "there"
    (root / "property").mkdir(parents=True)
    (root / "property" / "property_20240101.csv").write_bytes(Random(1).randbytes(LARGE))
    (root / "safeguarding").mkdir()
    (root / "safeguarding" / "safeguarding_20240101.xml").write_bytes(b"<safeguarding-return/>")
    for file in root.rglob("*.*"):
        os.utime(file, (1_704_100_000, 1_704_100_000))
    mark_delivered(root)
    return root


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


@pytest.fixture
def large(there: Path) -> Path:
    return there / "property" / "property_20240101.csv"


class Watched(ReadOnlyFiles):
    """A server that notes the files it opens, and calls `up_to` before it gives a piece of one that is no marker."""

    opened: ClassVar[list[str]] = []

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        type(self).opened.append(path.decode())
        return super().open(path, pflags, attrs)

    async def up_to(self, end: int) -> None:
        """Nothing happens on the way to that byte."""

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        assert isinstance(file_obj, FileIO)
        file_obj.seek(offset)
        data = file_obj.read(size)
        if not os.fsdecode(file_obj.name).endswith(".done"):
            await self.up_to(offset + len(data))
        return data


@pytest.fixture(autouse=True)
def nothing_opened() -> None:
    Watched.opened.clear()


def mirrored(there: Path, here: Path, files: type[ReadOnlyFiles] = Watched, **terms: Any) -> None:
    with sftp_server(there, SftpServer(CLIENT, SECRET), files) as server:
        mirror(sftp_place(server, **terms), here)


def refusal(there: Path, here: Path, files: type[ReadOnlyFiles] = Watched, **terms: Any) -> Unreadable:
    with pytest.raises(Unreadable) as error:
        mirrored(there, here, files, **terms)
    return error.value


def contents(root: Path) -> dict[str, bytes]:
    """Every file below a folder by its path."""
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def fetched() -> list[str]:
    """The names of the files, markers left out, that the server was asked to open."""
    return [name.rpartition("/")[2] for name in Watched.opened if not name.endswith(".done")]


def deliver(path: Path, content: bytes, *, mtime: int | None = None) -> None:
    """A file and its marker, as a careful sender writes them: the old marker goes first, the new one comes last."""
    marker = path.with_name(path.name + ".done")
    marker.unlink(missing_ok=True)
    path.write_bytes(content)
    if mtime is not None:
        os.utime(path, (mtime, mtime))
    promise = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    marker.write_text(json.dumps(promise), "utf-8")


def test_a_mirror_is_the_same_and_fetches_once(there: Path, here: Path) -> None:
    """All that is delivered, byte for byte and with its time of change; a second time nothing but markers is read."""
    mirrored(there, here)
    assert contents(here) == contents(there) and len(fetched()) == 2
    for name in ("property/property_20240101.csv", "safeguarding/safeguarding_20240101.xml"):
        assert int((here / name).stat().st_mtime) == int((there / name).stat().st_mtime)
    mirrored(there, here)
    assert contents(here) == contents(there) and len(fetched()) == 2


def test_what_is_gone_there_is_removed_here(there: Path, here: Path, large: Path) -> None:
    """A file taken away, and one whose marker was taken away, are no longer delivered; an empty folder goes too."""
    mirrored(there, here)
    large.unlink()
    large.with_name(large.name + ".done").unlink()
    (there / "safeguarding" / "safeguarding_20240101.xml.done").unlink()
    mirrored(there, here)
    assert contents(here) == {} and not (here / "property").exists()


def test_a_folder_within_the_server_can_be_the_place(there: Path, here: Path) -> None:
    """The url's path is the folder that is mirrored; one that is not there is no delivery."""
    with sftp_server(there, SftpServer(CLIENT, SECRET)) as server:
        server.url += "/safeguarding"
        mirror(sftp_place(server), here)
        assert contents(here) == contents(there / "safeguarding")
        server.url += "-not"
        with pytest.raises(Unreadable) as error:
            mirror(sftp_place(server), here)
    assert error.value.code == "no_delivery"


def test_f20_no_file_is_picked_up_half_written(there: Path, here: Path) -> None:
    """F20: fifty writers append slowly and mark when done; polled each 100 ms, none is seen before it is whole."""
    whole = {f"operations/operations_2024{n:04d}.jsonl": Random(n).randbytes(4_000) for n in range(50)}
    (there / "operations").mkdir()
    thread = threading.Thread(target=_write_slowly, args=(there, whole))
    early, polls = set(), 0
    thread.start()
    with sftp_server(there, SftpServer(CLIENT, SECRET)) as server:
        while thread.is_alive():
            mirror(sftp_place(server), here)
            polls += 1
            seen = contents(here)
            early |= {name for name, content in whole.items() if seen.get(name, content) != content}
            time.sleep(0.1)
        mirror(sftp_place(server), here)
    count("F20", len(whole) - len(early), len(whole), "fifty writers at once, polled each 100 ms")
    assert not early and polls > 3
    assert contents(here) == contents(there)


def _write_slowly(root: Path, whole: dict[str, bytes]) -> None:
    """Twenty pieces each, at a pace of its own, so that they end at different times; every third marker is empty."""
    pieces = {name: [content[at : at + 200] for at in range(0, len(content), 200)] for name, content in whole.items()}
    chance = Random(7)
    while pieces:
        for name in [name for name in pieces if chance.random() < 0.5]:
            with (root / name).open("ab") as file:
                file.write(pieces[name].pop(0))
            if not pieces[name]:
                del pieces[name]
                promise = {"size": len(whole[name]), "sha256": hashlib.sha256(whole[name]).hexdigest()}
                text = "" if len(pieces) % 3 == 0 else json.dumps(promise)
                (root / f"{name}.done").write_text(text, "utf-8")
        time.sleep(0.05)


@pytest.mark.parametrize("percent", [10, 50, 90])
@pytest.mark.parametrize("how", ["replaced", "cut", "grown"])
@pytest.mark.parametrize("is_promised", [True, False], ids=["promised", "empty marker"])
def test_f21_a_file_that_changes_underway_is_not_kept(
    there: Path, here: Path, large: Path, how: str, percent: int, is_promised: bool
) -> None:
    """F21: replaced, cut or grown while it is fetched: refused, and what was here before or nothing stands."""
    if not is_promised:
        large.with_name(large.name + ".done").write_bytes(b"")
    whole = large.read_bytes()

    class Changing(Watched):
        done = False

        async def up_to(self, end: int) -> None:
            if end >= LARGE * percent // 100 and not Changing.done:
                Changing.done = True
                _change(large, how)

    error = refusal(there, here, Changing)
    kept = (here / "property" / large.name).exists()
    count("F21", int(error.code == "file_changed" and not kept), 1)
    assert (error.code, error.may_pass) == ("file_changed", True) and not kept
    deliver(large, whole)
    mirrored(there, here)
    assert contents(here) == contents(there)


def _change(file: Path, how: str) -> None:
    if how == "replaced":
        other = file.with_name(".other")
        other.write_bytes(b"x" * LARGE)
        os.utime(other, (1, 1))
        other.replace(file)
    else:
        os.truncate(file, LARGE // 20 if how == "cut" else LARGE + 5)


def test_f21_a_file_of_another_size_than_promised_is_not_fetched(there: Path, here: Path, large: Path) -> None:
    """F21: a file that is being delivered anew beside its old marker is refused before a byte of it is read."""
    os.truncate(large, 100)
    error = refusal(there, here)
    assert (error.code, error.may_pass) == ("file_changed", True) and large.name not in fetched()


def test_bytes_that_are_not_those_promised_are_fetched_once_more(there: Path, here: Path, large: Path) -> None:
    """A transfer that is damaged once is mended by a second; twice, and the file is refused, and nothing of it is kept."""

    class Damaging(Watched):
        left = 1

        async def read(self, file_obj: object, offset: int, size: int) -> bytes:
            data = await super().read(file_obj, offset, size)
            if offset == 0 and len(data) > 1000 and Damaging.left > 0:
                Damaging.left -= 1
                return b"?" + data[1:]
            return data

    mirrored(there, here, Damaging)
    assert contents(here) == contents(there) and fetched().count(large.name) == 2
    deliver(large, large.read_bytes(), mtime=1_700_000_000)
    before = contents(here)["property/property_20240101.csv"]
    Damaging.left = 2
    error = refusal(there, here, Damaging)
    assert (error.code, error.may_pass) == ("corrupt_transfer", True)
    assert contents(here)["property/property_20240101.csv"] == before


def test_f22_the_same_name_with_other_bytes_is_fetched(there: Path, here: Path, large: Path) -> None:
    """F22: of the same size and time of change, only the marker tells that a file was delivered anew."""
    mirrored(there, here)
    mtime = int(large.stat().st_mtime)
    deliver(large, bytes(LARGE), mtime=mtime)
    mirrored(there, here)
    count("F22", int(contents(here) == contents(there)), 1, "same name, new content, same size and time")
    assert contents(here) == contents(there)


@pytest.mark.parametrize("percent", [1, 25, 50, 75, 99])
def test_f23_a_connection_that_drops_is_taken_up_again(
    there: Path, here: Path, large: Path, percent: int, caplog: pytest.LogCaptureFixture
) -> None:
    """F23: killed at five places of a transfer, the file arrives whole all the same, and no traceback is logged."""

    class Dropping(Watched):
        left = 2

        async def up_to(self, end: int) -> None:
            if end >= LARGE * percent // 100 and Dropping.left:
                Dropping.left -= 1
                self.connection.abort()

    mirrored(there, here, Dropping)
    count("F23", int(contents(here) == contents(there)), 1)
    assert contents(here) == contents(there) and fetched().count(large.name) == 3
    gc.collect()
    assert "Traceback" not in caplog.text


def test_f23_a_server_that_never_answers_to_the_end_is_given_up(
    there: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F23, F08: dropped each time, or hanging for ever: refused within its bounds, and waiting may help."""
    monkeypatch.setattr(patience, "RETRIES", 1)

    class Dropping(Watched):
        async def up_to(self, end: int) -> None:
            if end > 1000:
                self.connection.abort()

    class Hanging(Watched):
        async def up_to(self, _end: int) -> None:
            await asyncio.sleep(60)

    for files, seconds in ((Dropping, 5.0), (Hanging, 0.5)):
        begun = time.monotonic()
        error = refusal(there, here, files, timeout_seconds=seconds)
        assert (error.code, error.may_pass) == ("no_answer", True)
        assert time.monotonic() - begun < 6
    assert not any(file.suffix in (".csv", ".aside") for file in here.rglob("*"))


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "..\\evil.csv", "a\x00b.csv", "a\nb.csv", "a\u202eb.csv", "a" * 201]
)
def test_names_that_lead_elsewhere_are_refused(there: Path, here: Path, name: str) -> None:
    """A server that lists a path in place of a name, or a name that cannot be shown, gets no file written."""

    class Lying(Watched):
        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            async for entry in super().scandir(path):
                yield entry
            attrs = asyncssh.SFTPAttrs(type=asyncssh.FILEXFER_TYPE_REGULAR, permissions=0o100644, size=1, mtime=1)
            for end in ("", ".done"):
                yield asyncssh.SFTPName(name.encode() + end.encode(), attrs=attrs)

    error = refusal(there, here, Lying)
    assert error.code == "unsafe_path" and "evil" not in str(error) and not here.exists()


@pytest.mark.parametrize("is_listed_as_file", [False, True])
def test_links_are_not_followed(there: Path, here: Path, tmp_path: Path, is_listed_as_file: bool) -> None:
    """A link in the folder is refused wherever it leads, also one that takes a file's place once it has been listed."""
    (tmp_path / "outside.csv").write_bytes(b"outside")
    link = there / "property" / "property_20240102.csv"
    link.symlink_to(tmp_path / "outside.csv")
    link.with_name(link.name + ".done").write_bytes(b"")

    class Listing(Watched):
        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            async for entry in super().scandir(path):
                if is_listed_as_file and os.fsdecode(entry.filename) == link.name:
                    entry.attrs = asyncssh.SFTPAttrs(permissions=0o100644, size=7, mtime=1)
                yield entry

    assert refusal(there, here, Listing).code == "unsafe_path"
    assert link.name not in fetched() and not (here / "property" / link.name).exists()


@pytest.mark.parametrize(
    "marker",
    [b"[]", b"done", b'{"size": -1}', b'{"size": "12"}', b'{"sha256": "abc"}', b'{"rows": 1.5}', b"{" * 70_000],
)
def test_a_marker_of_another_form_is_refused(there: Path, here: Path, large: Path, marker: bytes) -> None:
    """A marker is empty, or JSON with a size, a SHA-256 and rows that can be such."""
    large.with_name(large.name + ".done").write_bytes(marker)
    assert refusal(there, here).code == "bad_marker"


def test_a_marker_without_its_file_is_refused(there: Path, here: Path, large: Path) -> None:
    """What a marker announces is missing: not a smaller delivery, and waiting may help."""
    large.unlink()
    error = refusal(there, here)
    assert (error.code, error.may_pass) == ("incomplete_delivery", True)


def test_the_demonstration_server_is_only_read_from(there: Path) -> None:
    """Whatever would change a file is refused by it, and nothing outside its folder can be named."""

    async def tried(server: SftpServer) -> None:
        known = asyncssh.import_public_key(server.public_key)
        options = asyncssh.SSHClientConnectionOptions(
            username=CLIENT, password=SECRET, known_hosts=([known], [], []), config=None, agent_path=None
        )
        port = int(server.url.rpartition(":")[2])
        connecting = asyncssh.connect("127.0.0.1", port, options=options)
        async with connecting as connection, connection.start_sftp_client() as sftp:
            for attempt in (sftp.remove("property/property_20240101.csv"), sftp.mkdir("x"), sftp.open("y", "wb")):
                with pytest.raises(asyncssh.SFTPPermissionDenied):
                    await attempt
            assert not await sftp.exists("/../../etc/passwd")

    before = contents(there)
    with sftp_server(there, SftpServer(CLIENT, SECRET)) as server:
        asyncio.run(tried(server))
    assert contents(there) == before
