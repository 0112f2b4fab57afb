"""`svu` as a user runs it, watched from within: `python -m svu_pipeline_tests.security.watched REPORT ARGUMENT…`.

Python tells an audit hook of every connection, name look-up, program started and object unpickled; a thread looks for
listening ports. What was seen is written to REPORT as JSON `{"events": {name: [what, …]}, "listeners": […]}`.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from threading import Event, Thread
from typing import Any

from svu_pipeline.cli import main

WATCHED = {
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "socket.sendto", "subprocess.Popen",
    "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pickle.find_class",
}  # fmt: skip
LISTENING = "0A"


def listeners() -> list[str]:
    """The local addresses of listening sockets in this process's network namespace."""
    lines = [
        line for name in ("tcp", "tcp6") for line in Path(f"/proc/self/net/{name}").read_text("ascii").splitlines()
    ]
    return [line.split()[1] for line in lines if line.split()[3] == LISTENING]


def watch(report: Path) -> int:
    """Run `svu` with the arguments that are left, and write the report; the exit code."""
    events: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    done = Event()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in WATCHED:
            events[event].append(repr(arguments[:2]))

    def look() -> None:
        while not done.wait(0.1):
            seen.update(listeners())

    sys.addaudithook(hook)
    thread = Thread(target=look, daemon=True)
    thread.start()
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    done.set()
    thread.join()
    report.write_text(json.dumps({"events": events, "listeners": sorted(seen)}), "utf-8")
    return code


if __name__ == "__main__":
    target = Path(sys.argv.pop(1))
    sys.exit(watch(target))
