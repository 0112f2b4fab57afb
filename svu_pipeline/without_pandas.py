"""Hides pandas from the process that imports this.

It is installed for one thing, the workbook of a release, whose library needs it. pandera, pyarrow and DuckDB import it wherever
they find it: 0.8 s of every command and every start of the UI, for nothing that is used here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

HIDDEN = "pandas"


class _Hiding(MetaPathFinder):
    """Says of pandas what Python says of a package that is not installed."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - what a finder is handed
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname == HIDDEN:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


_hiding = _Hiding()
sys.meta_path.insert(0, _hiding)


@contextmanager
def pandas_shown() -> Iterator[None]:
    """Lets pandas be imported within; what has imported it keeps it."""
    was_hidden = _hiding in sys.meta_path
    if was_hidden:
        sys.meta_path.remove(_hiding)
    try:
        yield
    finally:
        if was_hidden:
            sys.meta_path.insert(0, _hiding)
