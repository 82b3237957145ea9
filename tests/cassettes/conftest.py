"""A whole life of an add-on whose partner answers 202 and calls back, recorded once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from platform_sim.conformance.home import Home
from platform_sim.core.actions.catalog import service_named
from platform_sim.core.public.cassettes import cassette

from ..zoo.partner import MANIFEST, PLANS, SECRET, Right, Slow

Json = dict[str, Any]


@contextmanager
def home_of(partner: Right, seed: int = 1) -> Iterator[Home]:
    try:
        with Home(MANIFEST, PLANS, partner, client_secret=SECRET, seed=seed) as home:
            yield home
    finally:
        partner.close()


def taken(home: Home) -> Json:
    """The cassette, as it is read from a file."""
    with home.platform.database.snapshot() as rows:
        found = cassette(rows, service_named(rows, "zoo"), None, home.platform.database.rules.exchanges_kept)
    read: Json = json.loads(json.dumps(found))
    return read


def live(home: Home) -> None:
    """Order, 202, done, another plan, destroyed."""
    made = home.install("test", {"size": "small"})
    assert home.wait_for_state(made.uuid, ["provisioned"], 10).state == "provisioned"
    home.change_plan(made.uuid, "big")
    home.destroy(made.uuid)


@pytest.fixture(scope="package")
def recorded() -> Json:
    with home_of(Slow()) as home:
        live(home)
        return taken(home)


@pytest.fixture
def content(recorded: Json) -> Json:
    """The same, to be changed by a test."""
    copy: Json = json.loads(json.dumps(recorded))
    return copy
