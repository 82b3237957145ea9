"""Sends one request to a backend: connecting, body, back-pressure, silence. The way back is in `proxied`.

Touches backend connections through the pool.
"""

import asyncio
from enum import Enum

from platform_sim.engines.router.exchange import Client, Exchange
from platform_sim.engines.router.request import Request
from platform_sim.engines.router.response import BadResponse
from platform_sim.engines.router.shared import Shared
from platform_sim.engines.router.upstream import Address, Upstream

_IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"PUT", b"DELETE"))
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Failure(Enum):
    """How forwarding can fail."""

    REFUSED = "the backend does not accept connections"
    CONNECT_TIMEOUT = "the backend does not answer to a connection attempt"
    LOST_BEFORE = "the backend closed the connection without an answer"
    LOST_DURING = "the backend closed the connection in the middle of its answer"
    GARBAGE = "the backend's answer is not HTTP"
    TOO_LARGE = "the backend's answer has too large headers"
    FIRST_BYTE = "the backend did not begin to answer in time"
    IDLE = "the backend fell silent in the middle of its answer"
    CLIENT_IDLE = "the client fell silent in the middle of the exchange"


class Forward(Exchange):
    """A request on its way to a backend."""

    __slots__ = (
        "_address",
        "_body_taken",
        "_connecting",
        "_reused",
        "answering",
        "attached_at",
        "began_at",
        "request_sent",
        "upstream",
    )

    def __init__(self, shared: Shared, client: Client, request: Request) -> None:
        super().__init__(shared, client, request)
        self.upstream: Upstream | None = None
        self.answering = False
        """Whether the client has got the head of the answer."""
        self.request_sent = False
        self.began_at = 0.0
        self.attached_at = 0.0
        self._address: Address = ("", 0)
        self._connecting: asyncio.Task[Upstream] | None = None
        self._reused = False
        self._body_taken = False

    # --- for the subclasses

    def request_head(self) -> bytes:
        """The head to send to the backend, without framing headers and the empty line."""
        raise NotImplementedError

    def response_moved(self) -> None:
        """News from the backend (see upstream.User)."""
        raise NotImplementedError

    def response_bad(self, fault: BadResponse) -> None:
        """Nonsense from the backend."""
        raise NotImplementedError

    def upstream_lost(self, fault: Exception | None) -> None:
        """The backend is gone."""
        raise NotImplementedError

    def failed(self, failure: Failure) -> None:
        """Forwarding failed and the backend connection is gone; say so to the client."""
        raise NotImplementedError

    def first_byte_limit(self) -> float | None:
        """Seconds from the request sent to the first byte of the answer."""
        return None

    def idle_limit(self) -> float | None:
        """Seconds of silence in the middle of an exchange."""
        return None

    # --- towards the backend

    def reach(self, address: Address) -> None:
        """Send the request to `address`, over a kept connection if there is one."""
        self._address = address
        self.began_at = self.shared.loop.time()
        upstream = self.shared.pool.take(address)
        if upstream is not None:
            self._attach(upstream, reused=True)
            return
        self.client.watch(self.shared.limits.connect)
        self._connecting = self.shared.loop.create_task(self.shared.pool.connect(address))
        self._connecting.add_done_callback(self._connected)

    def _connected(self, task: asyncio.Task[Upstream]) -> None:
        current = task is self._connecting
        if current:
            self._connecting = None
        if task.cancelled():
            return
        fault = task.exception()
        if fault is None:
            if current:
                self._attach(task.result(), reused=False)
            else:
                task.result().drop()
        elif current:
            if not isinstance(fault, OSError):
                raise fault
            self.failed(Failure.REFUSED)

    def _attach(self, upstream: Upstream, reused: bool) -> None:
        self.upstream = upstream
        self.attached_at = self.shared.loop.time()
        self._reused = reused
        request = self.request
        upstream.reader.reset(request.method == b"HEAD")
        upstream.user = self
        head = [self.request_head()]
        if request.chunked:
            head.append(b"Transfer-Encoding: chunked\r\n\r\n")
        elif request.length is not None:
            head.append(b"Content-Length: %b\r\n\r\n" % request.length)
        else:
            head.append(b"\r\n")
        if b"expect" in request.special and not (request.ended or request.size or request.http10):
            self.client.write(_CONTINUE)
        self._send(head)

    def _send(self, out: list[bytes]) -> None:
        """Write `out` and what is there of the body, in one go."""
        request, upstream = self.request, self.upstream
        assert upstream is not None
        if request.chunks:
            self._body_taken = True
            chunks = request.take()
            if request.chunked:
                for chunk in chunks:
                    out += (b"%x\r\n" % len(chunk), chunk, b"\r\n")
            else:
                out += chunks
            self.client.room_made()
        if request.ended:
            self.request_sent = True
            if request.chunked:
                out.append(b"0\r\n\r\n")
        waits = request.ended and not self.answering
        self.client.watch(self.first_byte_limit() if waits else self.idle_limit())
        upstream.transport.write(b"".join(out))

    def body_arrived(self) -> None:
        """More body for the backend."""
        upstream = self.upstream
        if upstream is None or upstream.full or self.request_sent:
            return
        if self.request.chunks or self.request.ended:
            self._send([])

    def upstream_drained(self) -> None:
        """The backend takes body bytes again."""
        self.body_arrived()

    def is_at(self, address: Address) -> bool:
        """Whether it is with this backend, or about to be."""
        return self._address == address and (self.upstream is not None or self._connecting is not None)

    def may_resend(self) -> bool:
        """Whether sending the request once more loses nothing and does nothing twice."""
        return not self._body_taken and self.request.method in _IDEMPOTENT

    def detach(self) -> None:
        """Let go of the backend, whatever it is doing."""
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        if self.upstream is not None:
            self.upstream.drop()
            self.upstream = None

    # --- from the client

    def client_full(self, full: bool) -> None:
        """The client's reading speed is the backend's writing speed."""
        if self.upstream is not None:
            self.upstream.pause(full)

    def client_gone(self) -> None:
        """Nobody waits for the answer any more."""
        self.detach()

    def timed_out(self) -> None:
        """Silence for too long; whose it is depends on how far we are."""
        failure = Failure.CONNECT_TIMEOUT
        upstream = self.upstream
        if upstream is not None:
            if self.answering:
                failure = Failure.CLIENT_IDLE if self.client.full else Failure.IDLE
            elif self.request_sent or upstream.full:
                failure = Failure.FIRST_BYTE
            else:
                failure = Failure.CLIENT_IDLE
        self.detach()
        self.failed(failure)
