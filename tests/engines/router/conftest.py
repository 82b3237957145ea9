"""Fixtures of the router's tests."""

import itertools
import socket
from collections.abc import Callable, Iterator

import pytest

from platform_sim.core.model.addresses import is_heroku_host
from platform_sim.core.model.seams import Streams, Terminals
from platform_sim.engines.router.authority import Authority
from platform_sim.engines.router.edge import Edge
from platform_sim.engines.router.limits import RouterLimits
from platform_sim.engines.router.shared import FaultOf, no_fault

from .world import Log, NoStreams, NoTerminals, Script, Server, Table, Talk

Serve = Callable[[Script], Server]
MakeEdge = Callable[..., Edge]
Connect = Callable[[Edge], Talk]


@pytest.fixture
def table() -> Table:
    """Routes without an app."""
    return Table()


@pytest.fixture
def log() -> Log:
    """An empty log."""
    return Log()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts scripted backends; their failures fail the test."""
    servers: list[Server] = []

    def start(script: Script) -> Server:
        servers.append(Server(script))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs for Heroku's names."""
    return Authority(tmp_path_factory.mktemp("authority"), is_heroku_host)


@pytest.fixture
def make_edge(table: Table, log: Log, authority: Authority) -> Iterator[MakeEdge]:
    """Starts edges; ids count up, the time stands still at 1700000000000 ms."""
    edges: list[Edge] = []

    def start(
        control: int = 1,
        streams: Streams | None = None,
        limits: RouterLimits | None = None,
        connect_elsewhere: bool = False,
        terminals: Terminals | None = None,
        fault: FaultOf = no_fault,
    ) -> Edge:
        numbers = itertools.count(1)
        edge = Edge(
            table,
            lambda: ("127.0.0.1", control),
            streams or NoStreams(),
            log,
            new_id=lambda: f"request-{next(numbers)}",
            now_ms=lambda: 1700000000000,
            tls=lambda: authority.context,
            terminals=terminals or NoTerminals(),
            connect_elsewhere=connect_elsewhere,
            limits=limits,
            fault=fault,
        )
        edge.start()
        edges.append(edge)
        return edge

    yield start
    for edge in edges:
        edge.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects raw clients to an edge."""
    talks: list[Talk] = []

    def start(edge: Edge) -> Talk:
        talks.append(Talk(socket.create_connection(("127.0.0.1", edge.port))))
        return talks[-1]

    yield start
    for talk in talks:
        talk.sock.close()
