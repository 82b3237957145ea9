"""A person at a terminal: a program that asks, and what is typed when it has asked."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LONGEST = 180.0
"""Wall seconds after which a program that says nothing new has failed."""
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\r")


class Terminal:
    """One program on a pseudo-terminal. A context: the program is ended with it."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._end, theirs = pty.openpty()
        self._process = subprocess.Popen(
            words, stdin=theirs, stdout=theirs, stderr=theirs, env=dict(environment), cwd=folder, start_new_session=True
        )
        os.close(theirs)
        self._shown = ""
        self._seen = 0

    def until(self, pattern: str) -> re.Match[str]:
        """What is shown once it matches, after what was seen before."""
        end = time.monotonic() + LONGEST
        while (found := re.compile(pattern).search(self._shown, self._seen)) is None:
            assert time.monotonic() < end, f"{pattern!r} is not in {self._shown!r}"
            assert self._more(end), f"the program ended without {pattern!r}: {self._shown!r}"
        self._seen = found.end()
        return found

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._end, text.encode())

    def ended(self) -> tuple[int, str]:
        """Exit code, and everything that was shown, once the program has ended."""
        end = time.monotonic() + LONGEST
        while self._more(end):
            pass
        return self._process.wait(LONGEST), self._shown

    def _more(self, end: float) -> bool:
        """Read what comes; False when nothing will."""
        ready, _, _ = select.select([self._end], [], [], max(0.0, end - time.monotonic()))
        try:
            data = os.read(self._end, 65536) if ready else b""
        except OSError:  # the program has closed its side
            return False
        self._shown += _CONTROL.sub("", data.decode("utf-8", "replace"))
        return bool(data)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._end)
