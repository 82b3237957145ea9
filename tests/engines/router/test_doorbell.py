"""The first knock: one thread for all ports that nobody has asked anything yet."""

import socket
import threading
from collections.abc import Iterator

import pytest

from platform_sim.engines.router import doorbell
from platform_sim.engines.router.doorbell import Doorbell
from platform_sim.engines.router.edge import Edge, listen

from ...processes.waiting import wait_until
from .test_edge import edge_on
from .world import GUARD, Log, Talk


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Doorbell:
    """One of its own, which looks around quickly."""
    monkeypatch.setattr(doorbell, "LOOK", 0.01)
    return Doorbell()


@pytest.fixture
def ports() -> Iterator[list[list[socket.socket]]]:
    made = [listen(0) for _ in range(3)]
    yield made
    for each in (sock for sockets in made for sock in sockets):
        each.close()


def threads() -> int:
    return sum(thread.name == "doorbell" for thread in threading.enumerate())


def knock(sockets: list[socket.socket]) -> None:
    socket.create_connection(sockets[0].getsockname()[:2]).close()


def test_who_is_knocked_at_is_called_once_and_nobody_else(bell: Doorbell, ports: list[list[socket.socket]]) -> None:
    heard: list[int] = []
    rung = threading.Event()

    def ring(number: int) -> None:
        heard.append(number)
        rung.set()

    before = threads()
    for number, sockets in enumerate(ports):
        bell.watch(sockets, lambda number=number: ring(number))  # type: ignore[misc]
    assert threads() == before + 1, "one for all"
    knock(ports[1])
    assert rung.wait(GUARD)
    knock(ports[1])
    assert bell.forget(ports[0])
    assert not bell.forget(ports[1]), "it has been called"
    assert bell.forget(ports[2])
    assert not bell.forget(ports[2])
    wait_until("the thread has ended", lambda: threads() == before, GUARD)
    assert heard == [1]


def test_one_who_fails_to_come_does_not_end_it(bell: Doorbell, ports: list[list[socket.socket]]) -> None:
    rung = threading.Event()
    bell.watch(ports[0], lambda: 1 // 0)
    bell.watch(ports[1], rung.set)
    knock(ports[0])
    wait_until("the first was called", lambda: not bell.forget(ports[0]), GUARD)
    knock(ports[1])
    assert rung.wait(GUARD)


def test_a_child_process_has_no_thread_and_takes_nothing_of_its_parent(
    bell: Doorbell, ports: list[list[socket.socket]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = threading.Event()
    with monkeypatch.context() as patched:  # a fork copies what is in memory, and no thread but the one that forks
        patched.setattr(threading.Thread, "start", lambda self: None)
        bell.watch(ports[0], lambda: None)
    old = bell._selector
    bell.after_fork()
    bell.watch(ports[1], rung.set)
    assert bell._selector is not old
    knock(ports[1])
    assert rung.wait(GUARD)
    assert not bell.forget(ports[0])


def test_an_edge_has_a_thread_once_somebody_has_come(log: Log) -> None:
    def served() -> int:
        return sum(thread.name == "edge" for thread in threading.enumerate())

    before, edges = served(), [edge_on(0, log) for _ in range(3)]
    for edge in edges:
        edge.start()
    assert served() == before
    with Talk(socket.create_connection(("127.0.0.1", edges[0].port))) as talk:
        talk.get(host="nothing.localhost")
        assert talk.answer().status == 404
    assert served() == before + 1
    for edge in edges:
        edge.stop()
    assert served() == before


def test_many_edges_that_are_stopped_while_somebody_knocks(log: Log) -> None:
    """Whoever comes first, the port is free afterwards and nobody waits for ever."""
    for number in range(20):
        edge: Edge = edge_on(0, log)
        edge.start()
        clients = [socket.create_connection(("127.0.0.1", edge.port)) for _ in range(number % 3)]
        edge.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", edge.port))
        for client in clients:
            client.close()
