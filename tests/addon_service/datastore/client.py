"""A customer's app at a database URL, whatever server is behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest


class Denied(Exception):
    """The server does not let this client in, or ended its session."""


class Client:
    """One session. Use it with `with`."""

    def __init__(self, url: str, database: str | None = None, password: str | None = None) -> None:
        parts = urlsplit(url)
        given: Any = {"host": parts.hostname, "port": parts.port, "user": parts.username, "connect_timeout": 30}
        given |= {"password": password or parts.password, "autocommit": True}
        name = database or parts.path.strip("/")
        try:
            if parts.scheme == "mysql":
                self.conn: Any = pymysql.connect(**given, database=name)
            else:
                self.conn = psycopg.connect(**given, dbname=name)
        except (psycopg.Error, pymysql.MySQLError) as error:
            raise Denied(str(error)) from None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        # A session that the server has ended may be closed already.
        if getattr(self.conn, "open", True):
            self.conn.close()

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Its rows; Denied when the session is no more, or the server refuses."""
        try:
            with self.conn.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        except (psycopg.Error, pymysql.MySQLError) as error:
            raise Denied(str(error)) from None


def is_refused(url: str, **how: str) -> bool:
    """Whether nobody gets in like this."""
    try:
        with Client(url, **how):
            return False
    except Denied:
        return True


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    """What one statement in a session of its own gives."""
    with Client(url) as client:
        return client.run(statement)


def skip_where_everybody_is_trusted(admin_url: str) -> None:
    """A server may be set up to ask nobody for a password; then a wrong one cannot be refused."""
    if not is_refused(admin_url, password="certainly-wrong"):
        pytest.skip("this server trusts everybody: passwords are not looked at")
