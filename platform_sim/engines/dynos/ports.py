"""Ports on loopback for dynos."""

import threading

from platform_sim.loopback import free_port


class Ports:
    """Hands out ports that are free now and that no other dyno of this platform was given."""

    def __init__(self) -> None:
        self._given: set[int] = set()
        self._lock = threading.Lock()

    def take(self) -> int:
        """A free port on 127.0.0.1, remembered until `give_back`."""
        with self._lock:
            while (port := free_port()) in self._given:
                pass
            self._given.add(port)
            return port

    def give_back(self, port: int) -> None:
        """The dyno is gone; the port may be given again."""
        with self._lock:
            self._given.discard(port)
