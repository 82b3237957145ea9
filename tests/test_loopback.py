"""Ports for programs that are told theirs."""

import socket
import subprocess
import sys
from itertools import count, islice

import pytest

from platform_sim import loopback
from platform_sim.loopback import FIRST, HOST, MANY, free_port


def listens(port: int) -> bool:
    """Whether somebody can."""
    with socket.create_server((HOST, port)) as server:
        return bool(server.getsockname()[1] == port)


@pytest.mark.processes
def test_a_port_can_be_had_and_is_none_that_the_system_gives_away() -> None:
    found = [free_port() for _ in range(100)]
    assert len(set(found)) == 100
    assert all(listens(port) for port in found)
    assert all(FIRST <= port < FIRST + MANY for port in found)
    with socket.create_server((HOST, 0)) as server:
        assert not FIRST <= server.getsockname()[1] < FIRST + MANY


@pytest.mark.processes
@pytest.mark.parametrize("address", [HOST, "0.0.0.0"])
def test_a_port_at_which_somebody_listens_is_passed_over(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr(loopback, "_steps", count(port - FIRST))
    with socket.create_server((address, port)):
        assert free_port() != port
    monkeypatch.setattr(loopback, "_steps", count(port - FIRST))
    assert free_port() == port


@pytest.mark.processes
def test_it_goes_round_and_tells_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_steps", count(MANY - 1))
    assert list(islice(iter(free_port, 0), 2))[1] < FIRST + MANY - 1
    with socket.create_server((HOST, free_port())) as taken:
        monkeypatch.setattr(loopback, "FIRST", taken.getsockname()[1])
        monkeypatch.setattr(loopback, "MANY", 1)
        with pytest.raises(OSError, match="are taken"):
            free_port()


@pytest.mark.processes
def test_processes_begin_far_from_each_other() -> None:
    script = "import os\nfrom platform_sim.loopback import free_port\nprint(os.getpid(), free_port())"
    for _ in range(2):
        pid, port = map(int, subprocess.check_output([sys.executable, "-c", script], text=True).split())
        assert (port - FIRST - pid * 1511) % MANY < 50, "the first that is free from its own place on"
