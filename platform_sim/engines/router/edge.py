"""The edge: the platform's one port, on its own event loop in its own thread.

May open one listening port on loopback and run one thread; nothing else of ours runs on its loop.
"""

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable

from platform_sim.core.model.seams import LogSink, Routes, Streams, Terminals
from platform_sim.engines.router.accept import Doorman
from platform_sim.engines.router.connection import ClientConnection, Dispatch
from platform_sim.engines.router.dispatch import dispatch
from platform_sim.engines.router.doorbell import DOORBELL
from platform_sim.engines.router.limits import RouterLimits
from platform_sim.engines.router.shared import FaultOf, Shared, WaitingRoom, no_fault
from platform_sim.engines.router.upstream import Address, Pool

log = logging.getLogger(__name__)

_BACKLOG = 1024
_PORT_TRIES = 10
_LOOK = 0.005
"""Seconds between two looks at what a dyno still has to answer."""


class Edge:
    """One port for apps, streams and the control server; every method from any thread.

    `port` 0 takes any free port; after `start` it holds the bound one.
    """

    def __init__(
        self,
        routes: Routes,
        control: Callable[[], Address],
        streams: Streams,
        log: LogSink,
        *,
        new_id: Callable[[], str],
        now_ms: Callable[[], int],
        tls: Callable[[], ssl.SSLContext],
        terminals: Terminals,
        connect_elsewhere: bool = False,
        port: int = 0,
        limits: RouterLimits | None = None,
        fault: FaultOf = no_fault,
        dispatch: Dispatch = dispatch,
    ) -> None:
        """`dispatch`: who answers a request."""
        self.port = port
        self._routes = routes
        self._control = control
        self._streams = streams
        self._log = log
        self._new_id = new_id
        self._now_ms = now_ms
        self._tls = tls
        self._terminals = terminals
        self._connect_elsewhere = connect_elsewhere
        self._limits = limits or RouterLimits()
        self._fault = fault
        self._dispatch = dispatch
        self._sockets: list[socket.socket] = []
        self._ready = threading.Event()
        """Whether the thread takes connections in, or has given up."""
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._shared: Shared | None = None

    def start(self) -> None:
        """Listen on 127.0.0.1 (and ::1 where there is one); raises OSError if the port is taken.

        The thread and its loop come with the first connection: until then the system takes connections in.
        """
        if self._sockets:
            raise RuntimeError("the edge runs already; stop it first")
        self._sockets = listen(self.port)
        self.port = self._sockets[0].getsockname()[1]
        self._ready = threading.Event()
        DOORBELL.watch(self._sockets, self._begin)

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._run, name="edge", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            self._ready.set()
            raise

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as problem:
            log.error("nobody can be let in at port %s: %s", self.port, problem)
            for each in self._sockets:
                each.close()
        finally:
            self._ready.set()

    def stop(self) -> None:
        """Close the port and every connection, end the streams, join the thread; idempotent."""
        if not self._sockets:
            return
        if not DOORBELL.forget(self._sockets):
            self._ready.wait()
            if self._loop is not None and self._stopping is not None:
                with contextlib.suppress(RuntimeError):  # the loop is closed already
                    self._loop.call_soon_threadsafe(self._stopping.set)
            if self._thread is not None:
                self._thread.join()
        for each in self._sockets:
            each.close()
        self._sockets, self._thread = [], None

    def wake(self) -> None:
        """Routes changed: held requests look again at once. From any thread, never blocks, never raises."""
        loop, shared = self._loop, self._shared
        if loop is not None and shared is not None:
            with contextlib.suppress(RuntimeError):  # stopped in the meantime
                loop.call_soon_threadsafe(shared.waiting.wake)

    def let_finish(self, port: int, then: Callable[[], None]) -> None:
        """Call `then` once no request is with the dyno on this port any more, at the latest after a moment.

        For one that is out of the routes already and will be stopped: what was sent to it before, and perhaps not
        read yet, is still answered. From any thread, never blocks; `then` is called in the edge's own.
        """
        loop, shared = self._loop, self._shared
        if loop is None or shared is None:
            then()
            return
        end = time.monotonic() + shared.limits.let_finish
        try:
            loop.call_soon_threadsafe(_look_for_rest, shared, ("127.0.0.1", port), end, then)
        except RuntimeError:  # stopped in the meantime
            then()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        shared = Shared(
            loop=loop,
            limits=self._limits,
            routes=self._routes,
            streams=self._streams,
            terminals=self._terminals,
            control=self._control(),
            log=self._log,
            new_id=self._new_id,
            now_ms=self._now_ms,
            pool=Pool(loop, self._limits),
            waiting=WaitingRoom(loop, self._limits.poll),
            fault=self._fault,
            port=self.port,
            connect_elsewhere=self._connect_elsewhere,
        )
        self._loop, self._shared, self._stopping = loop, shared, asyncio.Event()
        doorman = Doorman(shared, self._sockets, lambda: ClientConnection(shared, self._dispatch), self._tls)
        self._ready.set()
        await self._stopping.wait()
        doorman.close()
        await _close(shared)


def _look_for_rest(shared: Shared, address: Address, end: float, then: Callable[[], None]) -> None:
    at_work = any(isinstance(one, ClientConnection) and one.waits_for(address) for one in shared.open)
    if at_work and time.monotonic() < end:
        shared.loop.call_later(_LOOK, _look_for_rest, shared, address, end, then)
        return
    shared.pool.discard(address)
    then()


async def _close(shared: Shared) -> None:
    """End everything that is open, and let the loop close the sockets."""
    shared.stopping = True
    tasks = list(shared.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    shared.waiting.close()
    while shared.open or shared.pool.all:
        for one in list(shared.open):
            one.abort()
        shared.pool.close()
        await asyncio.sleep(0)


def listen(port: int) -> list[socket.socket]:
    """Listening sockets on 127.0.0.1 and, if the machine has it, ::1, on the same port; raises OSError.

    Browsers and curl try ::1 first for NAME.localhost; if only IPv4 listens they fall back at once.
    """
    for _ in range(_PORT_TRIES):
        first = _bind(socket.AF_INET, "127.0.0.1", port)
        try:
            return [first, _bind(socket.AF_INET6, "::1", first.getsockname()[1])]
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE or port:
                return [first]
            first.close()  # somebody else's on ::1 would get our requests: take another
    raise OSError(errno.EADDRINUSE, f"no port was free on both 127.0.0.1 and ::1 in {_PORT_TRIES} tries")


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only on sockets that say they are TCP, and accepted ones say what this one says
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        sock.listen(_BACKLOG)
    except OSError as fault:
        sock.close()
        raise OSError(
            fault.errno, f"cannot listen on {host} port {port}: {fault.strerror}; choose another port or 0"
        ) from fault
    return sock
