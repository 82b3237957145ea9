"""One Chromium for all tests of a worker, a fresh window for each; whatever the browser complains of fails the test."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, WebError, expect, sync_playwright

LONGEST = 120.0
"""Wall seconds for what a page shows at last; a test that works needs a fraction of it."""

FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    # The same wherever it runs: what is not this machine has no address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1",
)
HERE = ("localhost", "127.0.0.1", "::1", None)

OpenWindow = Callable[..., Page]


class Complaints(list[str]):
    """What the browser could not run or has refused, dialogs, and requests that would have left this machine."""

    def forgive(self, words: str) -> None:
        """Take out what has these words in it; AssertionError if there is none."""
        expected = [each for each in self if words in each]
        assert expected, f"nothing with {words!r} was complained of, but {self}"
        self[:] = [each for each in self if each not in expected]

    def console(self, message: ConsoleMessage) -> None:
        """What a page or the browser has written into the console."""
        if message.type in ("error", "warning"):
            self.append(f"{message.page.url if message.page else ''}: {message.text}")

    def error(self, error: WebError) -> None:
        """A script that has failed."""
        self.append(f"script: {error.error}")

    def dialog(self, dialog: Dialog) -> None:
        """None of our pages has one."""
        self.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def request(self, request: Request) -> None:
        """Nothing may leave this machine."""
        place = urlsplit(request.url)
        if place.scheme != "data" and place.hostname not in HERE and not (place.hostname or "").endswith(".localhost"):
            self.append(f"another host was asked: {request.url}")


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without a window, with a new and empty profile."""
    # Not below the tests' folder: the browser makes a socket there, whose path must be short.
    with tempfile.TemporaryDirectory(prefix="browser-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TMPDIR", folder)
            driver = sync_playwright().start()
        expect.set_options(timeout=LONGEST * 1000)
        try:
            browser = driver.chromium.launch(
                executable_path=os.environ["CHROMIUM"],
                args=FLAGS,
                chromium_sandbox=os.geteuid() != 0,
                env={"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
            )
            yield browser
            browser.close()
        finally:
            driver.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one of this worker."""
    with launched() as browser:
        yield browser


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Those of all windows of the test. What is not forgiven until its end fails it."""
    heard = Complaints()
    yield heard
    assert not heard, "\n".join(heard)


@pytest.fixture
def open_window(chromium: Browser, complaints: Complaints) -> Iterator[OpenWindow]:
    """`open_window(**options)`: another one, with no cookies yet; options as of Playwright's `new_context`."""
    opened = []

    def open_one(**options: Any) -> Page:
        context = chromium.new_context(**({"viewport": {"width": 1200, "height": 900}} | options))
        opened.append(context)
        context.set_default_timeout(LONGEST * 1000)
        context.on("console", complaints.console)
        context.on("weberror", complaints.error)
        context.on("dialog", complaints.dialog)
        context.on("request", complaints.request)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def window(open_window: OpenWindow) -> Page:
    """A window of a usual size."""
    return open_window()
