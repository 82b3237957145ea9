"""Wakes a thread that waits on a selector; a pair of sockets that never leaves this process."""

import contextlib
import socket


class Bell:
    """`reading` is for the selector. Any thread rings; the one that was woken `hush`es and closes it."""

    def __init__(self) -> None:
        self.reading, self._writing = socket.socketpair()
        for end in (self.reading, self._writing):
            end.setblocking(False)

    def ring(self) -> None:
        """Wake it. A full buffer wakes as well; a closed bell belongs to a thread that has ended."""
        with contextlib.suppress(OSError):
            self._writing.send(b"\0")

    def hush(self) -> None:
        """Awake: what has rung so far is heard."""
        with contextlib.suppress(BlockingIOError):
            self.reading.recv(4096)

    def close(self) -> None:
        """Nobody listens any more."""
        self.reading.close()
        self._writing.close()
