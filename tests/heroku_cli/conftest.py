"""What the tests with the real CLI share. Without HEROKU_CLI (`make test-cli` sets it) they are skipped."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..processes.leftovers import nothing_left
from .cli import Cli, installed
from .stage import Stage, on_stage

__all__ = ["nothing_left"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is in this folder needs the CLI, but for what is marked to go without."""
    if installed():
        return
    here = f"{Path(__file__).parent}{os.sep}"  # of a Path, `parents` are made anew for each of all tests
    for item in items:
        if str(item.path).startswith(here) and item.get_closest_marker("without_cli") is None:
            item.add_marker(pytest.mark.skip(reason="HEROKU_CLI names no heroku CLI: make test-cli installs one"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A platform of one's own, with acts."""
    with on_stage(tmp_path) as opened:
        yield opened


@pytest.fixture
def cli(stage: Stage) -> Cli:
    """Its customer's CLI."""
    return stage.cli
