"""Fixtures for everybody: a platform's rows with a frozen clock and a seed, and who acts on them."""

import gc
import signal
from collections.abc import Generator, Iterator

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.model.apps import App
from platform_sim.core.store import Database, Transaction

from . import support


def pytest_configure() -> None:
    """A shell starts what it puts into the background with SIGINT ignored, and so would be all dynos of tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and ten thousand tests stay until the end: nobody looks for garbage among them, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def database() -> Iterator[Database]:
    """Rows in memory, clock frozen at `support.START`, seed 1."""
    rows = support.new_database()
    yield rows
    rows.close()


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    """A write transaction that is open during the whole test."""
    with database.transaction("cause-of-the-test") as transaction:
        yield transaction


@pytest.fixture
def customer(tx: Transaction) -> Actor:
    """A customer, made in `tx`."""
    return support.new_customer(tx)


@pytest.fixture
def app(tx: Transaction, customer: Actor) -> App:
    """The customer's app `acme`, made in `tx`."""
    return support.new_app(tx, customer, "acme")
