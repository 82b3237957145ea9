"""Fixtures: a browser in a full world."""

import pytest

from ..world import Populated
from .browser import Browser


@pytest.fixture
def browser(full: Populated) -> Browser:
    """The first customer's, in a world with one of everything."""
    return Browser(full.world)
