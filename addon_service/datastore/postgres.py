"""Databases on a PostgreSQL server: SQL over an administrator's URL, with CREATEROLE and CREATEDB, 14 or newer.

A database belongs to the role `NAME_owner`, which cannot log in. Logins are members of it and act as it from their
first statement on, so that what one of them makes, all may use and change: that is what lets credentials overlap.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from addon_service.datastore.base import DatastoreAway, DatastoreRefused, Use, Wanted, checked, login_name
from addon_service.datastore.postgres_data import Connection, PostgresData
from addon_service.datastore.servers import Server

log = logging.getLogger("addon_service.datastore")
OLDEST = 140000
STATEMENT_SECONDS = 30
END_SECONDS = 5
SYSTEM_DATABASES = "addon_service: rights on the databases of the system"  # names a lock
# Not allowed, not supported, no such thing. The rest of class 42, a duplicate, means that somebody was quicker.
_REFUSED = ("42501", "0A000", "42704", "3D000", "0LP01", "0P000")


class Postgres(PostgresData):
    """The engine over one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._guard = threading.Lock()
        self._closed_to_tenants = False

    @property
    def label(self) -> str:
        """As the server calls itself."""
        return self._server.label

    @property
    def address(self) -> str:
        """The server's."""
        return self._server.address

    @property
    def absent(self) -> str | None:
        """There is one."""
        return None

    @property
    def data(self) -> PostgresData:
        """Itself."""
        return self

    def start(self) -> None:
        """Have the server run."""
        self._server.start()

    def stop(self) -> None:
        """End the server, if it is ours."""
        self._server.stop()

    def create(self, name: str, wanted: Wanted) -> None:
        """The database and its owner. Nobody can enter before PUBLIC is shut out, and then only its logins."""
        with self.alone(name) as conn:
            if wanted():
                self.make(conn, name)

    def make(self, conn: Connection, name: str) -> None:
        """What is missing of them."""
        if not _has_role(conn, _owner(name)):
            _run(conn, "CREATE ROLE {} NOLOGIN", _owner(name))
        _join(conn, _owner(name))
        if not _has_database(conn, name):
            # template0, since nobody can be connected to it, which would stand in the way.
            _run(conn, "CREATE DATABASE {} OWNER {} TEMPLATE template0 ALLOW_CONNECTIONS false", name, _owner(name))
        _run(conn, "REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC", name)
        _run(conn, "GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", name, _owner(name))
        _run(conn, "ALTER DATABASE {} ALLOW_CONNECTIONS true", name)

    def login(self, name: str, number: int, password: str, connections: int, wanted: Wanted) -> None:
        """A login role; the server gets a verifier of the password, never the password."""
        role = login_name(name, number)
        with self.alone(name) as conn:
            if not wanted():
                return
            if not _has_role(conn, role):
                _run(conn, "CREATE ROLE {} NOLOGIN IN ROLE {}", role, _owner(name))
            _join(conn, role)
            _run(conn, "ALTER ROLE {} SET ROLE {}", role, _owner(name))
            verifier = conn.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
            conn.execute(
                sql.SQL("ALTER ROLE {} LOGIN CONNECTION LIMIT {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(connections), sql.Literal(verifier)
                )
            )

    def limit(self, name: str, connections: int) -> None:
        """A new limit for each login; sessions that are open stay."""
        with self.alone(name) as conn:
            for role in _logins(conn, name):
                limit = sql.Literal(connections)
                conn.execute(sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(sql.Identifier(role), limit))

    def retire(self, name: str, number: int) -> None:
        """Shut the login out, end its sessions, give what it owns to the owner, remove it."""
        role = login_name(name, number)
        with self.alone(name) as conn:
            if not _has_role(conn, role):
                return
            _run(conn, "ALTER ROLE {} NOLOGIN", role)
            _end_sessions(conn, role)
            if _has_database(conn, name):
                # A client may have said SET ROLE NONE; what it then made would keep the role from being dropped.
                with self.connected(name) as inside:
                    _run(inside, "REASSIGN OWNED BY {} TO {}", role, _owner(name))
                    _run(inside, "DROP OWNED BY {}", role)
            _run(conn, "DROP ROLE {}", role)

    def drop(self, name: str) -> None:
        """The database at once, whoever is connected, then its roles."""
        with self.alone(name) as conn:
            roles = _logins(conn, name)
            for role in roles:
                _run(conn, "ALTER ROLE {} NOLOGIN", role)
            _run(conn, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            for role in [*roles, _owner(name)]:
                _run(conn, "DROP ROLE IF EXISTS {}", role)

    def use(self, name: str) -> Use:
        """Size on disk, an empty database's own 8 MB included, and sessions of its logins."""
        with self.connected() as conn:
            if not _has_database(conn, name):
                raise DatastoreRefused(f"the database {name} is not on the server")
            size = conn.execute("SELECT pg_database_size(%s)", (name,)).fetchone()
            sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename LIKE %s"
            open_now = conn.execute(sessions, (name, f"{name}\\_%")).fetchone()
        assert size is not None
        assert open_now is not None
        return Use(int(size[0]), int(open_now[0]))

    def traces(self, name: str) -> list[str]:
        """The database, its owner and its logins, as far as they are there."""
        with self.connected() as conn:
            roles = [*_logins(conn, name), *([_owner(name)] if _has_role(conn, _owner(name)) else [])]
            return [*([checked(name)] if _has_database(conn, name) else []), *sorted(roles)]

    def url(self, name: str, number: int, password: str) -> str:
        """`postgres://`, as Heroku's own."""
        return f"postgres://{login_name(name, number)}:{password}@{self.address}/{name}{self._server.query}"

    @contextmanager
    def alone(self, name: str) -> Iterator[Connection]:
        """A session that is the only one to work on this database. The lock ends with the session, and not before
        the statement of a killed client has ended."""
        with self.connected() as conn:
            self._close_to_tenants(conn)
            conn.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (checked(name),))
            yield conn

    @contextmanager
    def connected(self, database: str | None = None) -> Iterator[Connection]:
        """A session of the administrator's, each statement its own transaction."""
        given: dict[str, Any] = {"dbname": database} if database else {}
        url = self._server.admin_url()
        given.setdefault("dbname", psycopg.conninfo.conninfo_to_dict(url).get("dbname") or "postgres")
        # The owner of a database may set a search_path that leads the administrator to functions of his own.
        options = f"-c statement_timeout={STATEMENT_SECONDS}s -c client_min_messages=error -c search_path=pg_catalog"
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=5, options=options, **given) as conn:
                _check_version(conn)
                if conn.info.server_version >= 160000 and not _is_superuser(conn):
                    # Without it, who makes a role may not act as it, nor give it a database.
                    conn.execute("SET createrole_self_grant = 'set, inherit'")
                yield conn
        except psycopg.Error as error:
            raise _told(error) from None

    def _close_to_tenants(self, conn: Connection) -> None:
        """Once a run: PUBLIC may connect to `postgres` and `template1` by default, and so could every login."""
        with self._guard:
            if self._closed_to_tenants:
                return
            # Two who change the rights on one database at once fail each other.
            conn.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (SYSTEM_DATABASES,))
            for database in ("postgres", "template1"):
                if database in _open_to_all(conn):
                    try:
                        _run(conn, "REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC", database)
                    except psycopg.errors.InsufficientPrivilege:
                        log.debug("may not close %s", database)
            if still := _open_to_all(conn):
                log.warning("the logins of add-ons can also enter %s: PUBLIC may connect there", ", ".join(still))
            conn.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (SYSTEM_DATABASES,))
            self._closed_to_tenants = True


def _run(conn: Connection, statement: str, *names: str) -> None:
    """A statement whose only variables are names."""
    conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _owner(name: str) -> str:
    return f"{name}_owner"


def _has_role(conn: Connection, role: str) -> bool:
    return conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None


def _has_database(conn: Connection, name: str) -> bool:
    return conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def _logins(conn: Connection, name: str) -> list[str]:
    rows = conn.execute("SELECT rolname FROM pg_roles WHERE rolname ~ %s", (f"^{name}_[0-9]+$",))
    return [row[0] for row in rows]


def _is_superuser(conn: Connection) -> bool:
    return conn.execute("SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper").fetchone() is not None


def _join(conn: Connection, role: str) -> None:
    """Before 16 who makes a role is no member of it, and may not give it a database or end its sessions."""
    if conn.info.server_version < 160000 and not _is_superuser(conn):
        conn.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))


def _end_sessions(conn: Connection, role: str) -> None:
    statement = "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE usename = %s"
    conn.execute(statement, (END_SECONDS * 1000, role)).fetchall()


def _open_to_all(conn: Connection) -> list[str]:
    rows = conn.execute(
        "SELECT datname FROM pg_database WHERE datallowconn AND has_database_privilege('public', oid, 'CONNECT')"
        " ORDER BY datname"
    )
    return [row[0] for row in rows]


def _check_version(conn: Connection) -> None:
    if conn.info.server_version < OLDEST:
        raise DatastoreRefused(f"the server is PostgreSQL {conn.info.server_version // 10000}; 14 or newer is needed")


def _told(error: psycopg.Error) -> DatastoreAway | DatastoreRefused:
    """What went wrong, in one line. Neither PostgreSQL nor psycopg repeats a password in it."""
    line = str(error).strip().partition("\n")[0]
    if error.sqlstate in _REFUSED:
        return DatastoreRefused(f"the database server refused: {line}")
    return DatastoreAway(f"the database server cannot do it now: {line}")
