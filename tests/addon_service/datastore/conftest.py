"""A server for each process of the test run, an engine over each kind, and a database name that is cleaned up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from addon_service.datastore import embedded
from addon_service.datastore.base import database_name
from addon_service.datastore.embedded import EmbeddedServer

from .servers import KINDS, Ground, embedded_server, ground


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """The embedded server, running. Its data is thrown away, so it need not wait for the disk."""
    server = embedded_server(tmp_path_factory.mktemp("embedded"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "CONF", embedded.CONF + "fsync = off\n")
        server.start()
    yield server
    server.stop()


@pytest.fixture(params=KINDS)
def here(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """An engine of each kind that there is."""
    kind: str = request.param
    embedded = request.getfixturevalue("running") if kind.startswith("embedded") else None
    with ground(kind, embedded) as found:
        yield found


@pytest.fixture
def new_name(here: Ground) -> Iterator[Callable[[], str]]:
    """Names of databases; what was made under them is dropped in the end."""
    made: list[str] = []

    def name() -> str:
        made.append(database_name(str(uuid4())))
        return made[-1]

    yield name
    for each in made:
        here.engine.drop(each)


@pytest.fixture
def name(new_name: Callable[[], str]) -> str:
    """One such name."""
    return new_name()
