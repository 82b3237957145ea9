"""A site with one app, and a clone to push from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ... import support
from ..world import World
from .pushing import Clone, Site, new_clone, none_left, served


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    """Served under the server that a platform has; no git is left when it ends."""
    with world.database.transaction() as tx:
        support.new_app(tx, world.customer, "acme")
    with served(world) as made:
        yield made
    assert none_left()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """With one commit on `main`."""
    return new_clone(tmp_path / "clone")
