"""What the tests in a browser share. Without CHROMIUM (`make test-browser` sets it) no module of theirs is read."""

import os
from pathlib import Path
from typing import Never

import pytest

from ..processes.conftest import customer, nothing_left, partner, platform

pytest.register_assert_rewrite("tests.browser.looking", "tests.browser.windows")

__all__ = ["customer", "nothing_left", "partner", "platform"]

if os.environ.get("CHROMIUM"):
    # Playwright is there only then.
    from .full import site
    from .windows import chromium, complaints, open_window, window

    __all__ += ["chromium", "complaints", "open_window", "site", "window"]


class NoBrowser(pytest.File):
    """A module of tests that cannot be read here."""

    def collect(self) -> Never:
        """See `pytest.File`."""
        pytest.skip("CHROMIUM names no browser: make test-browser looks for one")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """The module as it is, where there is a browser."""
    return None if os.environ.get("CHROMIUM") else NoBrowser.from_parent(parent, path=module_path)
