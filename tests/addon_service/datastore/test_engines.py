"""What the seam promises, on every kind of server that there is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from addon_service.datastore import mysql, postgres
from addon_service.datastore.base import Use

from .client import Client, Denied, is_refused, rows, skip_where_everybody_is_trusted
from .servers import Ground

pytestmark = pytest.mark.processes
PATIENCE = 120.0


def wanted() -> bool:
    return True


def unwanted() -> bool:
    return False


def made(here: Ground, name: str, number: int = 1, connections: int = 10) -> str:
    """Have the database and one login; its URL."""
    here.engine.create(name, wanted)
    here.engine.login(name, number, f"secret-{number}", connections, wanted)
    return here.engine.url(name, number, f"secret-{number}")


def left_of(here: Ground, name: str) -> list[str]:
    """Databases and logins of that name on the server."""
    if here.is_mysql:
        found = rows(here.admin_url + "mysql", f"SELECT User FROM user WHERE User LIKE '{name}%'")
        found += rows(here.admin_url + "mysql", f"SHOW DATABASES LIKE '{name}%'")
    else:
        found = rows(here.admin_url, f"SELECT rolname FROM pg_roles WHERE rolname LIKE '{name}%'")
        found += rows(here.admin_url, f"SELECT datname FROM pg_database WHERE datname LIKE '{name}%'")
    return sorted(row[0] for row in found)


def all_of(here: Ground, name: str, *numbers: int) -> list[str]:
    """What there should be."""
    return sorted([name, *([] if here.is_mysql else [f"{name}_owner"]), *(f"{name}_{n}" for n in numbers)])


def test_an_app_can_use_what_was_made(here: Ground, name: str) -> None:
    url = made(here, name)
    with Client(url) as app:
        app.run("CREATE TABLE t (a INT)")
        app.run("INSERT INTO t VALUES (1), (2)")
    assert rows(url, "SELECT * FROM t ORDER BY a") == [(1,), (2,)]
    assert left_of(here, name) == all_of(here, name, 1)
    assert sorted(here.engine.traces(name)) == all_of(here, name, 1)


def test_a_repeat_changes_nothing(here: Ground, name: str) -> None:
    url = made(here, name)
    rows(url, "CREATE TABLE t (a INT)")
    assert made(here, name) == url
    assert rows(url, "SELECT * FROM t") == []
    assert left_of(here, name) == all_of(here, name, 1)


class Killed(Exception):
    """The process ends here, as far as the server can tell."""


def test_a_kill_between_any_two_statements_is_made_good_by_a_repeat(
    here: Ground, new_name: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Any = mysql if here.is_mysql else postgres
    run = module._run
    left = 0

    def dying(*arguments: Any) -> Any:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        return run(*arguments)

    # To make and drop a database takes a server that waits for the disk a second: there a sample will do.
    for survived in (1, 3, 5, 99) if here.kind.startswith("postgres") else range(99):
        name, left = new_name(), survived
        monkeypatch.setattr(module, "_run", dying)
        try:
            made(here, name)
        except Killed:
            monkeypatch.setattr(module, "_run", run)
            assert rows(made(here, name), "SELECT 1") == [(1,)], survived
            assert left_of(here, name) == all_of(here, name, 1), survived
        else:
            break
    assert survived >= 5, "each statement was cut off once"


def test_what_is_no_longer_wanted_is_not_made(here: Ground, name: str) -> None:
    here.engine.create(name, unwanted)
    assert left_of(here, name) == []
    here.engine.create(name, wanted)
    here.engine.login(name, 1, "secret", 10, unwanted)
    assert left_of(here, name) == all_of(here, name)


def test_a_login_enters_its_own_database_only(here: Ground, new_name: Callable[[], str]) -> None:
    first, second = new_name(), new_name()
    url = made(here, first)
    rows(made(here, second), "CREATE TABLE t (a INT)")
    assert is_refused(url, database=second)
    for other in ("mysql",) if here.is_mysql else ("postgres", "template1"):
        assert is_refused(url, database=other), other
    if here.is_mysql:
        with Client(url) as app, pytest.raises(Denied, match="denied"):
            app.run(f"SELECT * FROM {second}.t")


def test_a_wrong_password_is_refused(here: Ground, name: str) -> None:
    url = made(here, name)
    skip_where_everybody_is_trusted(here.admin_url)
    assert is_refused(url, password="secret-2")
    assert not is_refused(url)


def test_a_login_has_no_rights_over_the_server(here: Ground, name: str) -> None:
    with Client(made(here, name)) as app:
        for statement in (
            f"CREATE DATABASE {name}x",
            f"DROP DATABASE {name}x",
            f"CREATE {'USER' if here.is_mysql else 'ROLE'} x",
        ):
            with pytest.raises(Denied):
                app.run(statement)


def test_old_and_new_login_work_side_by_side_on_the_same_tables(here: Ground, name: str) -> None:
    old = made(here, name)
    rows(old, "CREATE TABLE t (a INT)")
    new = made(here, name, 2)
    rows(new, "ALTER TABLE t ADD COLUMN b INT")
    rows(new, "CREATE TABLE u (a INT)")
    rows(old, "INSERT INTO u VALUES (1)")
    rows(old, "ALTER TABLE u ADD COLUMN b INT")
    rows(old, "DROP TABLE u")
    assert rows(new, "SELECT * FROM t") == []


def test_a_retired_login_is_out_and_what_it_made_stays(here: Ground, name: str) -> None:
    old = made(here, name)
    with Client(old) as session:
        if not here.is_mysql:
            session.run("SET ROLE NONE")  # what is made now belongs to the login, not to the owner
        session.run("CREATE TABLE t (a INT)")
        session.run("CREATE VIEW v AS SELECT a FROM t")
        session.run("INSERT INTO t VALUES (7)")
        new = made(here, name, 2)
        here.engine.retire(name, 1)
        with pytest.raises(Denied):
            session.run("SELECT 1")
    assert is_refused(old)
    assert rows(new, "SELECT * FROM v") == [(7,)]
    rows(new, "ALTER TABLE t ADD COLUMN b INT")
    here.engine.retire(name, 1)
    here.engine.retire(name, 9)
    assert rows(new, "SELECT a FROM t") == [(7,)]


def test_a_retired_login_that_defines_nothing_is_gone(here: Ground, name: str) -> None:
    made(here, name)
    made(here, name, 2)
    here.engine.retire(name, 1)
    assert left_of(here, name) == all_of(here, name, 2)


def test_a_database_is_dropped_with_a_client_connected(here: Ground, name: str) -> None:
    url = made(here, name)
    made(here, name, 2)
    with Client(url) as session:
        session.run("CREATE TABLE t (a INT)")
        session.run("CREATE VIEW v AS SELECT a FROM t")
        here.engine.drop(name)
        with pytest.raises(Denied):
            session.run("SELECT 1")
    assert left_of(here, name) == here.engine.traces(name) == []
    assert is_refused(url)
    here.engine.drop(name)


def test_a_locked_definer_goes_with_the_database(here: Ground, name: str) -> None:
    rows(made(here, name), "CREATE VIEW v AS SELECT 1 AS a")
    made(here, name, 2)
    here.engine.retire(name, 1)
    here.engine.drop(name)
    assert left_of(here, name) == []


def test_the_number_of_connections_is_limited_for_each_login(here: Ground, name: str) -> None:
    url, other = made(here, name, 1, connections=2), made(here, name, 2, connections=2)
    with Client(url), Client(url), Client(other):
        assert is_refused(url)
        here.engine.limit(name, 3)
        with let_in(url):
            assert is_refused(url)


def let_in(url: str) -> Client:
    """A session, once the server counts none any more that it has refused or that has ended."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return Client(url)
        except Denied:
            assert time.monotonic() < end, "never let in"


def test_use_is_what_is_stored_and_who_is_connected(here: Ground, name: str) -> None:
    url = made(here, name)
    empty = here.engine.use(name)
    assert empty.connections == 0
    with Client(url) as app:
        app.run("CREATE TABLE t (a INT, b TEXT)")
        numbers = "seq_1_to_2000" if here.is_mysql else "generate_series(1, 2000)"
        app.run(f"INSERT INTO t SELECT 1, '{'x' * 1000}' FROM {numbers}")
        if here.is_mysql:
            app.run("ANALYZE TABLE t")  # the server counts now and then; now
        full = here.engine.use(name)
    assert full == Use(full.bytes, 1)
    assert full.bytes > empty.bytes + 1_500_000


def test_many_who_make_the_same_make_one(here: Ground, name: str) -> None:
    problems: list[BaseException] = []

    def make() -> None:
        try:
            made(here, name)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert problems == []
    assert left_of(here, name) == all_of(here, name, 1)


def test_a_drop_waits_for_a_making_that_is_under_way_and_nothing_is_left(here: Ground, name: str) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def held() -> bool:
        inside.set()
        return go_on.wait(PATIENCE)

    making = threading.Thread(target=here.engine.create, args=(name, held))
    making.start()
    assert inside.wait(PATIENCE)
    dropping = threading.Thread(target=here.engine.drop, args=(name,))
    dropping.start()
    waiting_for_the_lock(here)
    go_on.set()
    making.join(PATIENCE)
    dropping.join(PATIENCE)
    assert left_of(here, name) == []


def waiting_for_the_lock(here: Ground) -> None:
    """Return once some session waits for a lock of ours."""
    if here.is_mysql:
        statement = (
            "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT GET_LOCK%' AND STATE LIKE 'User lock'"
        )
    else:
        statement = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with Client(here.admin_url, **({"database": "mysql"} if here.is_mysql else {})) as admin:
        ended = threading.Event()
        for _ in range(int(PATIENCE * 100)):
            if admin.run(statement):
                return
            ended.wait(0.01)
    pytest.fail("nobody waits")


def test_a_url_says_all_that_an_app_needs(here: Ground, name: str) -> None:
    url = here.engine.url(name, 3, "pw")
    scheme = "mysql" if here.is_mysql else "postgres"
    assert url.startswith(f"{scheme}://{name}_3:pw@{here.engine.address}/{name}")
    assert url.endswith("?sslmode=disable") == here.kind.startswith("embedded"), "its wheel has no TLS"
    assert here.engine.absent is None


def test_a_name_that_is_not_ours_never_reaches_the_server(here: Ground) -> None:
    for odd in ("", "x", "postgres", "d" + "0" * 19, "d" + "0" * 21, "d'; DROP TABLE x; --00"):
        with pytest.raises(AssertionError):
            here.engine.create(odd, wanted)
        with pytest.raises(AssertionError):
            here.engine.drop(odd)
