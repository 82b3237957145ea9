"""Both ways to see that somebody listens."""

import socket
import sys
from collections.abc import Iterator

import pytest

from platform_sim.engines.dynos import ready
from platform_sim.engines.dynos.ready import ConnectProbe, KernelProbe, Probe, best_probe

pytestmark = pytest.mark.processes


@pytest.fixture(
    params=[
        ConnectProbe,
        pytest.param(KernelProbe, marks=pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")),
    ]
)
def probe(request: pytest.FixtureRequest) -> Iterator[Probe]:
    made: Probe = request.param()
    yield made
    made.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_listening_counts_and_binding_alone_does_not(probe: Probe, address: str) -> None:
    with socket.socket() as server:
        server.bind((address, 0))
        port = server.getsockname()[1]
        assert not probe.listens(port)
        server.listen()
        assert probe.listens(port)
    assert not probe.listens(port)


def test_a_listener_of_both_families_counts(probe: Probe) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here")
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        assert probe.listens(server.getsockname()[1])


def test_the_kernel_is_asked_without_a_trace() -> None:
    probe = best_probe()
    if not isinstance(probe, KernelProbe):
        pytest.skip("the kernel does not answer here")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert probe.listens(server.getsockname()[1])
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    probe.close()


class Blind(KernelProbe):
    """A kernel without the tables: answers, and always no."""

    def listens(self, port: int) -> bool:
        return False


def missing() -> Probe:
    raise OSError("no netlink")


@pytest.mark.parametrize("kernel", [Blind, missing])
def test_where_the_kernel_does_not_tell_a_connection_does(monkeypatch: pytest.MonkeyPatch, kernel: object) -> None:
    monkeypatch.setattr(ready, "KernelProbe", kernel)
    assert isinstance(best_probe(), ConnectProbe)
