"""What `heroku pg:*` wants to know and do beyond the life of a database: SQL in sessions that the engine opens.

Whoever owns a database may set its search_path and make functions in it, and the administrator may be a superuser: the
sessions are handed over with a search_path of their own, so that no name below means anything of a customer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import psycopg
from psycopg import sql

from addon_service.datastore.base import Look, Setting, SettingValue, Wanted, login_name

Connection = psycopg.Connection[tuple[Any, ...]]

OPTIONS: dict[str, dict[str, str]] = {
    "log_lock_waits": {},
    "log_min_duration_statement": {},
    "log_min_error_statement": {
        "error": "All statements that cause an error, a fatal error or a panic are logged.",
        "log": "All statements that cause a message are logged, errors too.",
        "fatal": "All statements that cause a fatal error or a panic are logged.",
        "panic": "All statements that cause a panic are logged.",
    },
    "log_statement": {
        "none": "No SQL statements are logged.",
        "ddl": "All data definition statements, such as CREATE, ALTER and DROP, are logged.",
        "mod": "All data definition and data-modifying statements, such as INSERT, are logged.",
        "all": "All SQL statements are logged.",
    },
    "track_functions": {
        "none": "Function call counts and times are not tracked.",
        "pl": "Function call counts and times are tracked for procedural language functions.",
        "all": "Function call counts and times are tracked for all functions.",
    },
}
"""Of the settings that `pg:settings` knows those that a database can have of its own; with what their values mean."""


class PostgresData:
    """Questions and acts about the inside of a database; mixed into the engine, which opens the sessions."""

    def connected(self, database: str | None = None) -> AbstractContextManager[Connection]:
        """A session of the administrator's."""
        raise NotImplementedError

    def alone(self, name: str) -> AbstractContextManager[Connection]:
        """The same, and nobody else works on this database."""
        raise NotImplementedError

    def make(self, conn: Connection, name: str) -> None:
        """The database with its owner, as far as it is not there."""
        raise NotImplementedError

    def look(self, name: str) -> Look:
        """Its inside, in one session."""
        with self.connected(name) as conn:
            version, size = _one(conn, "SELECT current_setting('server_version'), pg_database_size(current_database())")
            tables = _one(
                conn,
                "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                " WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'",
            )[0]
            rows = conn.execute(
                "SELECT usename, count(*) FROM pg_stat_activity WHERE usename ~ %s GROUP BY usename",
                (f"^{name}_[0-9]+$",),
            ).fetchall()
        connections = {int(str(role).rpartition("_")[2]): int(count) for role, count in rows}
        return Look(str(version).split()[0], int(size), int(tables), connections)

    def settings(self, name: str) -> dict[str, Setting]:
        """What new sessions in it will have, of those settings that this administrator may change."""
        with self.connected(name) as conn:
            return _settings(conn)

    def configure(self, name: str, values: Mapping[str, SettingValue]) -> dict[str, Setting]:
        """Set these, for new sessions; all settings as they then are."""
        with self.connected() as conn, conn.transaction():
            for setting, value in values.items():
                word = ("on" if value else "off") if isinstance(value, bool) else str(value)
                statement = sql.SQL("ALTER DATABASE {} SET {} = {}")
                conn.execute(statement.format(sql.Identifier(name), sql.Identifier(setting), sql.Literal(word)))
        # A session has what was set when it began.
        return self.settings(name)

    def end_sessions(self, name: str) -> None:
        """End every session of its logins; they may come back at once."""
        with self.connected() as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename ~ %s", (f"^{name}_[0-9]+$",)
            ).fetchall()

    def reset(self, name: str, wanted: Wanted) -> None:
        """An empty database in its place, whoever is connected; its logins stay. Settings of its own go."""
        with self.alone(name) as conn:
            if wanted():
                conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                self.make(conn, name)

    def user(self, name: str, number: int) -> str:
        """What a login is called."""
        return login_name(name, number)


def _settings(conn: Connection) -> dict[str, Setting]:
    superuser = "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper"
    # From 15 on a role can be allowed single settings; before, those here are for superusers alone.
    allowed = "has_parameter_privilege(name, 'SET')" if conn.info.server_version >= 150000 else "false"
    rows = conn.execute(
        f"SELECT name, setting, vartype FROM pg_settings WHERE name = ANY(%s) AND (EXISTS ({superuser}) OR {allowed})"
        " ORDER BY name",
        (list(OPTIONS),),
    ).fetchall()
    return {str(name): Setting(_value(str(text), str(kind)), OPTIONS[str(name)]) for name, text, kind in rows}


def _value(text: str, kind: str) -> SettingValue:
    if kind == "bool":
        return text == "on"
    return int(text) if kind == "integer" else text


def _one(conn: Connection, question: str) -> tuple[Any, ...]:
    row = conn.execute(question).fetchone()
    assert row is not None, question
    return row
