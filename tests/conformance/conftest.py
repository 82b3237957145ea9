"""Reports of partners that are right and of such that are not, made once."""

import pytest

from platform_sim.conformance.catalogue import RULES
from platform_sim.conformance.run import Report

from ..zoo.animal import check
from ..zoo.animals_end import Forgets, NeverLetsGo
from ..zoo.partner import Right

SOME = [rule for rule in RULES if rule.id[0] in "MTD"]
"""Of the catalogue: enough for a report."""


@pytest.fixture(scope="package")
def good() -> Report:
    return check(Right, rules=SOME)


@pytest.fixture(scope="package")
def bad() -> Report:
    """D01: a DELETE that fails."""
    return check(NeverLetsGo, rules=SOME)


@pytest.fixture(scope="package")
def warned() -> Report:
    """D04: 404 for a second DELETE."""
    return check(Forgets, rules=SOME)
