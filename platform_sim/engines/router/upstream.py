"""Connections to backends (dynos, the control server): the asyncio protocol and the pool of unused ones.

Touches loopback sockets through the event loop; knows requests and routes only as a `User`.
"""

import asyncio
from typing import Protocol

from platform_sim.engines.router.limits import RouterLimits
from platform_sim.engines.router.response import BadResponse, ResponseReader

Address = tuple[str, int]


class User(Protocol):
    """The request that a backend connection works for."""

    def response_moved(self) -> None:
        """The reader has news: a head, body bytes, the end."""

    def response_bad(self, fault: BadResponse) -> None:
        """The backend's answer cannot be understood."""

    def upstream_lost(self, fault: Exception | None) -> None:
        """The connection is gone; None if it was closed in order."""

    def upstream_drained(self) -> None:
        """The backend takes bytes again."""


class Upstream(asyncio.Protocol):
    """One connection to a backend; serves one request at a time, then goes back to the pool."""

    __slots__ = ("address", "full", "idle_since", "paused", "pool", "reader", "transport", "user")
    transport: asyncio.Transport

    def __init__(self, pool: "Pool", address: Address) -> None:
        self.pool = pool
        self.address = address
        self.reader = ResponseReader(pool.limits.head_bytes)
        self.user: User | None = None
        self.full = False
        """Whether the backend does not take bytes at the moment."""
        self.paused = False
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: connected."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.pool.all.add(self)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes from the backend."""
        user = self.user
        if user is None:
            self.transport.abort()  # it speaks without being asked: of no use any more
            return
        try:
            self.reader.feed(data)
        except BadResponse as fault:
            user.response_bad(fault)
            return
        user.response_moved()

    def connection_lost(self, fault: Exception | None) -> None:
        """asyncio: the connection is gone."""
        self.pool.all.discard(self)
        user, self.user = self.user, None
        if user is None:
            self.pool.forget(self)
        else:
            user.upstream_lost(fault)

    def pause_writing(self) -> None:
        """asyncio: the backend reads too slowly."""
        self.full = True

    def resume_writing(self) -> None:
        """asyncio: the backend has caught up."""
        self.full = False
        if self.user is not None:
            self.user.upstream_drained()

    def pause(self, paused: bool) -> None:
        """Read no more from the backend, or read on: the client's speed is the backend's."""
        if paused == self.paused:
            return
        self.paused = paused
        if paused:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def drop(self) -> None:
        """End the connection now; its user hears nothing more."""
        self.user = None
        self.transport.abort()

    def hand_over(self, protocol: asyncio.BaseProtocol) -> None:
        """Give the socket to a tunnel; the pool forgets it."""
        self.user = None
        self.pool.all.discard(self)
        self.transport.set_protocol(protocol)


class Pool:
    """Unused connections by address, newest first, none older than `limits.pool_idle`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: RouterLimits) -> None:
        self.limits = limits
        self.all: set[Upstream] = set()
        self._loop = loop
        self._idle: dict[Address, list[Upstream]] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    def take(self, address: Address) -> Upstream | None:
        """An unused open connection, or None."""
        idle = self._idle.get(address)
        while idle:
            upstream = idle.pop()
            if not upstream.transport.is_closing():
                return upstream
        return None

    async def connect(self, address: Address) -> Upstream:
        """A new connection; raises OSError."""
        _, upstream = await self._loop.create_connection(lambda: Upstream(self, address), address[0], address[1])
        return upstream

    def release(self, upstream: Upstream) -> None:
        """Keep a connection whose answer is complete for the next request."""
        upstream.user = None
        if upstream.transport.is_closing():
            return
        idle = self._idle.setdefault(upstream.address, [])
        if len(idle) >= self.limits.pool_size:
            upstream.transport.abort()
            return
        upstream.idle_since = self._loop.time()
        idle.append(upstream)
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(self.limits.pool_idle, self._sweep)

    def forget(self, upstream: Upstream) -> None:
        """An unused connection was closed by its backend."""
        idle = self._idle.get(upstream.address)
        if idle is not None and upstream in idle:
            idle.remove(upstream)

    def discard(self, address: Address) -> None:
        """Close all unused connections to a backend: one of them was found dead."""
        for upstream in self._idle.pop(address, ()):
            upstream.transport.abort()

    def close(self) -> None:
        """Close every connection, used or not."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._idle.clear()
        for upstream in list(self.all):
            upstream.drop()

    def _sweep(self) -> None:
        """Close what was not used for long; runs only while there is something to look at."""
        self._sweeper = None
        oldest = self._loop.time() - self.limits.pool_idle
        for address, idle in list(self._idle.items()):
            fresh = [upstream for upstream in idle if upstream.idle_since > oldest]
            for upstream in idle:
                if upstream.idle_since <= oldest:
                    upstream.transport.abort()
            if fresh:
                self._idle[address] = fresh
            else:
                del self._idle[address]
        if self._idle:
            self._sweeper = self._loop.call_later(self.limits.pool_idle, self._sweep)
