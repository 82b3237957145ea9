"""One connection to a receiver: made when there is something to send, renewed when old, closed when idle.

Touches sockets through the running loop, and a thread for each name that is looked up. Times are wall seconds.
"""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from platform_sim.core.model.drains import is_loopback
from platform_sim.engines.drains.target import Target


@dataclass(frozen=True)
class Times:
    """Seconds: to connect, to pass a batch on, until an idle connection is closed, until any one is renewed."""

    connect: float
    request: float
    idle: float
    life: float


class Wire(asyncio.Protocol):
    """One TCP or TLS connection. A receiver's bytes are ignored unless a kind of wire wants them."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self.gone = asyncio.get_running_loop().create_future()
        """Done when the connection is closed."""

    @property
    def open(self) -> bool:
        """Whether something can be sent, as far as is known."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def transport(self) -> asyncio.Transport:
        """What is written to; there is one once the wire is connected."""
        assert self._transport is not None, "a wire is used after it was connected"
        return self._transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, fault: Exception | None) -> None:
        """asyncio: closed by either side."""
        if not self.gone.done():
            self.gone.set_result(None)

    def abort(self) -> None:
        """Close at once; idempotent."""
        if self._transport is not None:
            self._transport.abort()


W = TypeVar("W", bound=Wire)


class Connection(Generic[W]):
    """At most one open wire to a target. `trust` gives the TLS context when one is needed."""

    def __init__(
        self, target: Target, times: Times, wire: Callable[[], W], trust: Callable[[], ssl.SSLContext]
    ) -> None:
        self._target = target
        self._times = times
        self._new_wire = wire
        self._trust = trust
        self._wire: W | None = None
        self._made_at = 0.0
        self._idle: asyncio.TimerHandle | None = None

    async def get(self) -> tuple[W, bool]:
        """An open wire, and whether it is new; OSError (TimeoutError and ssl.SSLError are some) if there is none."""
        self._wake()
        loop, wire = asyncio.get_running_loop(), self._wire
        if wire is not None and wire.open and loop.time() - self._made_at < self._times.life:
            return wire, False
        await self.close()
        async with asyncio.timeout(self._times.connect):
            self._wire = await self._connect()
        self._made_at = loop.time()
        return self._wire, True

    def rest(self) -> None:
        """Nothing is sent for now: close the wire when that lasts."""
        self._wake()
        if self._wire is not None:
            self._idle = asyncio.get_running_loop().call_later(self._times.idle, self._wire.abort)

    async def close(self) -> None:
        """Close the wire and wait until it is; idempotent."""
        self._wake()
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.abort()
            await wire.gone

    def _wake(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    async def _connect(self) -> W:
        """To the first of the host's addresses that answers."""
        target, loop = self._target, asyncio.get_running_loop()
        trust = self._trust() if target.tls else None
        name = target.host if target.tls else None
        fault: OSError = OSError("the name has no address")
        for address in await _addresses(target.host):
            try:
                _, wire = await loop.create_connection(
                    self._new_wire, address, target.port, ssl=trust, server_hostname=name
                )
            except OSError as error:
                fault = error
            else:
                return wire
        raise fault


async def _addresses(host: str) -> list[str]:
    """A host as addresses to try. Only names of other machines are looked up."""
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    if is_loopback(host):
        return ["127.0.0.1", "::1"]
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def tell(addresses: list[str]) -> None:
        if not found.done():
            found.set_result(addresses)

    def look() -> None:
        addresses: list[str] = []
        with contextlib.suppress(OSError, UnicodeError):
            infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(info[4][0]) for info in infos))
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits for this name any more
            loop.call_soon_threadsafe(tell, addresses)

    # A thread of its own, not the loop's pool: a name server that does not answer must not hold up our end.
    threading.Thread(target=look, name="drain-lookup", daemon=True).start()
    return await found
