"""Databases on a MariaDB or MySQL server: SQL over an administrator's URL, with all privileges and GRANT OPTION.

There is no owner here: a user with all privileges on the database may use and change whatever another has made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import pymysql

from addon_service.datastore.base import DatastoreAway, DatastoreRefused, Use, Wanted, checked, login_name
from addon_service.datastore.servers import given_address

Connection: TypeAlias = "pymysql.connections.Connection[Any]"  # generic for the type checker only
SECONDS = 30
# Access denied, in its kinds, and a plugin that is not there.
_REFUSED = (1044, 1142, 1227, 1370, 1410, 1524)
NO_SUCH_THREAD = 1094


@dataclass(frozen=True)
class MySql:
    """The engine over one server; `reached_at` when apps have another way to it."""

    admin: str = field(repr=False)
    reached_at: str = ""

    @property
    def label(self) -> str:
        """By whose will it is there."""
        return "MariaDB or MySQL by URL"

    @property
    def address(self) -> str:
        """Host and port, 3306 when none is said."""
        return given_address(self.admin, self.reached_at, 3306)

    @property
    def absent(self) -> str | None:
        """There is one."""
        return None

    @property
    def data(self) -> None:
        """None: `heroku pg:*` is for PostgreSQL."""

    def start(self) -> None:
        """Nothing: it is not ours."""

    def stop(self) -> None:
        """Nothing: it is not ours."""

    def create(self, name: str, wanted: Wanted) -> None:
        """The database, which nobody has a right to yet."""
        with self._alone(name) as conn:
            if wanted():
                _run(conn, f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4")

    def login(self, name: str, number: int, password: str, connections: int, wanted: Wanted) -> None:
        """A user with every right on the database and none elsewhere."""
        user = login_name(name, number)
        with self._alone(name) as conn:
            if wanted():
                _run(conn, f"CREATE USER IF NOT EXISTS `{user}`@`%%` IDENTIFIED BY %s", password)
                _run(conn, f"ALTER USER `{user}`@`%%` IDENTIFIED BY %s", password)
                _limit(conn, user, connections)
                _run(conn, f"GRANT ALL ON `{name}`.* TO `{user}`@`%%`")

    def limit(self, name: str, connections: int) -> None:
        """A new limit for each user; sessions that are open stay."""
        with self._alone(name) as conn:
            for user in _logins(conn, name):
                _limit(conn, user, connections)

    def retire(self, name: str, number: int) -> None:
        """Shut the user out and end its sessions. A user who has made views, triggers or routines stays, locked:
        they run in its name, and would fail without it."""
        user = login_name(name, number)
        with self._alone(name) as conn:
            if user in _logins(conn, name):
                _run(conn, f"ALTER USER `{user}`@`%%` ACCOUNT LOCK")
                _end_sessions(conn, user)
                if not _defines_something(conn, name, user):
                    _run(conn, f"DROP USER `{user}`@`%%`")

    def drop(self, name: str) -> None:
        """Its users first, so that nobody comes back, then the database."""
        with self._alone(name) as conn:
            for user in _logins(conn, name):
                _run(conn, f"ALTER USER `{user}`@`%%` ACCOUNT LOCK")
                _end_sessions(conn, user)
                _run(conn, f"DROP USER `{user}`@`%%`")
            _run(conn, f"DROP DATABASE IF EXISTS `{name}`")

    def use(self, name: str) -> Use:
        """Data and indexes as the server last counted them, and sessions of its users."""
        with self._connected() as conn:
            if not _has_database(conn, name):
                raise DatastoreRefused(f"the database {name} is not on the server")
            size = (
                "SELECT COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0) FROM information_schema.TABLES"
                " WHERE TABLE_SCHEMA = %s"
            )
            sessions = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER LIKE %s"
            stored, open_now = _run(conn, size, name), _run(conn, sessions, f"{name}\\_%")
        return Use(int(stored[0][0]), int(open_now[0][0]))

    def traces(self, name: str) -> list[str]:
        """The database and its users, as far as they are there."""
        with self._connected() as conn:
            return [*([checked(name)] if _has_database(conn, name) else []), *sorted(_logins(conn, name))]

    def url(self, name: str, number: int, password: str) -> str:
        """`mysql://`, as in Heroku's own description of add-ons."""
        return f"mysql://{login_name(name, number)}:{password}@{self.address}/{name}"

    @contextmanager
    def _alone(self, name: str) -> Iterator[Connection]:
        """A session that is the only one to work on this database; the lock ends with the session."""
        with self._connected() as conn:
            if _run(conn, "SELECT GET_LOCK(%s, %s)", checked(name), SECONDS) != [(1,)]:
                raise DatastoreAway(f"the database server cannot do it now: somebody else works on {name}")
            yield conn

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A session of the administrator's, each statement its own transaction."""
        parts = urlsplit(self.admin)
        try:
            conn: Connection = pymysql.connect(
                host=parts.hostname or "",
                port=parts.port or 3306,
                user=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                connect_timeout=5,
                read_timeout=SECONDS + 5,
                autocommit=True,
                charset="utf8mb4",
            )
            with conn:
                yield conn
        except pymysql.MySQLError as error:
            raise _told(error) from None


def _run(conn: Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """A statement; its rows. Names in it are ours (`login_name`), values are escaped."""
    with conn.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _has_database(conn: Connection, name: str) -> bool:
    return bool(_run(conn, "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s", name))


def _limit(conn: Connection, user: str, connections: int) -> None:
    _run(conn, f"ALTER USER `{user}`@`%%` WITH MAX_USER_CONNECTIONS %s", connections)


def _logins(conn: Connection, name: str) -> list[str]:
    rows = _run(conn, "SELECT User FROM mysql.user WHERE User LIKE %s", f"{name}\\_%")
    return [row[0] for row in rows if re.fullmatch(rf"{name}_[0-9]+", row[0])]


def _defines_something(conn: Connection, name: str, user: str) -> bool:
    places = (
        ("VIEWS", "TABLE_SCHEMA"),
        ("TRIGGERS", "TRIGGER_SCHEMA"),
        ("ROUTINES", "ROUTINE_SCHEMA"),
        ("EVENTS", "EVENT_SCHEMA"),
    )
    return any(
        _run(conn, f"SELECT 1 FROM information_schema.{table} WHERE {schema} = %s AND DEFINER = %s", name, f"{user}@%")
        for table, schema in places
    )


def _end_sessions(conn: Connection, user: str) -> None:
    for row in _run(conn, "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = %s", user):
        try:
            _run(conn, "KILL %s", row[0])
        except pymysql.MySQLError as error:
            if error.args[0] != NO_SUCH_THREAD:
                raise


def _told(error: pymysql.MySQLError) -> DatastoreAway | DatastoreRefused:
    """What went wrong, in one line; the server's messages name users and databases, no passwords."""
    number, line = (*error.args, "", "")[:2]
    if number in _REFUSED:
        return DatastoreRefused(f"the database server refused: {line}")
    return DatastoreAway(f"the database server cannot do it now: {line or type(error).__name__}")
