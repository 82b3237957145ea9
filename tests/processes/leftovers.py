"""What a test may have left behind on this machine: processes by their folder, temporary files."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from .waiting import wait_until

GONE_WITHIN = 120.0
"""Wall seconds, for a machine that does much else: git's own children end a moment after the program waited for."""


def processes_below(folder: Path) -> dict[int, str]:
    """Living processes that work in a folder, are at home in it or name it: pid -> command line."""
    found = {}
    root = str(folder.resolve())
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error, OSError):
            line = " ".join(process.cmdline())
            places = (process.cwd() or "", process.environ().get("HOME", ""))
            at_home = any(place == root or place.startswith(root + "/") for place in places)
            if (at_home or root in line) and process.status() != psutil.STATUS_ZOMBIE:
                found[process.pid] = line
    return found


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test: no process below its folder is left, and no temporary file of a platform."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield
    wait_until("no process is left", lambda: not processes_below(tmp_path), GONE_WITHIN)
    assert [each.name for each in scratch.iterdir() if each.name.startswith("platform-sim-")] == []
