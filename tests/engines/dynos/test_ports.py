"""Free ports, never the same for two dynos."""

import socket

import pytest

from platform_sim.engines.dynos import ports as ports_module
from platform_sim.engines.dynos.ports import Ports


@pytest.mark.processes
def test_a_given_port_can_be_bound() -> None:
    port = Ports().take()
    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port


def test_a_port_is_given_once_until_it_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = iter([4001, 4001, 4002, 4002, 4001])
    monkeypatch.setattr(ports_module, "free_port", lambda: next(kernel))
    ports = Ports()
    assert [ports.take(), ports.take()] == [4001, 4002]
    ports.give_back(4001)
    assert ports.take() == 4001
