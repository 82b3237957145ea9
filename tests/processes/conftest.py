"""Fixtures for tests of the running platform: a data folder, a platform in this process, a partner."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_sim.assemble import Options, Platform

from .customer import Customer
from .leftovers import nothing_left
from .package_index import BlockingIndex, running_index
from .partner import TinyPartner, running_partner
from .up import outer_environment

__all__ = ["nothing_left"]

QUICK = {
    "rate_limit": 1_000_000,
    "provision_retry_delay": 0.05,
    "deprovision_retry_delay": 0.05,
    "partner_timeout": 600.0,
    "customer_patience": 600.0,
    "webhook_timeout": 600.0,
}
"""Settings under which tests wait for no clock; polling costs no rate limit, and a slow machine is nobody's fault."""


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A platform in this process, in memory, on a free port."""
    with Platform(Options(environment=outer_environment(tmp_path), rules=QUICK)) as started:
        yield started


@pytest.fixture
def customer(platform: Platform, tmp_path: Path) -> Customer:
    """Its customer."""
    return Customer(platform.url, platform.token, tmp_path)


@pytest.fixture
def partner() -> Iterator[TinyPartner]:
    """A partner that does everything right until it is told otherwise."""
    with running_partner() as made:
        yield made


@pytest.fixture
def index() -> Iterator[BlockingIndex]:
    """A package index that can be held up."""
    with running_index() as made:
        yield made
