"""The courts' API over an extract folder: OAuth client credentials and cursor paging, as sources.md (3) describes them.

Here: what a well-behaved API does. Not here: any way of going wrong, which whoever serves it may put in as `respond`.
"""

from __future__ import annotations

import base64
import json
import secrets
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN_SECONDS = 900
LARGEST_PAGE = 1000
KEPT_PULLS = 8
"""Pulls under way that the server remembers; a cursor of an older one is refused."""


@dataclass(frozen=True)
class Request:
    """What was asked: the path, the query and form parameters (the first of each name), and the login if any."""

    method: str
    path: str
    parameters: dict[str, str]
    authorization: str


@dataclass(frozen=True)
class Answer:
    """What is sent, to the byte: `Content-Length` is added only where the headers have none."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


Respond = Callable[[Request, Answer], Answer]
"""What is really sent in place of an answer; a ConnectionError that it raises drops the connection unanswered."""


def as_it_is(_: Request, answer: Answer) -> Answer:
    """The answer that the API gives."""
    return answer


class CourtsServer:
    """The API of one folder's `courts/hearings-*.json`; each pull reads the folder anew and keeps what it read.

    `tokens` are those given out with the moment they expire, `requests` what was asked; both are there to be looked at.
    """

    def __init__(self, folder: Path, client_id: str, client_secret: str, respond: Respond) -> None:
        self.folder, self.respond = folder, respond
        self.url = ""
        self.tokens: dict[str, float] = {}
        self.requests: list[Request] = []
        self._login = "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._pulls: dict[str, list[dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """What the API says, one request at a time."""
        with self._lock:
            self.requests.append(request)
            return self._answer(request)

    def _answer(self, request: Request) -> Answer:
        match request.method, request.path:
            case "POST", "/oauth/token":
                return self._token(request)
            case "GET", "/v1/hearings":
                if not self._is_known(request.authorization):
                    return _problem(401, "invalid_token")
                return self._page(request.parameters)
            case _:
                return _problem(404, "not_found")

    def _token(self, request: Request) -> Answer:
        if request.parameters.get("grant_type") != "client_credentials":
            return _problem(400, "unsupported_grant_type")
        if not secrets.compare_digest(request.authorization, self._login):
            return _problem(401, "invalid_client")
        token = secrets.token_urlsafe(24)
        self.tokens[token] = time.monotonic() + TOKEN_SECONDS
        return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})

    def _is_known(self, authorization: str) -> bool:
        return time.monotonic() < self.tokens.get(authorization.removeprefix("Bearer "), 0.0)

    def _page(self, parameters: dict[str, str]) -> Answer:
        try:
            size = int(parameters.get("page_size", LARGEST_PAGE))
            pull, start = self._place(parameters)
        except (ValueError, KeyError):
            return _problem(400, "invalid_request")
        if not 1 <= size <= LARGEST_PAGE:
            return _problem(400, "invalid_request")
        items = self._pulls[pull]
        end = start + size
        more = _cursor(pull, end) if end < len(items) else None
        total = len({_identity(item) for item in items})
        return _json(200, {"items": items[start:end], "next_cursor": more, "total": total})

    def _place(self, parameters: dict[str, str]) -> tuple[str, int]:
        """The pull and the place in it that a request stands at; a request without a cursor begins one."""
        if cursor := parameters.get("cursor"):
            pull, _, start = base64.urlsafe_b64decode(cursor).decode().partition(":")
            if pull not in self._pulls:
                raise KeyError(pull)
            return pull, int(start)
        pull = secrets.token_hex(8)
        self._pulls[pull] = _hearings(self.folder, parameters.get("updated_since", ""))
        while len(self._pulls) > KEPT_PULLS:
            del self._pulls[next(iter(self._pulls))]
        return pull, 0


@contextmanager
def courts_server(
    folder: Path,
    client_id: str,
    client_secret: str,
    respond: Respond = as_it_is,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> Iterator[CourtsServer]:
    """The courts' API of an extract folder for one client, at `server.url`, until the block is left.

    It listens on 127.0.0.1, on a free port where `port` is 0, and answers in threads of its own.
    """
    server = CourtsServer(folder, client_id, client_secret, respond)

    class Handler(_Handler):
        api = server

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as http:
        if tls:
            http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
        server.url = f"{'https' if tls else 'http'}://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection: reads a request, sends its answer as it is, closes where the length does not hold."""

    api: CourtsServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "courts", ""
    timeout = 60
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._reply("")

    def do_POST(self) -> None:
        self._reply(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def _reply(self, form: str) -> None:
        parts = urlsplit(self.path)
        given = parse_qs(f"{parts.query}&{form}", keep_blank_values=True)
        request = Request(
            self.command,
            parts.path,
            {name: values[0] for name, values in given.items()},
            self.headers.get("Authorization", ""),
        )
        try:
            self._send(self.api.respond(request, self.api.answer(request)))
        except ConnectionError:
            self._drop()

    def _send(self, answer: Answer) -> None:
        headers = {"Content-Length": str(len(answer.body))} | answer.headers
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection = headers["Content-Length"] != str(len(answer.body))

    def _drop(self) -> None:
        """Close without a word: with no time to linger the peer sees a reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, *_: object) -> None:
        """Nothing: a request's line holds its query."""


def _hearings(folder: Path, since: str) -> list[dict[str, Any]]:
    """The hearings of all pages of the folder in their order, repeats and all, from an instant on."""
    pages = sorted((folder / "courts").glob("hearings-*.json"))
    items = [item for page in pages for item in json.loads(page.read_bytes())["items"]]
    return [item for item in items if str(item.get("updated_at") or "~") >= since]


def _identity(item: dict[str, Any]) -> str:
    """What makes an item one hearing: its id, or all of it where it has none."""
    return str(item.get("hearing_id") or json.dumps(item, sort_keys=True))


def _cursor(pull: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{pull}:{start}".encode()).decode()


def _json(status: int, content: object) -> Answer:
    return Answer(status, json.dumps(content, ensure_ascii=False).encode())


def _problem(status: int, error: str) -> Answer:
    return _json(status, {"error": error})
