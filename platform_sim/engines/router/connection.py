"""One client connection: reads requests, answers them one after the other in the order they came.

Touches its own socket through the event loop. Which exchange answers a request is decided in `dispatch`.
"""

import asyncio
import socket
import struct
from collections.abc import Callable

from platform_sim.engines.router import pages
from platform_sim.engines.router.alarm import Alarm
from platform_sim.engines.router.exchange import Client, Exchange
from platform_sim.engines.router.rendezvous import Rendezvous, secret_of
from platform_sim.engines.router.request import BadRequest, Request, RequestReader
from platform_sim.engines.router.shared import Shared
from platform_sim.engines.router.upstream import Address

Dispatch = Callable[[Shared, Client, Request], Exchange]

_RESET = struct.pack("ii", 1, 0)  # linger for 0 seconds: closing sends a reset


class ClientConnection(asyncio.Protocol):
    """Reads requests off a connection and runs one exchange at a time."""

    __slots__ = (
        "_alarm",
        "_broken",
        "_current",
        "_dispatch",
        "_first",
        "_lingering",
        "_paused",
        "_shared",
        "_starting",
        "full",
        "peer",
        "reader",
        "tls",
        "transport",
    )
    transport: asyncio.Transport

    def __init__(self, shared: Shared, dispatch: Dispatch) -> None:
        self.reader = RequestReader(shared.limits.head_bytes)
        self.peer = ""
        self.tls = False
        self.full = False
        self._shared = shared
        self._dispatch = dispatch
        self._alarm = Alarm(shared.loop, self._ring)
        self._current: Exchange | None = None
        self._broken: BadRequest | None = None
        self._first = True
        self._paused = False
        self._starting = False
        self._lingering = False

    # --- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: a client has connected."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if peer else ""
        self.tls = transport.get_extra_info("sslcontext") is not None
        self._shared.open.add(self)
        self._alarm.set(self._shared.limits.keep_alive)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes from the client."""
        if self._lingering:
            return
        if self._first:
            self._first = False
            if (secret := secret_of(data)) is not None:
                self._rendezvous(secret, data.partition(b"\r\n")[2])
                return
        if self._broken is None:
            try:
                self.reader.feed(data)
            except BadRequest as fault:
                self._note_broken(fault)
        current = self._current
        if current is None:
            self._start_next()
        else:
            current.body_arrived()
        self.room_made()

    def eof_received(self) -> bool:
        """asyncio: the client has closed its side; a client that will still read is not told apart."""
        self._drop_current()
        return False

    def connection_lost(self, fault: Exception | None) -> None:
        """asyncio: the connection is gone."""
        self._forget()
        self._drop_current()

    def pause_writing(self) -> None:
        """asyncio: the client reads too slowly."""
        self.full = True
        if self._current is not None:
            self._current.client_full(True)

    def resume_writing(self) -> None:
        """asyncio: the client has caught up."""
        self.full = False
        if self._current is not None:
            self._current.client_full(False)

    # --- the exchange's side (see exchange.Client)

    def write(self, data: bytes) -> None:
        """Send bytes of the answer."""
        self.transport.write(data)

    def watch(self, seconds: float | None) -> None:
        """Call `timed_out` of the current exchange in so many seconds."""
        if seconds is None:
            self._alarm.clear()
        else:
            self._alarm.set(seconds)

    def room_made(self) -> None:
        """Pause or resume reading by how much is held for exchanges that have not taken it yet."""
        limits, reader = self._shared.limits, self.reader
        reading = reader.reading
        crowded = (
            len(reader.ready) > limits.pipeline
            or (reading is not None and reading.size > limits.body_buffer)
            or len(reader.tail) > limits.body_buffer
        )
        if crowded == self._paused or self._lingering:
            return
        self._paused = crowded
        if crowded:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def finished(self, exchange: Exchange, keep_alive: bool) -> None:
        """The answer is complete: next request, or goodbye."""
        if exchange is not self._current:
            return
        self._current = None
        if self.reader.upgraded:
            try:
                self.reader.resume_http()
            except BadRequest as fault:
                self._note_broken(fault)
        if keep_alive and exchange.request.ended:
            self._start_next()
        else:
            self._hang_up(exchange.request.ended)

    def cut(self, hard: bool = False) -> None:
        """Close in the middle of an answer."""
        self._current = None
        if hard:
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.transport.abort()
        else:
            self._hang_up(complete=False)

    def hand_over(self, protocol: asyncio.BaseProtocol) -> None:
        """Give the socket to a tunnel, and be forgotten."""
        self._current = None
        self._forget()
        if self._paused:
            self.transport.resume_reading()
        self.transport.set_protocol(protocol)

    def abort(self) -> None:
        """The edge stops: close at once."""
        self.transport.abort()

    def waits_for(self, address: Address) -> bool:
        """Whether its request is with this backend."""
        return self._current is not None and self._current.is_at(address)

    # --- inside

    def _rendezvous(self, secret: str, early: bytes) -> None:
        """The place where a connection's first bytes decide what is spoken on it: no request, but `heroku run`."""
        session = Rendezvous(self._shared, self.transport)
        self.hand_over(session)
        session.begin(secret, early)

    def _start_next(self) -> None:
        """Run exchanges until one stays open or nothing is left to answer."""
        if self._starting:
            return  # called from an exchange that finished within start(): the loop below goes on
        self._starting = True
        ready = self.reader.ready
        while ready and self._current is None and not self._lingering and not self.transport.is_closing():
            request = ready.popleft()
            if self._paused:
                self.room_made()
            self._begin(request)
        self._starting = False
        if self._current is not None or self._lingering:
            return
        if self._broken is not None:
            self._answer_broken(self._broken)
        else:
            self._alarm.set(self._shared.limits.keep_alive)

    def _begin(self, request: Request) -> None:
        try:
            exchange = self._dispatch(self._shared, self, request)
            self._current = exchange
            exchange.start()
        except Exception as fault:  # a fault of ours must not leave the client without an answer
            self._shared.loop.call_exception_handler(
                {"message": "the edge failed to route a request", "exception": fault, "protocol": self}
            )
            self._current = None
            self._say(500, "internal_server_error", "The request could not be routed; see the platform's log.")

    def _note_broken(self, fault: BadRequest) -> None:
        """What comes from the client makes no sense any more; answers owed before it are still given."""
        self._broken = fault
        current, reading = self._current, self.reader.reading
        if reading is None:
            return
        if current is not None and current.request is reading:
            current.body_broken(fault)
        elif reading in self.reader.ready:
            self.reader.ready.remove(reading)

    def _answer_broken(self, fault: BadRequest) -> None:
        self._say(fault.status, "bad_request", f"The request cannot be understood: {fault}.")

    def _say(self, status: int, error_id: str, message: str) -> None:
        body = pages.json_error(error_id, message)
        self.write(pages.answer(status, "application/json", body, head_only=False, keep_alive=False, http10=False))
        self._hang_up(complete=False)

    def _hang_up(self, complete: bool) -> None:
        """Close; if the client may still be sending, throw that away first: a reset would eat the answer."""
        if self._lingering:
            return
        self._lingering = True
        if complete or self.transport.is_closing() or not self.transport.can_write_eof():
            self.transport.close()
            return
        self.transport.write_eof()
        if self._paused:
            self.transport.resume_reading()
        self._alarm.set(self._shared.limits.linger)

    def _drop_current(self) -> None:
        current, self._current = self._current, None
        if current is not None:
            current.client_gone()

    def _forget(self) -> None:
        self._shared.open.discard(self)
        self._alarm.cancel()

    def _ring(self) -> None:
        if self._current is not None:
            self._current.timed_out()
        elif self._lingering:
            self.transport.abort()
        else:
            self.transport.close()
