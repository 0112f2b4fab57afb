"""pandas is there for the workbook alone: no command and no start of the UI loads it."""

from __future__ import annotations

import subprocess
import sys

LOADS = "import sys, svu_pipeline.definitions as d, svu_pipeline.cli; d.defs.get_repository_def(); "


def said(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_the_code_location_and_the_commands_load_no_pandas() -> None:
    assert said(LOADS + "print('pandas' in sys.modules)") == "False"


def test_the_workbooks_library_has_it_where_it_asks_for_it() -> None:
    """Hidden again afterwards, for whoever has not got it yet."""
    shown = (
        "with p.pandas_shown():\n import gptables\nprint(gptables.core.gptable.pd.__name__, p._hiding in sys.meta_path)"
    )
    assert said(f"import sys, svu_pipeline.without_pandas as p\n{shown}") == "pandas True"
