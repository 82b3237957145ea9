"""Whether something listens on a loopback port, cheaply enough to be asked every few milliseconds.

Where the kernel can be asked (Linux, sock_diag), the app sees nothing of the question; elsewhere a connection
is opened and closed at once, which a web dyno sees as one empty connection.
"""

import socket
import struct
from typing import Protocol

_LOOPBACK = socket.inet_aton("127.0.0.1").ljust(16, b"\0")
_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_ANY_COOKIE = 0xFFFFFFFF
_LISTEN = 10


class Probe(Protocol):
    """Answers whether a connection to a loopback port would be accepted now."""

    def listens(self, port: int) -> bool:
        """Never blocks."""
        ...

    def close(self) -> None:
        """Give back what the probe holds."""
        ...


class ConnectProbe:
    """Tries: works everywhere, and is seen by the app."""

    def listens(self, port: int) -> bool:
        """Connects and closes at once; on loopback the kernel answers without delay."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
            client.settimeout(1.0)
            return client.connect_ex(("127.0.0.1", port)) == 0

    def close(self) -> None:
        """Nothing is held."""


class KernelProbe:
    """Looks the port up in the kernel's table of listening sockets; OSError where that is not possible."""

    def __init__(self) -> None:
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            raise OSError("this system has no netlink sockets")
        self._socket = socket.socket(family, socket.SOCK_RAW, _NETLINK_SOCK_DIAG)
        self._socket.settimeout(1.0)

    def listens(self, port: int) -> bool:
        """Whether a TCP socket listens for 127.0.0.1:`port`, also through 0.0.0.0 or [::]."""
        ends = struct.pack("!HH16s16s", port, 0, _LOOPBACK, _LOOPBACK)
        identity = ends + struct.pack("=III", 0, _ANY_COOKIE, _ANY_COOKIE)
        question = struct.pack("=BBBxI", socket.AF_INET, socket.IPPROTO_TCP, 0, 1 << _LISTEN) + identity
        self._socket.send(struct.pack("=IHHII", 16 + len(question), _SOCK_DIAG_BY_FAMILY, 1, 0, 0) + question)
        answer = self._socket.recv(4096)
        kind = struct.unpack_from("=IHHII", answer)[1]
        return kind == _SOCK_DIAG_BY_FAMILY and answer[17] == _LISTEN

    def close(self) -> None:
        """Close the kernel socket."""
        self._socket.close()


def best_probe() -> Probe:
    """The unseen one if it proves to work here (containers may lack it), else the one that connects."""
    try:
        probe = KernelProbe()
    except OSError:
        return ConnectProbe()
    try:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            if probe.listens(listening.getsockname()[1]):
                return probe
    except OSError:
        pass
    probe.close()
    return ConnectProbe()
