"""Fixtures for tests of the doors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .world import Populated, World, new_world, populate


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Doors, nothing in them but people."""
    made = new_world(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def full(world: World) -> Populated:
    """A world with one of everything."""
    return populate(world)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Populated]:
    """A full world for all tests of a module: for requests that change nothing. Its rate limit does not end."""
    made = new_world(tmp_path_factory.mktemp("world"), rate_limit=10_000_000)
    yield populate(made)
    made.database.close()
