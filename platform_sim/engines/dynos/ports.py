"""Ports on loopback for dynos; opens no socket that stays open."""

import socket
import threading


class Ports:
    """Hands out ports that are free now and that no other dyno of this platform was given."""

    def __init__(self) -> None:
        self._given: set[int] = set()
        self._lock = threading.Lock()

    def take(self) -> int:
        """A free port on 127.0.0.1, remembered until `give_back`."""
        with self._lock:
            while (port := _free_port()) in self._given:
                pass
            self._given.add(port)
            return port

    def give_back(self, port: int) -> None:
        """The dyno is gone; the port may be given again."""
        with self._lock:
            self._given.discard(port)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
