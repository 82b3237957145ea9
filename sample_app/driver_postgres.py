"""PostgreSQL, with psycopg."""

from typing import Any

import psycopg

Error = psycopg.Error
CREATE_TABLE = """CREATE TABLE IF NOT EXISTS notes (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL,
    written_at TEXT NOT NULL)"""
_MOMENTS = ("starting up", "shutting down", "recovery", "too many clients")


def connect(url: str, timeout: int) -> Any:
    """A connection that commits each statement."""
    return psycopg.connect(url, connect_timeout=timeout, autocommit=True, options="-c statement_timeout=10s")


def insert(cursor: Any, author: str, text: str, written_at: str) -> int:
    """Add a row; its id."""
    statement = "INSERT INTO notes (author, text, written_at) VALUES (%s, %s, %s) RETURNING id"
    return int(cursor.execute(statement, (author, text, written_at)).fetchone()[0])


def kind(error: psycopg.Error) -> str:
    """By its SQLSTATE; an error of the connecting itself has none, only words."""
    if isinstance(error, psycopg.errors.UndefinedTable):
        return "missing"
    if not isinstance(error, psycopg.OperationalError):
        return "odd"
    words = str(error)
    if "too many connections for" in words:
        return "full"
    if "FATAL" in words and not error.sqlstate and not any(moment in words for moment in _MOMENTS):
        return "retired"
    return "away"
