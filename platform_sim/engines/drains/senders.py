"""Passes a batch on to a receiver, once, and says what became of it (partner-api §7.1).

Touches sockets through `Connection`; never raises for what a receiver does.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from typing import Literal, Protocol

import httptools

from platform_sim.core.model.syslog import Batch, Framing, http_headers
from platform_sim.engines.drains.connection import Connection, Times, W, Wire
from platform_sim.engines.drains.target import Target

_TOO_MANY_REQUESTS = 429
_ANSWER_BYTES = 65_536
"""How much of an answer is read before its connection is given up; only the status counts."""

Outcome = Literal["taken", "refused", "again"]
"""2xx; another 4xx than 429, which no repeat will change; everything else."""
Trust = Callable[[], ssl.SSLContext]


class Sender(Protocol):
    """Has one receiver and at most one connection to it."""

    framing: Framing

    async def send(self, batch: Batch, frame_id: str) -> Outcome:
        """One attempt."""
        ...

    async def cut(self, batch: Batch, frame_id: str) -> Outcome:
        """An attempt that ends on purpose in the middle of the batch: `again`."""
        ...

    def rest(self) -> None:
        """There is nothing to send for now."""
        ...

    async def close(self) -> None:
        """Let go of the connection; idempotent."""
        ...


class HttpWire(Wire):
    """Asks one request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.status: int | None = None
        self._parser = httptools.HttpResponseParser(self)
        self.size = 0
        """Bytes of the answer so far."""
        self._keeps = False
        self._answered: asyncio.Future[None] | None = None

    @property
    def reusable(self) -> bool:
        """Whether the answer was whole and the receiver keeps the connection."""
        return self._keeps and self.open

    async def ask(self, request: bytes) -> None:
        """Send a request and wait for the end of the answer or of the connection; then look at `status`."""
        self.status, self.size, self._keeps = None, 0, False
        self._answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        await self._answered

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes of the answer; what comes without a question ends the connection."""
        if self._answered is None:
            self.abort()
            return
        self.size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.abort()
        if self.size > _ANSWER_BYTES:
            self.abort()

    def connection_lost(self, fault: Exception | None) -> None:
        """asyncio: closed by either side."""
        super().connection_lost(fault)
        self._finish()

    def on_headers_complete(self) -> None:
        """httptools: the status is known."""
        status = self._parser.get_status_code()
        if self._answered is None:
            self._keeps = False  # a second answer to one question
        elif status >= 200:
            self.status = status

    def on_message_complete(self) -> None:
        """httptools: the answer is whole, or it was an interim one."""
        if self.status is not None and self._answered is not None:
            self._keeps = self._parser.should_keep_alive()
            self._finish()

    def _finish(self) -> None:
        answered, self._answered = self._answered, None
        if answered is not None and not answered.done():
            answered.set_result(None)


class HttpSender:
    """POST with the headers of Logplex; a batch that is sent again has the same frame id and bytes."""

    framing = Framing()

    def __init__(self, target: Target, token: str, times: Times, trust: Trust) -> None:
        self._target = target
        self._token = token
        self._times = times
        self._connection = Connection(target, times, HttpWire, trust)

    async def send(self, batch: Batch, frame_id: str) -> Outcome:
        """See `Sender`."""
        request = self._request(batch, frame_id)
        try:
            wire, fresh = await self._connection.get()
            if not await self._ask(wire, request) and not fresh:
                # The receiver ended the kept connection as we wrote to it, perhaps by a restart: no answer to this.
                await self._connection.close()
                wire, _ = await self._connection.get()
                await self._ask(wire, request)
        except OSError:
            await self._connection.close()
            return "again"
        outcome = _outcome(wire.status)
        if outcome == "again" or not wire.reusable:
            await self._connection.close()
        return outcome

    async def cut(self, batch: Batch, frame_id: str) -> Outcome:
        """See `Sender`."""
        return await _cut(self._connection, self._request(batch, frame_id), len(self.framing.body(batch)))

    async def _ask(self, wire: HttpWire, request: bytes) -> bool:
        """False if the connection ended without a byte of an answer."""
        try:
            async with asyncio.timeout(self._times.request):
                await wire.ask(request)
        except TimeoutError:
            wire.abort()
            return True
        return wire.size > 0

    def rest(self) -> None:
        """See `Sender`."""
        self._connection.rest()

    async def close(self) -> None:
        """See `Sender`."""
        await self._connection.close()

    def _request(self, batch: Batch, frame_id: str) -> bytes:
        body = self.framing.body(batch)
        target = self._target
        lines = [
            f"POST {target.place} HTTP/1.1",
            f"Host: {target.authority}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in http_headers(batch, frame_id, self._token).items()),
        ]
        if target.authorization is not None:
            lines.append(f"Authorization: {target.authorization}")
        return "\r\n".join([*lines, "", ""]).encode() + body


def _outcome(status: int | None) -> Outcome:
    if status is None:
        return "again"
    if 200 <= status < 300:
        return "taken"
    return "refused" if 400 <= status < 500 and status != _TOO_MANY_REQUESTS else "again"


async def _cut(connection: Connection[W], data: bytes, size: int) -> Outcome:
    """Write all but the second half of the `size` bytes at the end of `data`, and close."""
    with contextlib.suppress(OSError):
        wire, _ = await connection.get()
        wire.transport.write(data[: len(data) - (size + 1) // 2])
    await connection.close()
    return "again"


class SyslogWire(Wire):
    """Knows when the system has taken over what was written."""

    def __init__(self) -> None:
        super().__init__()
        self._full: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: connected."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(0)

    def pause_writing(self) -> None:
        """asyncio: not everything could be passed on yet."""
        self._full = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """asyncio: everything is passed on."""
        full, self._full = self._full, None
        if full is not None and not full.done():
            full.set_result(None)

    def connection_lost(self, fault: Exception | None) -> None:
        """asyncio: closed by either side."""
        super().connection_lost(fault)
        self.resume_writing()

    async def tell(self, data: bytes) -> bool:
        """Write; False if the connection ended before everything was passed on."""
        self.transport.write(data)
        if self._full is not None:
            await self._full
        return self.open


class SyslogSender:
    """Messages over TCP with octet counting (RFC 6587). Nobody acknowledges them: what the system has taken is sent."""

    def __init__(self, target: Target, token: str, times: Times, trust: Trust) -> None:
        self.framing = Framing(host=token, structured=True)
        self._times = times
        self._connection = Connection(target, times, SyslogWire, trust)

    async def send(self, batch: Batch, frame_id: str) -> Outcome:
        """See `Sender`; there is no place for the frame id."""
        try:
            wire, _ = await self._connection.get()
            async with asyncio.timeout(self._times.request):
                if await wire.tell(self.framing.body(batch)):
                    return "taken"
        except OSError:
            pass
        await self._connection.close()
        return "again"

    async def cut(self, batch: Batch, frame_id: str) -> Outcome:
        """See `Sender`."""
        body = self.framing.body(batch)
        return await _cut(self._connection, body, len(body))

    def rest(self) -> None:
        """See `Sender`."""
        self._connection.rest()

    async def close(self) -> None:
        """See `Sender`."""
        await self._connection.close()


def sender_for(target: Target, token: str, times: Times, trust: Trust) -> Sender:
    """The sender that speaks as the target's scheme says."""
    kind: type[HttpSender] | type[SyslogSender] = HttpSender if target.http else SyslogSender
    return kind(target, token, times, trust)
