"""Reports of partners that are right and of such that are not, made once."""

import pytest

from platform_sim.conformance.run import Report

from ..zoo.animal import check
from ..zoo.animals_end import Forgets, NeverLetsGo
from ..zoo.partner import Right


@pytest.fixture(scope="package")
def good() -> Report:
    return check(Right)


@pytest.fixture(scope="package")
def bad() -> Report:
    """D01: a DELETE that fails."""
    return check(NeverLetsGo)


@pytest.fixture(scope="package")
def warned() -> Report:
    """D04: 404 for a second DELETE."""
    return check(Forgets)
