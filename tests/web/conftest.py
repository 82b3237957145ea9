"""Fixtures for tests of the doors."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from .world import Populated, World, new_world, populate


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Doors, nothing in them but people."""
    made = new_world(tmp_path)
    yield made
    made.database.close()


@pytest.fixture(scope="session")
def made_full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Populated, bytes]:
    """A full world and the bytes of its rows: made once, each test has a copy."""
    made = new_world(tmp_path_factory.mktemp("full"))
    populated, image = populate(made), made.image()
    made.database.close()
    return populated, image


@pytest.fixture
def full(world: World, made_full: tuple[Populated, bytes]) -> Populated:
    """A world with one of everything."""
    populated, image = made_full
    world.database._connection().deserialize(image)
    assert (world.token, world.customer) == (populated.world.token, populated.world.customer), "the same seed"
    return replace(populated, world=world, paths=dict(populated.paths), paths_of_addon=dict(populated.paths_of_addon))


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Populated]:
    """A full world for all tests of a module: for requests that change nothing. Its rate limit does not end."""
    made = new_world(tmp_path_factory.mktemp("world"), rate_limit=10_000_000)
    yield populate(made)
    made.database.close()
