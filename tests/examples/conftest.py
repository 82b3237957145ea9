"""Without EXAMPLES (`make test-examples` sets it) these tests are skipped: they compile, and install from an index."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is in this folder."""
    if "EXAMPLES" in os.environ:
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="make test-examples runs it"))
