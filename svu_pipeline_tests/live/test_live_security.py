"""S10, S15, S16: whom the live transports talk to, and what they never say of it."""

from __future__ import annotations

import ipaddress
import logging
import re
import ssl
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import svu_pipeline
from svu_pipeline.demo.live.courts_server import Answer, Request, Respond, as_it_is, courts_server
from svu_pipeline.demo.live.done import mark_delivered
from svu_pipeline.demo.live.sftp_server import SftpServer, sftp_server
from svu_pipeline.sources import patience
from svu_pipeline.sources.courts_api import pull
from svu_pipeline.sources.place import ApiPlace, Secret, SecretMissing
from svu_pipeline.sources.sftp_folder import mirror
from svu_pipeline.sources.system import Unreadable
from svu_pipeline_tests.live import misbehaving as wrong
from svu_pipeline_tests.live.peers import (
    CLIENT,
    SECRET,
    SECRET_NAME,
    api_place,
    items_in,
    sftp_place,
    write_hearings,
)
from svu_pipeline_tests.tally import count

SINCE = "2023-01-02T03:04:05Z"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.01)
    monkeypatch.setenv(SECRET_NAME, SECRET)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """An extract folder of court hearings, marked as delivered."""
    root = write_hearings(tmp_path / "sources", range(12))
    mark_delivered(root)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "here"
    place.mkdir()
    return place


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that only its own key has signed, and that key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "courts.test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "server.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_s15_an_unknown_host_key_is_told_nothing(sources: Path, folder: Path) -> None:
    """S15: a server that shows another key, of the same kind or not, never comes to ask for a login."""
    tried = 0
    for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256"):
        pinned = asyncssh.generate_private_key(kind).export_public_key().decode().strip()
        with sftp_server(sources, SftpServer(CLIENT, SECRET)) as server:
            with pytest.raises(Unreadable) as error:
                mirror(sftp_place(server, host_keys=(pinned,)), folder)
            tried += server.logins
        assert (error.value.code, error.value.may_pass) == ("unknown_host_key", False)
    count("S15", int(tried == 0), 1, "another key: no login begun, no user named")
    assert tried == 0 and not any(folder.iterdir())


@pytest.mark.parametrize("host_keys", [(), ("ssh-ed25519 not-a-key",)])
def test_s15_without_a_known_key_nothing_is_opened(
    sources: Path, folder: Path, host_keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """S15: no key, or one that cannot be read, is not taken for any key; the account's own known_hosts are not asked."""
    home = folder.parent / "home"
    (home / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    with sftp_server(sources, SftpServer(CLIENT, SECRET)) as server:
        (home / ".ssh" / "known_hosts").write_text(f"* {server.public_key}\n", "utf-8")
        with pytest.raises(Unreadable) as error:
            mirror(sftp_place(server, host_keys=host_keys), folder)
        assert error.value.code == "unknown_host_key" and server.logins == 0
        server.url = "sftp://127.0.0.1:1"  # where nobody listens: no connection is so much as tried
        with pytest.raises(Unreadable) as error:
            mirror(sftp_place(server, host_keys=host_keys), folder)
        assert error.value.code == "unknown_host_key"


def test_s15_a_key_is_rotated_by_naming_both(sources: Path, folder: Path) -> None:
    """S15: with the old and the new key known, the server may show either."""
    old, new = SftpServer(CLIENT, SECRET), SftpServer(CLIENT, SECRET)
    for server in (old, new):
        with sftp_server(sources, server):
            mirror(sftp_place(server, host_keys=(old.public_key, new.public_key)), folder)
    assert items_in_mirror(folder) == items_in_mirror(sources)


def items_in_mirror(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_login_by_key(sources: Path, folder: Path, tmp_path: Path) -> None:
    """The place's own key file logs in; another, or a wrong password, is refused and not tried again."""
    key, other = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(tmp_path / "key")
    other.write_private_key(tmp_path / "other")
    authorized = asyncssh.import_public_key(key.export_public_key())
    with sftp_server(sources, SftpServer(CLIENT, "", authorized_key=authorized)) as server:
        mirror(sftp_place(server, password=None, key_file=tmp_path / "key"), folder)
        assert items_in_mirror(folder) == items_in_mirror(sources)
        for name in ("other", "no such file"):
            with pytest.raises(Unreadable) as error:
                mirror(sftp_place(server, password=None, key_file=tmp_path / name), folder)
            assert error.value.code == "login_refused"
    with sftp_server(sources, SftpServer(CLIENT, "another")) as server:
        with pytest.raises(Unreadable) as error:
            mirror(sftp_place(server), folder)
        assert error.value.code == "login_refused" and server.logins == 1


def test_s16_a_certificate_nobody_vouches_for_is_refused(sources: Path, folder: Path, certificate: Path) -> None:
    """S16: a self-signed server is told nothing; with its certificate as ca_file it is pulled from."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with courts_server(sources, CLIENT, SECRET, tls=context) as server:
        with pytest.raises(Unreadable) as error:
            pull(api_place(server), None, folder)
        told_nothing = error.value.code == "untrusted_server" and server.requests == []
        pull(api_place(server, ca_file=certificate), None, folder)
        count("S16", int(told_nothing), 1, "self-signed")
        assert told_nothing and not error.value.may_pass
        assert len(items_in(folder)) == 12


def test_s16_a_certificate_of_another_name_is_refused(sources: Path, folder: Path, certificate: Path) -> None:
    """S16: a trusted authority is not enough: the certificate must be the host's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with courts_server(sources, CLIENT, SECRET, tls=context) as server:
        server.url = server.url.replace("127.0.0.1", "localhost")
        with pytest.raises(Unreadable) as error:
            pull(api_place(server, ca_file=certificate), None, folder)
        assert error.value.code == "untrusted_server" and server.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "//169.254.169.254/",
        "http://127.0.0.1:1/v1/hearings",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "http://[",
    ],
)
def test_s16_redirects_elsewhere_are_refused(sources: Path, folder: Path, location: str) -> None:
    """S16: another host, port or scheme is not followed, and where it led is not said."""
    error, _ = _refused(sources, folder, wrong.some((2,), wrong.elsewhere(location)))
    count("S16", int(error.code == "redirected_elsewhere"), 1, "redirect")
    assert error.code == "redirected_elsewhere" and not error.may_pass
    assert "169.254" not in str(error)


def test_s16_another_name_of_the_same_machine_is_elsewhere(sources: Path, folder: Path) -> None:
    """S16: the host is compared as it is written: a token is not shown to whatever else a name may lead to."""

    def redirecting(request: Request, answer: Answer) -> Answer:
        port = server.url.rpartition(":")[2]
        return wrong.elsewhere(f"http://localhost:{port}/v1/hearings")(answer) if request.method == "GET" else answer

    with courts_server(sources, CLIENT, SECRET, redirecting) as server, pytest.raises(Unreadable) as error:
        pull(api_place(server), None, folder)
    assert error.value.code == "redirected_elsewhere" and len(server.requests) == 2


def test_s16_redirects_within_the_server_are_followed(sources: Path, folder: Path) -> None:
    """S16: the same host, port and scheme is; without end it is refused; a login is never sent on."""
    with courts_server(
        sources, CLIENT, SECRET, wrong.some((2,), wrong.elsewhere("/v1/hearings?page_size=12"))
    ) as server:
        pull(api_place(server, page_size=12), None, folder)
        pull(api_place(server, page_size=12), None, folder)
        assert len(items_in(folder)) == 12
    error, server = _refused(sources, folder, wrong.on_every_page(wrong.elsewhere("/v1/hearings")))
    assert error.code == "redirected_elsewhere" and len(server.requests) == 1 + 6
    error, server = _refused(sources, folder, lambda _, __: wrong.elsewhere("/oauth/token2")(Answer(302)))
    assert error.code == "redirected_elsewhere" and len(server.requests) == 1


def _refused(sources: Path, folder: Path, respond: Respond) -> tuple[Unreadable, Any]:
    with courts_server(sources, CLIENT, SECRET, respond) as server, pytest.raises(Unreadable) as error:
        pull(api_place(server, page_size=5), None, folder)
    return error.value, server


@pytest.mark.parametrize(
    "url",
    ["http://courts.example", "http://127.0.0.1.example", "ftp://127.0.0.1", "courts", "https://a:b@c", "http://["],
)
def test_s16_an_address_that_is_not_https_is_refused(folder: Path, url: str) -> None:
    """S16: plain HTTP is for this machine alone, and an address holds no login."""
    with pytest.raises(Unreadable) as error:
        pull(ApiPlace(url, CLIENT, Secret(SECRET_NAME)), None, folder)
    assert error.value.code == "insecure_url"


def test_s16_verification_is_nowhere_turned_off() -> None:
    """S16: no line of the package turns off the verification of a certificate or of a host key."""
    forbidden = re.compile(r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False|known_hosts\"?\s*[:=]\s*None")
    package = Path(svu_pipeline.__file__).parent
    found = [file.name for file in package.rglob("*.py") if forbidden.search(file.read_text("utf-8"))]
    assert found == []


def test_s10_no_secret_is_said(
    sources: Path, folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """S10: pulls and mirrors, good and bad, with every logger at its loudest, tell no secret, token, query or value."""
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    tokens: list[str] = []
    responds: list[Respond] = [
        as_it_is,
        wrong.on_every_page(wrong.status(503)),
        wrong.on_every_page(wrong.status(401)),
        wrong.on_every_page(wrong.reset),
        wrong.on_every_page(wrong.body(b'{"error": "ZZSENTINEL_NAME"}')),
        wrong.on_every_page(wrong.body(b'["ZZSENTINEL_NAME"', "application/json")),
        lambda *_: Answer(200, b'{"access_token": ["ZZSENTINEL_NAME"]}'),
    ]
    for respond in responds:
        with courts_server(sources, CLIENT, SECRET, respond) as server:
            said.append(_said(lambda: pull(api_place(server), SINCE, folder)))
            tokens += server.tokens
    for password in (SECRET, "another"):
        with sftp_server(sources, SftpServer(CLIENT, password)) as sftp:
            said.append(_said(lambda: mirror(sftp_place(sftp), folder)))
    captured = capfd.readouterr()
    text = "\n".join([caplog.text, captured.out, captured.err, *said])
    unsaid = [SECRET, SINCE, "updated_since", "cursor=", "ZZSENTINEL", "Ünal", *tokens]
    leaked = [word for word in unsaid if word in text]
    count("S10", int(not leaked), 1, "courts API and SFTP")
    assert not leaked and len(tokens) >= len(responds) - 1


def _said(act: Any) -> str:
    """The traceback of what an action raises, as an entry point or Dagster would print it."""
    try:
        act()
    except Unreadable:
        return traceback.format_exc()
    return ""


def test_s10_a_missing_secret_is_named_by_its_place(
    sources: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S10: neither server is spoken to without the secret; the error names the variable."""
    monkeypatch.delenv(SECRET_NAME)
    with courts_server(sources, CLIENT, SECRET) as api, pytest.raises(SecretMissing, match=SECRET_NAME):
        pull(api_place(api), None, folder)
    with sftp_server(sources, SftpServer(CLIENT, SECRET)) as sftp, pytest.raises(SecretMissing, match=SECRET_NAME):
        mirror(sftp_place(sftp), folder)
    assert api.requests == [] and sftp.logins == 0
