"""A release as anyone has it, checked by the script within it: any byte changed, anywhere, is found."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from svu_pipeline.release import offline
from svu_pipeline.release.folder import as_list, files_in
from svu_pipeline.release.signing import public_pem

pytestmark = pytest.mark.slow

Copy = Callable[[], Path]


@pytest.fixture(scope="module")
def whole(release_folder: Copy) -> Path:
    """A release that tests change and put back."""
    return release_folder()


def found_in(folder: Path) -> str | None:
    """The first thing that differs, the signature last."""
    first = next(offline.problems(folder), None)
    return first or (None if offline.signature_is_good(folder) else offline.SIGNATURE)


def run(folder: Path, *arguments: str, python: tuple[str, ...] = ("-I",)) -> tuple[int, str]:
    """The script of a release, run as anyone would: by another process, in its folder."""
    command = [sys.executable, *python, "verify.py", *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def sealed(folder: Path, key: Ed25519PrivateKey) -> None:
    """Sign what lies in a folder anew with a key, as a forger would."""
    (folder / offline.KEY).write_bytes(public_pem(key))
    for name in (offline.SUMS, offline.SIGNED):
        hashes = {file: offline.sha256_of(folder / file) for file in offline.listed(folder / name) or {}}
        (folder / name).write_text(as_list(hashes), encoding="utf-8", newline="\n")
    (folder / offline.SIGNATURE).write_bytes(key.sign((folder / offline.SIGNED).read_bytes()))


def test_a_release_is_verified_by_its_own_script_in_a_copied_folder(whole: Path) -> None:
    """Exit code 0, no package of ours on the path; the key's fingerprint is printed, and held against a known one."""
    key = hashlib.sha256((whole / offline.KEY).read_bytes()).hexdigest()
    code, said = run(whole)
    assert (code, key in said) == (0, True), said
    assert run(whole, "--key", key)[0] == 0
    assert run(whole, "--key", "0" * 64) == (1, f"{offline.KEY}: not the key that was named\n")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_byte_changed_anywhere_is_found(whole: Path, data: st.DataObject) -> None:
    """In any file at any place, by any bit: contents, lists, sign-offs, terms, key, signature, script."""
    name, path = data.draw(st.sampled_from(list(files_in(whole))), label="file")
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1), label="place")
    flipped = data.draw(st.integers(1, 255), label="bits")
    path.write_bytes(content[:place] + bytes([content[place] ^ flipped]) + content[place + 1 :])
    try:
        assert found_in(whole) is not None, name
    finally:
        path.write_bytes(content)
    assert offline.signature_is_good(whole)


def test_every_file_changed_cut_or_gone_is_found(whole: Path) -> None:
    """File by file: the last byte changed, one more, one less, the file gone."""
    for name, path in list(files_in(whole)):
        content = path.read_bytes()
        for changed in (content[:-1] + bytes([content[-1] ^ 1]), content + b"\n", content[:-1], None):
            path.unlink()
            if changed is not None:
                path.write_bytes(changed)
            assert found_in(whole) is not None, name
            path.write_bytes(content)
    assert found_in(whole) is None


@pytest.mark.parametrize("extra", ["more.txt", "signoffs/director.json", ".hidden", "more/figures.csv"])
def test_a_file_too_many_is_found(whole: Path, extra: str) -> None:
    (whole / extra).parent.mkdir(exist_ok=True)
    (whole / extra).write_text("more", encoding="utf-8")
    try:
        assert found_in(whole) == f"{extra}: does not belong to the release"
    finally:
        (whole / extra).unlink()


def test_a_link_in_the_place_of_a_file_is_found(release_folder: Copy, tmp_path: Path) -> None:
    """What it leads to could change later."""
    folder = release_folder()
    shutil.move(folder / "text.md", tmp_path / "text.md")
    (folder / "text.md").symlink_to(tmp_path / "text.md")
    assert found_in(folder) == "text.md: missing"


def test_a_release_signed_anew_by_another_has_another_key(release_folder: Copy) -> None:
    """A forger can sign anything with a key of their own: it is not the one that the force has made known."""
    folder = release_folder()
    known = offline.sha256_of(folder / offline.KEY)
    sealed(folder, Ed25519PrivateKey.generate())
    assert run(folder)[0] == 0
    assert run(folder, "--key", known) == (1, f"{offline.KEY}: not the key that was named\n")


def test_one_digit_changed_fails_though_every_hash_is_made_again(release_folder: Copy) -> None:
    """G9: the sign-offs are over the list as it was, and page, tables and figures no longer say the same."""
    for name, before, after in (
        ("figures.csv", b",440,", b",441,"),
        ("page.html", b'value="440"', b'value="441"'),
        ("figures.json", b'"printed": "440"', b'"printed": "441"'),
    ):
        folder = release_folder()
        content = (folder / name).read_bytes()
        assert before in content
        (folder / name).write_bytes(content.replace(before, after, 1))
        sealed(folder, Ed25519PrivateKey.generate())
        found = list(offline.problems(folder))
        assert "signoffs: not over what lies here" in found
        assert [line for line in found if line.startswith(("figures.csv", "breakdowns.csv", "page.html"))], found


def test_sign_offs_are_two_peoples(release_folder: Copy) -> None:
    """One name in both files, or one role twice, is found even where every hash fits."""
    for field, words in (("name", "signoffs: not by two people"), ("role", "signoffs: not one of each role")):
        folder = release_folder()
        first, second = (folder / name for name in offline.SIGN_OFFS)
        said = json.loads(second.read_text("utf-8"))
        second.write_text(json.dumps({**said, field: json.loads(first.read_text("utf-8"))[field]}), encoding="utf-8")
        sealed(folder, Ed25519PrivateKey.generate())
        assert words in list(offline.problems(folder))


def test_the_page_is_checked_number_by_number(release_folder: Copy) -> None:
    """A number whose text is not its value, one of another release, and a headline that is left out."""
    folder = release_folder()
    page = folder / "page.html"
    content = page.read_text("utf-8")
    assert list(offline.numbers(folder)) == []
    for before, after in ((">440<", ">404<"), ('data-release="2023-11.1"', 'data-release="2022-11.1"')):
        assert before in content
        page.write_text(content.replace(before, after, 1), encoding="utf-8")
        assert list(offline.numbers(folder)), after
    page.write_text(content.replace('data-metric="warrants_executed@1"', ""), encoding="utf-8")
    assert "page.html: warrants_executed@1 is not shown" in list(offline.numbers(folder))


def test_without_the_package_openssl_checks_the_signature(whole: Path) -> None:
    """`-S` leaves only the standard library; the verdict is the same, good and bad."""
    assert run(whole, python=("-I", "-S"))[0] == 0
    signature = (whole / offline.SIGNATURE).read_bytes()
    (whole / offline.SIGNATURE).write_bytes(bytes(64))
    try:
        assert run(whole, python=("-I", "-S"))[0] == 1
    finally:
        (whole / offline.SIGNATURE).write_bytes(signature)


def test_where_nothing_can_check_the_signature_the_script_says_so(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, never 0."""
    monkeypatch.setenv("PATH", "")
    code, said = run(whole, python=("-I", "-S"))
    assert (code, "NOT CHECKED" in said) == (2, True)
