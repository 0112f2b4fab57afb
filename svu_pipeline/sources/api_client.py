"""A REST API behind OAuth client credentials: one request at a time, each with patience and within bounds.

Here: the token, what is worth asking again, TLS and redirects, whole bodies. Not here: how long to wait (`patience.py`)
nor what is asked for (`courts_api.py`). Nothing of an answer or an address's query is ever in a message.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx

from svu_pipeline.sources.json_text import MAX_PAGE
from svu_pipeline.sources.patience import Again, Patience, Told
from svu_pipeline.sources.place import ApiPlace
from svu_pipeline.sources.system import Unreadable

TOKEN = "oauth/token"  # noqa: S105 - the path at which one is asked for
MAX_REDIRECTS = 5
HERE = ("127.0.0.1", "::1", "localhost")
LATER = "Wait, then run again; if it lasts, ask the owner of the API."
CHECK_LOGIN = "Check the client's id and secret with the owner of the API."


class _TokenRefused(Exception):
    """Answer 401: the token has run out or was withdrawn."""


class ApiClient:
    """A client for one pull: it logs in when it must and waits no longer in all than the place's patience.

    Every method raises Unreadable: `insecure_url`, `untrusted_server`, `redirected_elsewhere`, `login_refused`,
    `api_refused`, `bad_page`, `limit`; and, where waiting may help, `no_answer`, `api_busy`, `api_failed`, `malformed`.
    """

    def __init__(self, place: ApiPlace) -> None:
        self.place = place
        self._base = _base(place)
        self._http = httpx.AsyncClient(
            verify=_trusted(place),
            timeout=place.timeout_seconds,
            trust_env=False,
            follow_redirects=False,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
        )
        self._token = ""
        self._patience = Patience(place.patience_seconds)
        for name in ("httpx", "httpcore"):  # they log addresses with their queries, and headers
            logging.getLogger(name).setLevel(logging.WARNING)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, query: Mapping[str, str], read: Callable[[bytes], Told]) -> tuple[bytes, Told]:
        """The body of an answer and what `read` makes of it; where `read` raises Again the request is repeated.

        A token that runs out is renewed once, and the same request is made again.
        """
        for _ in range(2):
            self._token = self._token or await self._login()
            try:
                return await self._patience.until_told(lambda: self._ask_page(path, query, read))
            except _TokenRefused:
                self._token = ""
        raise Unreadable("login_refused", "the API refuses the token that it has just given", CHECK_LOGIN)

    async def _ask_page(self, path: str, query: Mapping[str, str], read: Callable[[bytes], Told]) -> tuple[bytes, Told]:
        url = self._base.join(path).copy_merge_params(query)
        body = await self._answer("GET", url, headers={"Authorization": f"Bearer {self._token}"})
        return body, read(body)

    async def _login(self) -> str:
        """A token by client credentials, the client named by HTTP Basic as RFC 6749 (2.3.1) has every server take it."""
        client = httpx.BasicAuth(self.place.client_id, self.place.client_secret.read())
        form = {"grant_type": "client_credentials"}
        try:
            return await self._patience.until_told(lambda: self._ask_token(client, form))
        except _TokenRefused:
            raise Unreadable("login_refused", "the API refuses the client's credentials", CHECK_LOGIN) from None

    async def _ask_token(self, client: httpx.Auth, form: dict[str, str]) -> str:
        return _token_in(await self._answer("POST", self._base.join(TOKEN), auth=client, data=form))

    async def _answer(self, method: str, url: httpx.URL, **request: Any) -> bytes:
        """The whole body of a good answer. All of one request takes at most the place's timeout."""
        try:
            async with asyncio.timeout(self.place.timeout_seconds):
                return await self._followed(method, url, **request)
        except (httpx.TransportError, OSError) as error:
            if _is_untrusted(error):
                cure = "Check the address; name the authority that signs its certificate as the place's ca_file."
                raise Unreadable("untrusted_server", "the server's certificate is not trusted", cure) from None
            raise Again(Unreadable("no_answer", "the API did not answer whole", LATER, may_pass=True)) from None

    async def _followed(self, method: str, url: httpx.URL, **request: Any) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            async with self._http.stream(method, url, **request) as response:
                if not response.has_redirect_location:
                    return await _body(response)
                url = _redirected(method, url, response.headers["Location"])
        raise Unreadable("redirected_elsewhere", "the API redirects without end", "Check the place's url.")


def _base(place: ApiPlace) -> httpx.URL:
    """The address below which everything is asked for; plain HTTP is for this machine alone."""
    try:
        url = httpx.URL(place.url.rstrip("/") + "/")
    except httpx.InvalidURL:
        url = httpx.URL()
    if (url.scheme == "https" or (url.scheme == "http" and url.host in HERE)) and url.host and not url.userinfo:
        return url
    problem = "the API's address is not https, or holds a login"
    raise Unreadable("insecure_url", problem, "Write the place's url as https://host/path, and nothing else.")


def _trusted(place: ApiPlace) -> ssl.SSLContext:
    """TLS that is always verified: by the place's own authority alone where it names one."""
    if place.ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=place.ca_file)
    except OSError:
        cure = "Check that it is readable and holds certificates in PEM form."
        raise Unreadable("untrusted_server", f"the ca_file {place.ca_file} cannot be used", cure) from None


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether a certificate that did not verify is at the bottom of a failed connection."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _redirected(method: str, url: httpx.URL, location: str) -> httpx.URL:
    """Where an answer sends a reader on to; refused unless it is the same server, or when it carries credentials."""
    try:
        target = url.join(location)
    except httpx.InvalidURL:
        target = httpx.URL()
    if method == "GET" and (target.scheme, target.host, target.port) == (url.scheme, url.host, url.port):
        return target
    cure = "Check the place's url; if the API has moved, write its new address there."
    raise Unreadable("redirected_elsewhere", "the API redirects to another place", cure)


async def _body(response: httpx.Response) -> bytes:
    """The body of an answer of status 200 that calls itself JSON, within the bound and with its compression undone."""
    _check_status(response)
    if not _is_json(response.headers.get("Content-Type", "")):
        cure = "Check the place's url; the API may be down for maintenance, or want another login."
        raise Unreadable("bad_page", "the API answered with something that is not JSON", cure)
    raw = bytearray()
    async for chunk in response.aiter_raw():
        raw += chunk
        if len(raw) > MAX_PAGE:
            raise _too_large()
    return _decoded(bytes(raw), response.headers.get("Content-Encoding", "identity"))


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if status == httpx.codes.UNAUTHORIZED:
        raise _TokenRefused
    problem = f"the API answered with status {status}"
    if status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS):
        raise Again(Unreadable("api_busy", problem, LATER, may_pass=True), _retry_after(response.headers))
    if response.is_server_error:
        raise Again(Unreadable("api_failed", problem, LATER, may_pass=True), _retry_after(response.headers))
    raise Unreadable("api_refused", problem, "Check the place's url, and the client's rights with the API's owner.")


def _retry_after(headers: httpx.Headers) -> float:
    """Seconds that an answer asks to be left alone for: a number, or a date as seen by the server's own clock."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isdecimal():
        return float(asked)
    until = _http_date(asked)
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds()) if until else 0.0


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _decoded(raw: bytes, encoding: str) -> bytes:
    """A body without its compression; Again where the compressed form does not end as it must."""
    if encoding.lower() == "identity":
        return raw
    if encoding.lower() != "gzip":
        raise Unreadable("bad_page", "the API compresses in a way it was not asked to", "Tell the owner of the API.")
    inflater = zlib.decompressobj(wbits=31)
    try:
        body = inflater.decompress(raw, MAX_PAGE + 1)
    except zlib.error:
        body = b""
    if len(body) > MAX_PAGE:
        raise _too_large()
    if not inflater.eof:
        raise Again(Unreadable("malformed", "the compressed page is cut or damaged", LATER, may_pass=True))
    return body


def _too_large() -> Unreadable:
    return Unreadable("limit", f"a page is larger than {MAX_PAGE >> 20} MiB", "Set a smaller page_size.")


def _token_in(body: bytes) -> str:
    """The bearer token in the answer to a login."""
    try:
        content = json.loads(body)
    except ValueError:
        raise Again(Unreadable("malformed", "the answer to the login is not JSON", LATER, may_pass=True)) from None
    token = content.get("access_token") if isinstance(content, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise Unreadable("login_refused", "the API's answer to the login holds no token", CHECK_LOGIN)
    return token
