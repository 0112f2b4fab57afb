"""The small deliveries that the live servers of the tests serve, and places that point at them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from svu_pipeline.demo.live.courts_server import CourtsServer
from svu_pipeline.demo.live.sftp_server import SftpServer
from svu_pipeline.sources.place import ApiPlace, Secret, SftpPlace

SECRET_NAME = "SVU_TEST_SECRET"  # noqa: S105 - the name of a variable
SECRET = "ZZSENTINEL_SECRET_1"  # noqa: S105 - a sentinel: it must turn up in no log and no message
CLIENT = "svu-night"
HEARINGS = 40
PAGE_SIZE = 5


def write_hearings(root: Path, numbers: Iterable[int]) -> Path:
    """One page file of hearings, changed on as many days of 2023 as there are."""
    items = [_hearing(number) for number in numbers]
    folder = root / "courts"
    folder.mkdir(parents=True, exist_ok=True)
    body = {"items": items, "next_cursor": None, "total": len(items)}
    (folder / "hearings-0001.json").write_text(json.dumps(body), "utf-8")
    return root


def _hearing(number: int) -> dict[str, Any]:
    day = f"2023-{1 + number // 28:02d}-{1 + number % 28:02d}"
    return {
        "hearing_id": f"H{number:06d}",
        "urn": f"42CY{number:05d}23",
        "court": "Chelmsford Crown Court",
        "hearing_date": day,
        "updated_at": f"{day}T16:00:00Z",
        "deleted": False,
        "defendant": {"defendant_id": f"D{number:06d}", "surname": "Ünal-ZZSENTINEL", "forenames": "Zé"},
        "results": [{"result_id": "R1", "offence_code": "MD71171", "result_code": "1002", "text": "…"}],
    }


def api_place(server: CourtsServer, **terms: Any) -> ApiPlace:
    """The courts' API of a server, with small pages and a short temper."""
    terms = {"page_size": PAGE_SIZE, "timeout_seconds": 5.0, **terms}
    return ApiPlace(server.url, CLIENT, Secret(SECRET_NAME), **terms)


def sftp_place(server: SftpServer, **terms: Any) -> SftpPlace:
    """The whole folder of an SFTP server, logged in to by password unless `terms` say otherwise."""
    terms = {"host_keys": (server.public_key,), "password": Secret(SECRET_NAME), "timeout_seconds": 5.0, **terms}
    return SftpPlace(server.url, CLIENT, **terms)


def items_in(folder: Path) -> list[Any]:
    """The items of all pages that a pull left in a folder, in their order."""
    return [item for page in sorted(folder.iterdir()) for item in json.loads(page.read_bytes())["items"]]
