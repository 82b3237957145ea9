"""Databases for the app's tests, made by hand on each server that there is: the embedded one, TEST_POSTGRES_URL and
TEST_MYSQL_URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from addon_service.datastore.base import Engine, database_name
from addon_service.datastore.embedded import EmbeddedServer

from ..addon_service.datastore.servers import ground

KINDS = ("embedded", "postgres", "mysql")
PASSWORD = "pw-5f1c"


@dataclass
class Database:
    """One database with its first login."""

    engine: Engine
    name: str
    url: str

    def rotated(self) -> str:
        """A second login; its URL."""
        self.engine.login(self.name, 2, PASSWORD, 5, lambda: True)
        return self.engine.url(self.name, 2, PASSWORD)

    def retire(self) -> None:
        """End the first login."""
        self.engine.retire(self.name, 1)


@contextmanager
def database(kind: str, embedded: EmbeddedServer | None) -> Iterator[Database]:
    """A fresh one, dropped in the end."""
    with ground(kind, embedded) as found:
        name = database_name(str(uuid4()))
        found.engine.create(name, lambda: True)
        found.engine.login(name, 1, PASSWORD, 5, lambda: True)
        yield Database(found.engine, name, found.engine.url(name, 1, PASSWORD))
        found.engine.drop(name)
