"""What `heroku pg:*` asks of a PostgreSQL, on every kind that there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from addon_service.datastore.base import Data, DatastoreRefused
from addon_service.datastore.postgres_data import OPTIONS

from .client import Client, Denied, is_refused, rows
from .servers import Ground

pytestmark = pytest.mark.processes


@pytest.fixture
def data(here: Ground) -> Data:
    """The engine's answers; only a PostgreSQL has some."""
    found = here.engine.data
    if here.is_mysql:
        assert found is None
        pytest.skip("heroku pg:* is for PostgreSQL")
    assert found is not None
    return found


@pytest.fixture
def url(here: Ground, name: str, data: Data) -> str:
    """Of a database with one login."""
    here.engine.create(name, lambda: True)
    here.engine.login(name, 1, "secret-1", 10, lambda: True)
    return here.engine.url(name, 1, "secret-1")


@pytest.fixture
def is_superuser(here: Ground) -> bool:
    return "no superuser" not in here.kind


def test_a_look_counts_what_is_there(data: Data, here: Ground, name: str, url: str) -> None:
    before = data.look(name)
    assert (before.tables, dict(before.connections)) == (0, {})
    here.engine.login(name, 2, "secret-2", 10, lambda: True)
    with Client(url) as one, Client(url), Client(here.engine.url(name, 2, "secret-2")):
        one.run("CREATE TABLE t AS SELECT generate_series(1, 50000) AS a")
        one.run("CREATE TABLE parted (a INT) PARTITION BY RANGE (a)")
        one.run("CREATE SCHEMA own")
        one.run("CREATE TABLE own.u (a INT)")
        one.run("CREATE VIEW v AS SELECT 1")
        look = data.look(name)
        server = one.run("SHOW server_version")[0][0]
    assert (look.tables, dict(look.connections)) == (3, {1: 2, 2: 1})
    assert look.bytes > before.bytes + 1_000_000
    assert server.split()[0] == look.version
    assert data.user(name, 2) == f"{name}_2"


def test_settings_are_those_of_new_sessions(data: Data, name: str, url: str, is_superuser: bool) -> None:
    if not is_superuser:
        assert data.settings(name) == {}
        with pytest.raises(DatastoreRefused):
            data.configure(name, {"log_lock_waits": True})
        return
    assert set(data.settings(name)) == set(OPTIONS)
    wanted: dict[str, Any] = {"log_lock_waits": True, "log_min_duration_statement": 250, "log_statement": "ddl"}
    told = data.configure(name, wanted)
    assert {each: told[each].value for each in wanted} == wanted
    shown = [rows(url, f"SHOW {each}")[0][0] for each in wanted]
    assert shown == ["on", "250ms", "ddl"]
    data.configure(name, {"log_lock_waits": False, "log_min_duration_statement": -1})
    assert rows(url, "SHOW log_lock_waits") == [("off",)]
    assert data.settings(name)["log_min_duration_statement"].value == -1
    assert set(data.settings(name)["log_statement"].values) == {"none", "ddl", "mod", "all"}


def test_either_all_are_set_or_none(data: Data, name: str, url: str, is_superuser: bool) -> None:
    if not is_superuser:
        pytest.skip("none can be set")
    before = data.settings(name)
    with pytest.raises(Exception, match="track_functions"):
        data.configure(name, {"log_lock_waits": not before["log_lock_waits"].value, "track_functions": "nonsense"})
    assert data.settings(name) == before


def test_sessions_end_and_may_come_back(data: Data, here: Ground, new_name: Any, name: str, url: str) -> None:
    other = new_name()
    here.engine.create(other, lambda: True)
    here.engine.login(other, 1, "secret-1", 10, lambda: True)
    with Client(url) as client, Client(here.engine.url(other, 1, "secret-1")) as neighbour:
        data.end_sessions(name)
        with pytest.raises(Denied):
            for _ in range(1000):
                client.run("SELECT pg_sleep(0.01)")
        assert neighbour.run("SELECT 1") == [(1,)], "another database's sessions stay"
    assert rows(url, "SELECT 1") == [(1,)]


def test_a_reset_leaves_an_empty_database_with_its_logins(data: Data, here: Ground, name: str, url: str) -> None:
    with Client(url) as client:
        client.run("CREATE TABLE t (a INT)")
        data.reset(name, lambda: True)
        with pytest.raises(Denied):
            client.run("SELECT 1")
    assert data.look(name).tables == 0
    assert rows(url, "CREATE TABLE t (a INT)") == []
    assert is_refused(url, database="postgres"), "it is closed to all but its logins, and they to all else"
    assert sorted(here.engine.traces(name)) == sorted([name, f"{name}_owner", f"{name}_1"])


def test_a_reset_that_is_not_wanted_any_more_does_nothing(data: Data, name: str, url: str) -> None:
    rows(url, "CREATE TABLE t (a INT)")
    data.reset(name, lambda: False)
    assert data.look(name).tables == 1


@pytest.fixture
def trap(url: str, name: str) -> Iterator[str]:
    """A database whose owner has laid out names of the catalogue's, before it in the path of every new session."""
    with Client(url) as client:
        client.run("CREATE SCHEMA evil")
        client.run("CREATE TABLE evil.sprung (by TEXT)")
        client.run(
            "CREATE FUNCTION evil.spring() RETURNS BIGINT LANGUAGE sql AS "
            "$$INSERT INTO evil.sprung VALUES (current_user) RETURNING 42::bigint$$"
        )
        for view in ("pg_class", "pg_settings", "pg_stat_activity"):
            columns = "oid, relkind, relnamespace" if view == "pg_class" else "*"
            client.run(f"CREATE VIEW evil.{view} AS SELECT {columns} FROM pg_catalog.{view} WHERE evil.spring() > 0")
        client.run(
            "CREATE FUNCTION evil.pg_database_size(name) RETURNS BIGINT LANGUAGE sql AS $$SELECT evil.spring()$$"
        )
        client.run(f"ALTER DATABASE {name} SET search_path = evil, pg_catalog")
    yield url


def test_no_name_means_anything_of_the_owners(data: Data, name: str, trap: str) -> None:
    """The administrator, who may be a superuser, must not run what a customer has written."""
    assert rows(trap, "SELECT pg_database_size(current_database())") == [(42,)], "the trap works"
    rows(trap, "DELETE FROM evil.sprung")
    look = data.look(name)
    data.settings(name)
    assert look.bytes > 42
    assert rows(trap, "SELECT * FROM evil.sprung") == []
