"""What tests of the supervisor share: rows of a world, and a runtime that starts no processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_sim.engines.dynos.supervisor import Supervisor

from .world import BOOT, FakeRuntime, World, make_world


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


@pytest.fixture
def supervisor(world: World, runtime: FakeRuntime) -> Supervisor:
    """One that steps when it is told to."""
    return Supervisor(world.database, runtime, world.log, slugs=Path("/slugs"), boot_id=BOOT)
