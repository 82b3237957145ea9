"""Forwards one request to a backend and its answer to the client, streaming, with back-pressure both ways.

Touches nothing but the two connections. Which backend, which headers and what to say when it fails is up to
the subclasses (dyno_route, control_route).
"""

import asyncio

from platform_sim.engines.router import pages
from platform_sim.engines.router.exchange import Client
from platform_sim.engines.router.forward import Failure, Forward
from platform_sim.engines.router.request import BadRequest, Request
from platform_sim.engines.router.response import BadResponse, ResponseHead
from platform_sim.engines.router.shared import Shared
from platform_sim.engines.router.tunnel import Tunnel
from platform_sim.engines.router.upstream import Upstream

# Servers write head and body separately. A head that comes alone is held back for so many seconds: one write
# instead of two is a third of the edge's work, and a dyno stopped between the two has said nothing yet.
_GATHER = 0.01


class Proxied(Forward):
    """A request on its way to a backend and back."""

    __slots__ = ("_chunked", "_gathering", "_held", "_keep_alive", "framed", "sent_bytes")

    def __init__(self, shared: Shared, client: Client, request: Request) -> None:
        super().__init__(shared, client, request)
        self.framed = True
        """Whether the client can tell that the answer broke off (else only a reset says so)."""
        self.sent_bytes = 0
        """Body bytes sent to the client."""
        self._chunked = False
        self._keep_alive = False
        self._held: list[bytes] | None = None
        """The answer's head while it is held back; None before there is one, empty when it is sent."""
        self._gathering: asyncio.TimerHandle | None = None

    # --- for the subclasses

    def answer_headers(self) -> bytes:
        """Header lines to add to the answer."""
        return b""

    def ended(self, status: int) -> None:
        """The answer was passed on whole."""

    def body_broken(self, fault: BadRequest) -> None:
        """The client's chunks make no sense: no answer to that from the backend."""
        self.detach()
        if self.answering:
            self.client.cut(hard=not self.framed)
        else:
            self.reply(400, "application/json", pages.json_error("bad_request", f"The body is broken: {fault}."))

    # --- from the backend

    def response_moved(self) -> None:
        """Pass on what the backend has said."""
        upstream = self.upstream
        assert upstream is not None
        reader = upstream.reader
        head = reader.head
        if head is None:
            return
        held = self._held
        if held is None:
            if head.status == 101:
                self._switch(upstream, head)
                return
            held = self._client_head(head, reader.bodyless)
            if not reader.body and not reader.ended:
                self._held = held
                self._gathering = self.shared.loop.call_later(_GATHER, self._send_held)
                return
        out = self._release_held(held)
        body = reader.take()
        for piece in body:
            self.sent_bytes += len(piece)
            if self._chunked:
                out += (b"%x\r\n" % len(piece), piece, b"\r\n")
        if not self._chunked:
            out += body
        if reader.ended:
            if self._chunked:
                out.append(b"0\r\n\r\n")
            self._complete(upstream, head, out)
            return
        self.client.watch(self.idle_limit())
        self.client.write(b"".join(out))

    def _release_held(self, held: list[bytes]) -> list[bytes]:
        """The answer begins: from here on it can only be completed or cut."""
        self.answering = True
        self._held = []
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        return held

    def _send_held(self) -> None:
        """No body came soon: the head goes alone."""
        if self._held:
            self.client.watch(self.idle_limit())
            self.client.write(b"".join(self._release_held(self._held)))

    def detach(self) -> None:
        """Let go of the backend, and of a head not sent: an error page can still take its place."""
        super().detach()
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = self._held = None

    def _client_head(self, head: ResponseHead, bodyless: bool) -> list[bytes]:
        """The answer's head as this client must get it; decides how its body is framed."""
        request = self.request
        out = [b"HTTP/1.1 %d %b\r\n" % (head.status, head.reason), *head.block, self.answer_headers()]
        self._keep_alive = request.keep_alive
        self._chunked, self.framed = False, True
        if head.length is not None and not head.chunked:
            out.append(b"Content-Length: %b\r\n" % head.length)
        elif not bodyless and head.status not in (204, 304):
            if request.http10:
                self._keep_alive = self.framed = False
            else:
                self._chunked = True
                out.append(b"Transfer-Encoding: chunked\r\n")
        if not self._keep_alive:
            out.append(b"Connection: close\r\n")
        elif request.http10:
            out.append(b"Connection: keep-alive\r\n")
        out.append(b"\r\n")
        return out

    def _complete(self, upstream: Upstream, head: ResponseHead, out: list[bytes]) -> None:
        self.upstream = None
        if head.keep_alive and self.request_sent:
            self.shared.pool.release(upstream)
        else:
            upstream.drop()
        self.client.write(b"".join(out))
        self.ended(head.status)
        self.client.finished(self, self._keep_alive)

    def response_bad(self, fault: BadResponse) -> None:
        """The backend said something that is not HTTP."""
        self.detach()
        self.failed(Failure.TOO_LARGE if fault.too_large else Failure.GARBAGE)

    def upstream_lost(self, fault: Exception | None) -> None:
        """The backend is gone: that may be the end of the answer, a stale connection, or a failure."""
        upstream, self.upstream = self.upstream, None
        assert upstream is not None
        reader = upstream.reader
        if reader.head is not None and reader.until_close and fault is None:
            out = self._release_held(self._held or [])
            if self._chunked:
                out.append(b"0\r\n\r\n")
            self._complete(upstream, reader.head, out)
            return
        self.detach()
        if reader.head is not None or reader.begun:
            self.failed(Failure.LOST_DURING)
        elif self._reused and self.may_resend():
            self.shared.pool.discard(self._address)
            self.request_sent = False
            self.reach(self._address)
        else:
            self.failed(Failure.LOST_BEFORE)

    def _switch(self, upstream: Upstream, head: ResponseHead) -> None:
        """101: from here on the two connections are one pipe."""
        if self.request.upgrade is None or head.upgrade is None:
            self.detach()
            self.failed(Failure.GARBAGE)
            return
        client, self.upstream = self.client, None
        tunnel = Tunnel(self.shared, self.idle_limit(), self._tunnel_ended)
        client.write(
            b"".join(
                (
                    b"HTTP/1.1 101 %b\r\n" % head.reason,
                    *head.block,
                    self.answer_headers(),
                    b"Connection: Upgrade\r\nUpgrade: %b\r\n\r\n" % head.upgrade,
                    upstream.reader.tail,
                )
            )
        )
        self.sent_bytes = len(upstream.reader.tail)
        early = client.reader.take_tail()
        client.hand_over(tunnel.client_end)
        upstream.hand_over(tunnel.backend_end)
        tunnel.begin(client.transport, upstream.transport, early)

    def _tunnel_ended(self, to_client: int, idle: bool) -> None:
        self.sent_bytes += to_client
        self.tunnel_ended(idle)

    def tunnel_ended(self, idle: bool) -> None:
        """The tunnel is closed; `idle` if for silence."""
