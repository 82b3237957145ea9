"""The bench on which this folder's tests build."""

from pathlib import Path

import pytest

from .making import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A place to build apps in."""
    return Bench(tmp_path)
