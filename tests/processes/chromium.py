"""A real browser without a window, told what to do by its debugging protocol. Only where Chromium is installed."""

import json
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from shutil import which
from typing import Any

from websockets.sync.client import ClientConnection, connect

from .customer import fetch
from .up import outer_environment
from .waiting import LONGEST, wait_until

PROGRAM = which("chromium") or which("chromium-browser") or which("google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--no-proxy-server",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--ignore-certificate-errors",
    "--remote-debugging-port=0",
)


class Chromium:
    """One page. `complaints`: what the browser has refused or could not run."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM is not None, "is there no Chromium?"
        # Not below the test's folder: the browser makes a socket there, whose path must be short.
        self._place = tempfile.TemporaryDirectory(prefix="browser-", dir="/tmp", ignore_cleanup_errors=True)
        self._profile = Path(self._place.name) / "profile"
        environment = outer_environment(folder) | {"TMPDIR": self._place.name}
        self._process = subprocess.Popen(
            [PROGRAM, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.complaints: list[str] = []
        self._number = 0
        self._ends = ExitStack()
        self._socket: ClientConnection | None = None

    def __enter__(self) -> "Chromium":
        try:
            told = self._profile / "DevToolsActivePort"
            wait_until("the browser listens", lambda: told.exists() and "\n" in told.read_text())
            tabs = fetch("GET", f"http://127.0.0.1:{told.read_text().split()[0]}/json").json()
            page = next(each for each in tabs if each["type"] == "page")
            self._socket = self._ends.enter_context(connect(page["webSocketDebuggerUrl"], max_size=None, proxy=None))
            for domain in ("Page", "Runtime", "Log"):
                self.call(f"{domain}.enable")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self._ends.close()
        self._process.terminate()
        self._process.wait(LONGEST)
        self._place.cleanup()

    def call(self, method: str, **parameters: Any) -> Any:
        """A command of the protocol; -> its result."""
        assert self._socket is not None, "enter it first"
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            heard = json.loads(self._socket.recv(LONGEST))
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                return heard["result"]
            if heard.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(heard["params"]))
            elif heard.get("method") == "Log.entryAdded" and heard["params"]["entry"]["level"] == "error":
                self.complaints.append(heard["params"]["entry"]["text"])

    def value(self, script: str) -> Any:
        """What a script says in the page."""
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def open(self, url: str, lands: str | None = None) -> None:
        """Go to a page and wait until it is there, or where it leads to."""
        self.call("Page.navigate", url=url)
        there = json.dumps(lands or url)
        self.wait(f"{url} is there", f"location.href == {there} && document.readyState == 'complete'")

    def wait(self, what: str, script: str) -> None:
        """Until a script says yes."""
        wait_until(what, lambda: self.value(script) is True)
