"""Without EXAMPLES (`make test-examples` sets it) these tests are skipped: they compile, and install from an index."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is in this folder."""
    if "EXAMPLES" in os.environ:
        return
    here = f"{Path(__file__).parent}{os.sep}"  # of a Path, `parents` are made anew for each of all tests
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.skip(reason="make test-examples runs it"))
