"""One platform a data folder: two would start every dyno twice. May write its one mark there and look at processes."""

import contextlib
import json
from pathlib import Path

import psutil

MARK = "running.json"


class DataFolderInUse(RuntimeError):
    """Another platform runs on the same data folder."""


def claim(folder: Path) -> None:
    """Say that this process runs a platform on the folder; DataFolderInUse if another one does that lives."""
    mark = folder / MARK
    with contextlib.suppress(OSError, ValueError, KeyError, psutil.Error):
        seen = json.loads(mark.read_text())
        if psutil.Process(seen["pid"]).create_time() == seen["started"]:
            raise DataFolderInUse(
                f"a platform already runs on {folder} (process {seen['pid']}): "
                "stop it first, or use another --data folder"
            )
    me = psutil.Process()
    mark.write_text(json.dumps({"pid": me.pid, "started": me.create_time()}))


def let_go(folder: Path) -> None:
    """Nobody runs a platform here any more."""
    (folder / MARK).unlink(missing_ok=True)
