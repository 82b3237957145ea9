"""What tests of the supervisor share: rows of a world, and a runtime that starts no processes."""

from collections.abc import Iterator

import pytest

from .world import FakeRuntime, World, make_world


@pytest.fixture
def world() -> Iterator[World]:
    """An app in memory."""
    world = make_world()
    yield world
    world.database.close()


@pytest.fixture
def runtime() -> FakeRuntime:
    """What the supervisor asks to run."""
    return FakeRuntime()
