"""`platform-sim up` as a process: started with a ready file, stopped or killed."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .waiting import LONGEST, wait_until


def outer_environment(folder: Path) -> dict[str, str]:
    """What programs of a test start with: nothing of this machine's but where programs are; at home in `folder`."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "TMPDIR": str(folder / "scratch")}


@contextmanager
def kept(port: int) -> Iterator[None]:
    """Whoever asks the system for any free port is not given this one: the next start on the same folder shall find it
    free. Nobody listens there, and who names it can have it."""
    with socket.socket() as placeholder:
        placeholder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # another one already has it, of an end before or of another test
            placeholder.bind(("127.0.0.1", port))
        yield


class Up:
    """A platform process on `folder/data`, to be started as often as a test needs. A context: killed at its end."""

    def __init__(self, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.ready_file = folder / "ready.json"
        self.output = folder / "up.out"
        self._arguments = arguments or ("--data", str(self.data))
        patient = dict.fromkeys(("PARTNER_TIMEOUT", "CUSTOMER_PATIENCE", "WEBHOOK_TIMEOUT"), "600")
        rules = {"RATE_LIMIT": "1000000", "DRAIN_REQUEST_TIMEOUT": "600"} | patient
        told = {f"PLATFORM_SIM_{name}": value for name, value in rules.items()}
        self._environment = outer_environment(folder) | told | dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._kept = ExitStack()

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The last one that was started."""
        assert self._process is not None, "start it first"
        return self._process

    def launch(self, *more: str) -> None:
        """Start it and do not wait."""
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "platform_sim", "up", "--port", "0", *self._arguments, *more],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self, *more: str) -> dict[str, Any]:
        """Start it; -> what its ready file says."""
        self.ready_file.unlink(missing_ok=True)
        self.launch("--ready-file", str(self.ready_file), *more)

        def is_ready() -> bool:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.said()}"
            return self.ready_file.exists()

        wait_until("the platform is ready", is_ready)
        found: dict[str, Any] = json.loads(self.ready_file.read_text())
        self._port = urlsplit(found["url"]).port or 0
        return found

    def said(self) -> str:
        """All its output."""
        return self.output.read_text(errors="replace")

    def ended(self) -> int:
        """Wait until it ends by itself; -> its exit code."""
        code = self.process.wait(LONGEST)
        self._kept.enter_context(kept(self._port))
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; -> its exit code."""
        self.process.send_signal(number)
        return self.ended()

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait()
        self._kept.enter_context(kept(self._port))

    def __enter__(self) -> "Up":
        return self

    def __exit__(self, *_: object) -> None:
        """A test that failed half way must not leave dynos: a stop ends them, and a kill what does not listen."""
        with self._kept:
            if self._process is None or self._process.poll() is not None:
                return
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
