"""Ways in which the courts' API misbehaves: what is sent in place of the answer to the n-th request for a page.

Cursors make one way impossible: a page is only asked for by the cursor of the one before it, so that pages cannot come
out of order. What a server could do of the kind, a cursor that leads back, ahead or to itself, is here.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from svu_pipeline.demo.live.courts_server import Answer, Request, Respond

Change = Callable[[Answer], Answer]


def on_pages(changes: Mapping[int, Change]) -> Respond:
    """Change the answers to certain requests for a page, counted from 1 over all pulls; logins are left alone."""
    asked = 0

    def respond(request: Request, answer: Answer) -> Answer:
        nonlocal asked
        if request.path == "/oauth/token":
            return answer
        asked += 1
        return changes[asked](answer) if asked in changes else answer

    return respond


def on_every_page(change: Change) -> Respond:
    """Change the answer to every request for a page."""
    return lambda request, answer: answer if request.path == "/oauth/token" else change(answer)


def some(numbers: Iterable[int], change: Change) -> Respond:
    """The same change to several requests for a page."""
    return on_pages(dict.fromkeys(numbers, change))


def status(code: int, **headers: str) -> Change:
    """An error without a body; `Retry_After="1"` is the header Retry-After."""
    return lambda _: Answer(code, headers={name.replace("_", "-"): value for name, value in headers.items()})


def too_many(seconds: float) -> Change:
    """429 until an HTTP date, as many seconds from when it is sent."""

    def change(_: Answer) -> Answer:
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        return Answer(429, headers={"Retry-After": until})

    return change


def reset(_: Answer) -> Answer:
    """The connection is reset before a byte is sent."""
    raise ConnectionResetError


def late(seconds: float) -> Change:
    """The answer comes, when nobody waits for it any more."""

    def change(answer: Answer) -> Answer:
        time.sleep(seconds)
        return answer

    return change


def half(percent: int) -> Change:
    """The body breaks off; its length was told as that of the whole."""

    def change(answer: Answer) -> Answer:
        headers = {**answer.headers, "Content-Length": str(len(answer.body))}
        return Answer(200, answer.body[: len(answer.body) * percent // 100], headers)

    return change


def short(percent: int) -> Change:
    """The body breaks off, and its length is told as if that were all; or the whole is sent with too small a length."""

    def change(answer: Answer) -> Answer:
        return Answer(200, answer.body, {**answer.headers, "Content-Length": str(len(answer.body) * percent // 100)})

    return change


def cut_gzip(percent: int) -> Change:
    """The compressed body breaks off without that its length would tell."""

    def change(answer: Answer) -> Answer:
        packed = gzip.compress(answer.body)
        return Answer(200, packed[: len(packed) * percent // 100], {**answer.headers, "Content-Encoding": "gzip"})

    return change


def body(content: bytes, kind: str = "application/json") -> Change:
    """Something else with status 200."""
    return lambda _: Answer(200, content, {"Content-Type": kind})


def edited(edit: Callable[[dict[str, Any]], object]) -> Change:
    """The page, changed by a function that changes it in place."""

    def change(answer: Answer) -> Answer:
        page = json.loads(answer.body)
        edit(page)
        return Answer(200, json.dumps(page).encode())

    return change


def elsewhere(location: str) -> Change:
    """A redirect."""
    return lambda _: Answer(302, headers={"Location": location})
