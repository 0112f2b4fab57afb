"""F11–F19, B58, B64, B65: the courts' API pulled whole from a real server, whatever it does on the way."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.demo.live.courts_server import Answer, CourtsServer, Request, Respond, as_it_is, courts_server
from svu_pipeline.sources import courts_api, patience
from svu_pipeline.sources.courts_api import pull
from svu_pipeline.sources.place import ApiPlace, Secret
from svu_pipeline.sources.system import Unreadable
from svu_pipeline_tests.live import misbehaving as wrong
from svu_pipeline_tests.live.peers import (
    CLIENT,
    HEARINGS,
    PAGE_SIZE,
    SECRET,
    SECRET_NAME,
    api_place,
    items_in,
    write_hearings,
)
from svu_pipeline_tests.tally import count

PAGES = HEARINGS // PAGE_SIZE
LOGIN_PAGE = b"<!doctype html><title>Sign in</title><form action=/login><input name=user></form>"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait that doubles with each retry begins at a hundredth of a second; Retry-After is waited for in full."""
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.01)
    monkeypatch.setenv(SECRET_NAME, SECRET)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return write_hearings(tmp_path / "sources", range(HEARINGS))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "pulled"
    place.mkdir()
    return place


@contextlib.contextmanager
def serving(sources: Path, respond: Respond = as_it_is) -> Iterator[CourtsServer]:
    with courts_server(sources, CLIENT, SECRET, respond) as server:
        yield server


def pulled(sources: Path, folder: Path, respond: Respond = as_it_is, **terms: Any) -> CourtsServer:
    """Pull everything from a server that may misbehave; gives the server for what it was asked."""
    with serving(sources, respond) as server:
        pull(api_place(server, **terms), None, folder)
    return server


def refused(sources: Path, folder: Path, respond: Respond, **terms: Any) -> tuple[Unreadable, CourtsServer]:
    """The refusal that a pull ends in, and the server for what it was asked."""
    with serving(sources, respond) as server, pytest.raises(Unreadable) as refusal:
        pull(api_place(server, **terms), None, folder)
    return refusal.value, server


def pages_asked(server: CourtsServer) -> list[Request]:
    return [request for request in server.requests if request.path == "/v1/hearings"]


def logins(server: CourtsServer) -> int:
    return len(server.requests) - len(pages_asked(server))


def is_whole(sources: Path, folder: Path) -> bool:
    """Whether the pages hold every hearing that the system holds, each once and in its order."""
    return items_in(folder) == items_in(sources / "courts")


def test_pages_are_kept_byte_for_byte(sources: Path, folder: Path) -> None:
    """Each page becomes one file of exactly the bytes that the API sent, and one login is enough."""
    sent: list[bytes] = []

    def keep(request: Request, answer: Answer) -> Answer:
        if request.path == "/v1/hearings":
            sent.append(answer.body)
        return answer

    server = pulled(sources, folder, keep)
    assert [page.read_bytes() for page in sorted(folder.iterdir())] == sent and len(sent) == PAGES
    assert max(page.name for page in folder.iterdir()) == f"hearings-{PAGES:04d}.json"
    assert is_whole(sources, folder) and logins(server) == 1


def test_an_increment_brings_what_changed_since(sources: Path, folder: Path) -> None:
    """`updated_since` includes the instant itself; a pull without it leaves the parameter out."""
    with serving(sources) as server:
        pull(api_place(server), "2023-02-01T16:00:00Z", folder)
        assert [item["hearing_id"] for item in items_in(folder)] == [f"H{n:06d}" for n in range(28, HEARINGS)]
        assert pages_asked(server)[0].parameters == {"updated_since": "2023-02-01T16:00:00Z", "page_size": "5"}
        pull(api_place(server), None, folder)
        assert pages_asked(server)[-PAGES].parameters == {"page_size": "5"}


def test_a_pull_sees_what_the_system_holds_now(sources: Path, folder: Path) -> None:
    """A later night changes what the server serves; nothing changed is one page without hearings."""
    with serving(sources) as server:
        pull(api_place(server), None, folder)
        write_hearings(sources, range(HEARINGS + 3))
        pull(api_place(server), None, folder)
        assert is_whole(sources, folder)
    empty = folder.parent / "nothing"
    empty.mkdir()
    with serving(sources) as server:
        pull(api_place(server), "2024-01-01T00:00:00Z", empty)
    assert items_in(empty) == [] and len(list(empty.iterdir())) == 1


@pytest.mark.parametrize(
    ("change", "least", "most"),
    [
        (wrong.status(429, Retry_After="1"), 2.0, 4.0),
        (wrong.too_many(2), 1.0, 6.0),
        (wrong.status(429), 0.0, 1.0),
        (wrong.status(503, Retry_After="1"), 2.0, 4.0),
        (wrong.status(429, Retry_After="soon"), 0.0, 1.0),
    ],
    ids=["seconds", "date", "none", "503", "nonsense"],
)
def test_f11_retry_after_is_obeyed(
    sources: Path, folder: Path, change: wrong.Change, least: float, most: float
) -> None:
    """F11: the page is asked for again, not before the server said; the rest of the pull is as ever."""
    begun = time.monotonic()
    pulled(sources, folder, wrong.some((3, 4), change))
    took = time.monotonic() - begun
    count("F11", int(least <= took <= most and is_whole(sources, folder)), 1)
    assert is_whole(sources, folder)
    assert least <= took <= most


@pytest.mark.parametrize("asked", ["3600", "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_f11_waiting_is_bounded(sources: Path, folder: Path, asked: str) -> None:
    """F11: a server that asks for more than the patience that is left is neither waited for nor asked too early."""
    begun = time.monotonic()
    refusal, server = refused(sources, folder, wrong.some((3,), wrong.status(429, Retry_After=asked)))
    count("F11", int(time.monotonic() - begun < 2), 1)
    assert (refusal.code, refusal.may_pass) == ("api_busy", True)
    assert len(pages_asked(server)) == 3 and time.monotonic() - begun < 2


def test_f11_all_the_waiting_of_a_pull_is_bounded(sources: Path, folder: Path) -> None:
    """F11: patience is for the pull and not for each page: three waits of one second are more than two and a half."""
    changes = dict.fromkeys((2, 4, 6), wrong.status(429, Retry_After="1"))
    refusal, server = refused(sources, folder, wrong.on_pages(changes), patience_seconds=2.5)
    assert refusal.code == "api_busy" and len(pages_asked(server)) == 6


@pytest.mark.parametrize("code", [500, 502, 503, 504, 408, 429])
def test_f12_five_failures_are_survived(sources: Path, folder: Path, code: int) -> None:
    """F12: a page that fails five times is had on the sixth attempt."""
    server = pulled(sources, folder, wrong.some(range(3, 8), wrong.status(code)))
    survived = is_whole(sources, folder) and len(pages_asked(server)) == PAGES + 5
    count("F12", int(survived), 1)
    assert survived


def test_f12_resets_and_timeouts_are_survived(sources: Path, folder: Path) -> None:
    """F12: so is a page whose connection is reset five times, or whose answer comes too late five times."""
    server = pulled(sources, folder, wrong.some(range(3, 8), wrong.reset))
    assert is_whole(sources, folder) and len(pages_asked(server)) == PAGES + 5
    server = pulled(sources, folder, wrong.some(range(3, 8), wrong.late(0.4)), timeout_seconds=0.2)
    count("F12", 2, 2)
    assert is_whole(sources, folder) and len(pages_asked(server)) == PAGES + 5


def test_f12_names_that_do_not_resolve_are_survived(
    sources: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F12: the server's name is unknown five times, then known."""
    resolve, asked = socket.getaddrinfo, []

    def sometimes(host: str, *terms: Any, **more: Any) -> Any:
        asked.append(host)
        if len(asked) <= 5:
            raise socket.gaierror(socket.EAI_AGAIN, "not now")
        return resolve("127.0.0.1", *terms, **more)

    with serving(sources) as server:
        monkeypatch.setattr(socket, "getaddrinfo", sometimes)
        port = server.url.rpartition(":")[2]
        pull(ApiPlace(f"http://localhost:{port}", CLIENT, Secret(SECRET_NAME), PAGE_SIZE), None, folder)
    count("F12", 1, 1)
    assert is_whole(sources, folder) and len(asked) >= 6


@pytest.mark.parametrize(
    ("change", "code"),
    [(wrong.status(500), "api_failed"), (wrong.reset, "no_answer"), (wrong.status(408), "api_busy")],
)
def test_f12_a_sixth_failure_refuses_the_pull(sources: Path, folder: Path, change: wrong.Change, code: str) -> None:
    """F12: five retries and no more; waiting may help, and the refusal says so."""
    refusal, server = refused(sources, folder, wrong.some(range(3, 9), change))
    assert (refusal.code, refusal.may_pass) == (code, True)
    assert len(pages_asked(server)) == 2 + 6


@pytest.mark.parametrize("code", [400, 403, 404, 409, 410, 422])
def test_f12_other_refusals_are_not_asked_again(sources: Path, folder: Path, code: int) -> None:
    """F12: of the 4xx only 408 and 429 are worth a retry."""
    refusal, server = refused(sources, folder, wrong.some(range(3, 100), wrong.status(code)))
    count("F12", int(len(pages_asked(server)) == 3), 1)
    assert (refusal.code, refusal.may_pass) == ("api_refused", False)
    assert len(pages_asked(server)) == 3


@pytest.mark.parametrize("percent", [1, 50, 99])
@pytest.mark.parametrize("cut", [wrong.half, wrong.short, wrong.cut_gzip])
def test_f13_a_broken_body_is_fetched_again(
    sources: Path, folder: Path, cut: Callable[[int], wrong.Change], percent: int
) -> None:
    """F13: half a body, a wrong Content-Length or a cut gzip is never kept; the page is asked for again."""
    server = pulled(sources, folder, wrong.some((1, 5), cut(percent)))
    survived = is_whole(sources, folder) and len(pages_asked(server)) == PAGES + 2
    count("F13", int(survived), 1)
    assert survived


def test_f13_a_length_that_is_too_large(sources: Path, folder: Path) -> None:
    """F13: a server that waits after all its bytes, because it told of more, is given up at the time limit."""

    def longer(answer: Answer) -> Answer:
        return Answer(200, answer.body, {**answer.headers, "Content-Length": str(len(answer.body) + 1)})

    server = pulled(sources, folder, wrong.some((2,), longer))
    assert is_whole(sources, folder) and len(pages_asked(server)) == PAGES + 1


@pytest.mark.parametrize(
    "content", [b'{"items": [', b'{"items": [],}', b'{"items": [NaN], "next_cursor": null, "total": 1}{}', LOGIN_PAGE]
)
def test_b58_a_body_that_is_not_json_is_fetched_again(sources: Path, folder: Path, content: bytes) -> None:
    """B58: once, and the pull is whole; each time, and it is refused as malformed."""
    pulled(sources, folder, wrong.some((4,), wrong.body(content)))
    assert is_whole(sources, folder)
    refusal, _ = refused(sources, folder, wrong.some(range(4, 10), wrong.body(content)))
    count("B58", int(refusal.code == "malformed"), 1)
    assert (refusal.code, refusal.may_pass) == ("malformed", True)


@pytest.mark.parametrize("content", [LOGIN_PAGE, b"", b'{"items": [], "next_cursor": null, "total": 0}'])
def test_f14_a_login_page_is_no_page(sources: Path, folder: Path, content: bytes) -> None:
    """F14: status 200 with another content type refuses the pull, whatever stands in it, and is not asked again."""
    refusal, server = refused(sources, folder, wrong.some((3,), wrong.body(content, "text/html; charset=utf-8")))
    count("F14", int(refusal.code == "bad_page"), 1)
    assert refusal.code == "bad_page" and len(pages_asked(server)) == 3


@pytest.mark.parametrize("content", [b"[]", b"{}", b"null", b'{"items": {}, "next_cursor": null, "total": 1}'])
def test_f14_json_of_another_shape_is_no_page(sources: Path, folder: Path, content: bytes) -> None:
    """F14: JSON that is not a page refuses the pull."""
    refusal, _ = refused(sources, folder, wrong.some((3,), wrong.body(content)))
    count("F14", int(refusal.code == "bad_page"), 1)
    assert refusal.code == "bad_page"


def test_b65_an_error_in_place_of_a_page(sources: Path, folder: Path) -> None:
    """B65: status 200 with `{"error": …}` is the API's error, and nothing of it is repeated."""
    refusal, _ = refused(sources, folder, wrong.some((3,), wrong.body(b'{"error": "ZZSENTINEL_NAME not found"}')))
    count("B65", int(refusal.code == "api_error"), 1)
    assert refusal.code == "api_error" and "ZZSENTINEL" not in str(refusal)


def test_f15_repeated_and_overlapping_pages_count_once(sources: Path, folder: Path) -> None:
    """F15: a page sent again, and one that begins with the last hearings of the one before, are kept and add nothing."""
    earlier: list[list[Any]] = []

    def remember(page: dict[str, Any]) -> None:
        earlier.append(page["items"])

    def again(page: dict[str, Any]) -> None:
        page["items"] = page["items"] + earlier[0]

    def overlapping(page: dict[str, Any]) -> None:
        page["items"] = earlier[1][-2:] + page["items"]

    changes = {1: remember, 2: remember, 3: overlapping, 5: again}
    pulled(sources, folder, wrong.on_pages({number: wrong.edited(edit) for number, edit in changes.items()}))
    items = items_in(folder)
    distinct = {json.dumps(item, sort_keys=True) for item in items}
    count("F15", int(len(distinct) == HEARINGS), 1)
    assert len(items) == HEARINGS + 2 + PAGE_SIZE and len(distinct) == HEARINGS


def test_f16_a_missing_page_refuses_the_pull(sources: Path, folder: Path) -> None:
    """F16: a cursor that jumps over a page leaves the declared total unmet; a second pull that is whole mends it."""

    def jump(page: dict[str, Any]) -> None:
        pull_id, start = base64.urlsafe_b64decode(page["next_cursor"]).decode().split(":")
        page["next_cursor"] = base64.urlsafe_b64encode(f"{pull_id}:{int(start) + PAGE_SIZE}".encode()).decode()

    changes = {4: wrong.edited(jump)}
    server = pulled(sources, folder, wrong.on_pages(changes))
    assert is_whole(sources, folder) and len(pages_asked(server)) == 2 * PAGES - 1
    changes |= {PAGES + 3: wrong.edited(jump)}
    refusal, server = refused(sources, folder, wrong.on_pages(changes))
    count("F16", int(refusal.code == "count_mismatch"), 1)
    assert refusal.code == "count_mismatch" and len(pages_asked(server)) == 2 * PAGES - 2


@pytest.mark.parametrize("back", [1, 0], ids=["itself", "an earlier page"])
def test_f17_a_cursor_that_leads_back_stops_the_pull(sources: Path, folder: Path, back: int) -> None:
    """F17: a page that points to itself or to an earlier one is followed no further."""
    cursors: list[str] = []

    def note(page: dict[str, Any]) -> None:
        cursors.append(page["next_cursor"])

    def loop(page: dict[str, Any]) -> None:
        page["next_cursor"] = cursors[back]

    changes = {1: wrong.edited(note), 2: wrong.edited(note), 3: wrong.edited(loop)}
    refusal, server = refused(sources, folder, wrong.on_pages(changes))
    count("F17", int(refusal.code == "inconsistent_paging"), 1)
    assert refusal.code == "inconsistent_paging" and len(pages_asked(server)) == 3


def test_f17_pages_without_end_that_bring_nothing_new(
    sources: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F17: ever new cursors to what was seen before end too."""
    monkeypatch.setattr(courts_api, "MAX_REPEATS", 10)
    fresh = iter(range(10_000))

    def answer(request: Request, given: Answer) -> Answer:
        if request.path == "/oauth/token":
            return given
        page = {"items": [{"hearing_id": "H1"}], "next_cursor": str(next(fresh)), "total": 2}
        return Answer(200, json.dumps(page).encode())

    refusal, server = refused(sources, folder, answer)
    assert refusal.code == "inconsistent_paging" and len(pages_asked(server)) == 12


@pytest.mark.parametrize("change", [1, -1], ids=["inserted", "deleted"])
def test_f18_rows_that_come_or_go_between_pages(sources: Path, folder: Path, change: int) -> None:
    """F18: a total that changes between pages has everything pulled once more; twice, and the pull is refused."""

    def moved(page: dict[str, Any]) -> None:
        page["total"] += change

    server = pulled(sources, folder, wrong.on_pages({4: wrong.edited(moved)}))
    assert is_whole(sources, folder) and len(pages_asked(server)) == 4 + PAGES
    refusal, server = refused(sources, folder, wrong.on_pages({4: wrong.edited(moved), 8: wrong.edited(moved)}))
    count("F18", int(refusal.code == "inconsistent_paging"), 1)
    assert (refusal.code, refusal.may_pass) == ("inconsistent_paging", True)
    assert len(pages_asked(server)) == 8


def test_f18_nothing_of_the_first_pull_is_left(sources: Path, folder: Path) -> None:
    """F18: a second pull of fewer pages stands alone in the folder."""

    def shrunk(page: dict[str, Any]) -> None:
        page["total"] -= 1
        write_hearings(sources, range(PAGE_SIZE))

    pulled(sources, folder, wrong.on_pages({PAGES: wrong.edited(shrunk)}))
    assert is_whole(sources, folder) and len(items_in(folder)) == PAGE_SIZE


def test_b64_an_empty_page_that_says_more_follows(sources: Path, folder: Path) -> None:
    """B64: a page of no hearings with a next cursor is refused."""
    refusal, _ = refused(sources, folder, wrong.some((3,), wrong.edited(lambda page: page.update(items=[]))))
    count("B64", int(refusal.code == "inconsistent_paging"), 1)
    assert refusal.code == "inconsistent_paging"


def test_f19_a_token_that_expires_is_renewed_once(sources: Path, folder: Path) -> None:
    """F19: 401 on the seventh page: one new token, the same cursor again, nothing twice."""
    with courts_server(sources, CLIENT, SECRET) as server:

        def expire(answer: Answer) -> Answer:
            server.tokens.clear()
            return answer

        server.respond = wrong.on_pages({6: expire})
        pull(api_place(server), None, folder)
        asked = [request.parameters.get("cursor") for request in pages_asked(server)]
        survived = is_whole(sources, folder) and logins(server) == 2 and asked[6] == asked[7]
        count("F19", int(survived), 1)
        assert survived and len(asked) == PAGES + 1


def test_f19_a_login_that_is_refused_is_not_tried_again(
    sources: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F19: a token that is refused as soon as it is given, or a wrong secret, ends the pull: accounts get locked."""
    refusal, server = refused(sources, folder, wrong.on_every_page(wrong.status(401)))
    assert refusal.code == "login_refused" and logins(server) == 2
    monkeypatch.setenv(SECRET_NAME, "another")
    refusal, server = refused(sources, folder, as_it_is)
    assert refusal.code == "login_refused" and logins(server) == 1 and not pages_asked(server)


def test_an_answer_that_drips_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F12: the time limit is for the whole answer; a byte now and then does not keep it alive."""
    monkeypatch.setattr(patience, "RETRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_drip, args=(listener,), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        begun = time.monotonic()
        with pytest.raises(Unreadable) as refusal:
            pull(ApiPlace(url, CLIENT, Secret(SECRET_NAME), timeout_seconds=0.4), None, folder)
        thread.join()
    assert refusal.value.code == "no_answer" and time.monotonic() - begun < 2


def _drip(listener: socket.socket) -> None:
    """Two connections, each answered with one letter of a header every twentieth of a second."""
    for _ in range(2):
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while True:
                connection.sendall(b"a")
                time.sleep(0.05)
