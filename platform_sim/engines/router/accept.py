"""Takes connections in and looks at the first byte of each: TLS is ended here, all else is plain (design §4).

May accept on the listening sockets it is given; runs on the edge's loop.
"""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Callable

from platform_sim.engines.router.shared import Shared

TLS_HANDSHAKE = 0x16
_AT_ONCE = 128
_PAUSE = 0.5  # seconds without accepting when the process has no files left
_NO_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Doorman:
    """Accepts until it is closed. `make` makes the protocol of a connection, what `tls` gives ends its TLS."""

    def __init__(
        self,
        shared: Shared,
        sockets: list[socket.socket],
        make: Callable[[], asyncio.Protocol],
        tls: Callable[[], ssl.SSLContext],
    ) -> None:
        self._shared = shared
        self._sockets = sockets
        self._make = make
        self._tls = tls
        for sock in sockets:
            sock.setblocking(False)
            self._listen(sock)

    def close(self) -> None:
        """Take no more in. Connections that have not said anything yet are the edge's to close."""
        for sock in self._sockets:
            self._shared.loop.remove_reader(sock.fileno())
            sock.close()

    def _listen(self, sock: socket.socket) -> None:
        if sock.fileno() != -1:
            self._shared.loop.add_reader(sock.fileno(), self._accept, sock)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                sock, _address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as fault:
                if fault.errno not in _NO_FILES:
                    raise
                self._shared.loop.remove_reader(listening.fileno())
                self._shared.loop.call_later(_PAUSE, self._listen, listening)
                return
            sock.setblocking(False)
            Stranger(self._shared, sock, self._open).look()

    def _open(self, sock: socket.socket, is_tls: bool) -> None:
        begun = asyncio.Event()
        task = self._shared.loop.create_task(self._connect(sock, is_tls, begun))
        self._shared.tasks.add(task)

        def over(task: asyncio.Task[None]) -> None:
            self._shared.tasks.discard(task)
            if not begun.is_set():  # cancelled before its first step: nobody else knows the socket
                sock.close()

        task.add_done_callback(over)

    async def _connect(self, sock: socket.socket, is_tls: bool, begun: asyncio.Event) -> None:
        """Give the socket its protocol. When a handshake fails (the client does not trust us), that is the client's
        affair."""
        begun.set()
        limits, loop = self._shared.limits, self._shared.loop
        with contextlib.suppress(OSError):
            if is_tls:
                await loop.connect_accepted_socket(
                    self._make,
                    sock,
                    ssl=self._tls(),
                    ssl_handshake_timeout=limits.handshake,
                    ssl_shutdown_timeout=limits.linger,
                )
            else:
                await loop.connect_accepted_socket(self._make, sock)


class Stranger:
    """A connection that has said nothing yet."""

    __slots__ = ("_known", "_open", "_shared", "_timer", "_waits")

    def __init__(self, shared: Shared, sock: socket.socket, known: Callable[[socket.socket, bool], None]) -> None:
        self._shared = shared
        self._open = sock
        self._known = known
        self._timer: asyncio.TimerHandle | None = None
        self._waits = False

    def look(self) -> None:
        """Peek at the first byte; wait for it if it is not there."""
        try:
            first = self._open.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            self._wait()
            return
        except OSError:
            first = b""
        self._forget()
        if first:
            self._known(self._open, first[0] == TLS_HANDSHAKE)
        else:
            self._open.close()

    def abort(self) -> None:
        """The edge stops, or nothing has come for too long."""
        self._forget()
        self._open.close()

    def _wait(self) -> None:
        if self._waits:
            return
        self._waits = True
        loop = self._shared.loop
        loop.add_reader(self._open.fileno(), self.look)
        self._timer = loop.call_later(self._shared.limits.keep_alive, self.abort)
        self._shared.open.add(self)

    def _forget(self) -> None:
        if self._waits:
            self._waits = False
            self._shared.loop.remove_reader(self._open.fileno())
            self._shared.open.discard(self)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
