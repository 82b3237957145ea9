"""Credentials: one current, old ones for a while."""

import sqlite3
from datetime import timedelta

import pytest

from addon_service.clock import stamp
from addon_service.credentials import Credentials
from addon_service.service import Service
from addon_service.store import Tx

from .heroku import START
from .partner import UUID


@pytest.fixture
def credentials(service: Service) -> Credentials:
    with service.store.write() as tx:
        row = {"uuid": UUID, "addon": "exceptions", "plan": "basic", "state": "provisioned"}
        tx.insert("resources", {**row, "message": "", "created_at": stamp(START)})
    return service.credentials


def _states(credentials: Credentials, tx: Tx) -> list[str]:
    return [row["state"] for row in credentials.listed(tx, UUID)]


def test_the_last_issued_is_current_and_the_one_before_still_opens(service: Service, credentials: Credentials) -> None:
    with service.store.write() as tx:
        credentials.issue(tx, UUID, "one", START)
        credentials.issue(tx, UUID, "two", START)
        assert credentials.current(tx, UUID).secret == "two"
        assert credentials.owner(tx, "one", START) == credentials.owner(tx, "two", START) == UUID
        assert credentials.owner(tx, "three", START) is None
        assert _states(credentials, tx) == ["current", "retiring"]


def test_only_those_older_than_the_one_taken_are_planned_to_end(service: Service, credentials: Credentials) -> None:
    end = START + timedelta(hours=1)
    with service.store.write() as tx:
        first, second, third = (credentials.issue(tx, UUID, s, START) for s in ("one", "two", "three"))
        assert credentials.plan_retirement(tx, UUID, second, end) == [first]
        assert credentials.plan_retirement(tx, UUID, second, end + timedelta(hours=1)) == [], "planned once"
        assert credentials.plan_retirement(tx, UUID, third, end) == [second]
        assert credentials.owner(tx, "one", end - timedelta(seconds=1)) == UUID
        assert credentials.owner(tx, "one", end) is None, "ends on time, even if its duty is late"


def test_what_is_retired_opens_nothing_and_is_forgotten(service: Service, credentials: Credentials) -> None:
    with service.store.write() as tx:
        first = credentials.issue(tx, UUID, "one", START)
        credentials.issue(tx, UUID, "two", START)
        credentials.retire(tx, first)
        credentials.retire(tx, first)
        assert credentials.owner(tx, "one", START) is None
        credentials.retire_all(tx, UUID)
        assert credentials.owner(tx, "two", START) is None
        assert tx.count("SELECT count(*) FROM credentials WHERE sealed IS NOT NULL") == 0


def test_the_store_holds_no_secret_in_clear(service: Service, credentials: Credentials) -> None:
    with service.store.write() as tx:
        credentials.issue(tx, UUID, "very-secret-token", START)
    service.store.close()
    files = service.folder.path.glob("addon.db*")
    assert all(b"very-secret-token" not in path.read_bytes() for path in files)


def test_the_same_secret_is_never_issued_twice(service: Service, credentials: Credentials) -> None:
    with pytest.raises(sqlite3.IntegrityError), service.store.write() as tx:
        credentials.issue(tx, UUID, "one", START)
        credentials.issue(tx, UUID, "one", START)


def test_one_that_is_prepared_opens_nothing_until_it_is_promoted(service: Service, credentials: Credentials) -> None:
    with service.store.write() as tx:
        credentials.issue(tx, UUID, "one", START)
        made = credentials.prepare(tx, UUID, "two", START)
        assert credentials.current(tx, UUID).secret == "one"
        assert credentials.owner(tx, "two", START) is None
        assert _states(credentials, tx) == ["preparing", "current"]
        credentials.promote(tx, UUID, made)
        assert (credentials.current(tx, UUID).number, credentials.current(tx, UUID).secret) == (2, "two")
        assert _states(credentials, tx) == ["current", "retiring"]


def test_numbers_count_within_an_instance_and_are_never_used_again(service: Service, credentials: Credentials) -> None:
    with service.store.write() as tx:
        for number, secret in enumerate(("one", "two", "three"), 1):
            made = credentials.issue(tx, UUID, secret, START)
            found = credentials.get(tx, made)
            assert found is not None
            assert (found.number, found.secret) == (number, secret)
            credentials.retire(tx, made - 1)
        assert credentials.get(tx, made - 1) is None, "its secret is forgotten"
