"""The durable half of the log: one append-only file an app, written by one thread so that no writer waits.

Touches files in its folder only. A line is `number SPACE rendered line`; a full file is renamed to `.log.1`.
"""

import os
import queue
import threading
from pathlib import Path
from urllib.parse import quote

from platform_sim.engines.logs.format import LogLine, parsed

_QUEUE = 50_000
"""Lines that may wait for the disk; beyond that they are kept in memory only."""
_GATHER = 0.02
"""Seconds in which lines are collected for one write."""
_TAIL_BYTES = 2 << 20
"""How much of a file is read at start; well above 1500 usual lines."""


class LogFiles:
    """Writes lines behind the caller's back; reads them again at the next start."""

    def __init__(self, folder: Path, file_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._file_bytes = file_bytes
        self._queue: queue.SimpleQueue[tuple[str, LogLine] | threading.Event | str | None] = queue.SimpleQueue()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def write(self, app_id: str, line: LogLine) -> None:
        """Have a line written; never blocks, never raises."""
        if self._queue.qsize() < _QUEUE:
            self._queue.put((app_id, line))

    def load(self, app_id: str, count: int) -> list[LogLine]:
        """The last `count` lines of an earlier run; what cannot be read (a line cut by a crash) is left out."""
        path = self._path(app_id)
        found: list[LogLine] = []
        for one in (_previous(path), path):
            found += _read(one)
        return found[-count:]

    def forget(self, app_id: str) -> None:
        """Have an app's files removed."""
        self._queue.put(app_id)

    def flush(self) -> None:
        """Wait until everything said so far is in the files."""
        done = threading.Event()
        self._queue.put(done)
        self._hurry.set()
        while self._thread.is_alive() and not done.wait(0.5):
            pass

    def close(self) -> None:
        """Write the rest and end the thread; idempotent."""
        self._queue.put(None)
        self._hurry.set()
        self._thread.join()

    def _path(self, app_id: str) -> Path:
        return self._folder / f"{quote(app_id, safe='')}.log"

    def _run(self) -> None:
        going = True
        while going:
            batch = [self._queue.get()]
            self._hurry.wait(_GATHER)
            self._hurry.clear()
            while not self._queue.empty():
                batch.append(self._queue.get())
            going = self._store(batch)

    def _store(self, batch: list[tuple[str, LogLine] | threading.Event | str | None]) -> bool:
        """Write a batch in order; False if it holds the end."""
        texts: dict[str, list[str]] = {}
        events: list[threading.Event] = []
        for item in batch:
            if isinstance(item, tuple):
                texts.setdefault(item[0], []).append(f"{item[1].number} {item[1].rendered()}\n")
            elif isinstance(item, str):
                texts.pop(item, None)
                for path in (self._path(item), _previous(self._path(item))):
                    path.unlink(missing_ok=True)
            elif item is not None:
                events.append(item)
        for app_id, lines in texts.items():
            self._append(self._path(app_id), "".join(lines).encode("utf-8", "replace"))
        for event in events:
            event.set()
        return None not in batch

    def _append(self, path: Path, data: bytes) -> None:
        try:
            with path.open("ab", buffering=0) as file:
                if file.tell() > self._file_bytes:
                    path.replace(_previous(path))
                    self._append(path, data)
                    return
                file.write(data)
        except OSError:
            # A full disk must not stop the platform: the lines are still in memory and with every reader.
            return


def _previous(path: Path) -> Path:
    return path.with_name(path.name + ".1")


def _read(path: Path) -> list[LogLine]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            data = file.read()
        if data and not data.endswith(b"\n"):
            with path.open("ab") as file:
                file.write(b"\n")  # the next line must not be glued to one that a crash has cut
    except OSError:
        return []  # no file yet, or one that cannot be read: the log begins anew, nobody is stopped
    found = []
    for raw in data.split(b"\n"):
        number, _, rest = raw.decode("utf-8", "replace").partition(" ")
        try:
            found.append(parsed(int(number), rest))
        except ValueError:
            continue
    return found
