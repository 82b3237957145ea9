"""The base of everything that answers one request, and the simplest such thing: a ready answer.

Touches no socket itself: it writes through the `Client` it is given.
"""

import asyncio
from typing import Protocol

from platform_sim.engines.router import pages
from platform_sim.engines.router.request import BadRequest, Request, RequestReader
from platform_sim.engines.router.shared import Shared


class Client(Protocol):
    """What an exchange may do with the connection its request came from."""

    peer: str
    """The client's address, e.g. "127.0.0.1"."""
    tls: bool
    full: bool
    """Whether the client does not read at the moment."""
    transport: asyncio.Transport
    reader: RequestReader

    def write(self, data: bytes) -> None:
        """Send bytes of the answer."""

    def finished(self, exchange: "Exchange", keep_alive: bool) -> None:
        """The answer is complete; the next request of the connection may start."""

    def cut(self, hard: bool = False) -> None:
        """Close although the answer is incomplete; `hard` resets, so that an unframed answer is not taken as whole."""

    def room_made(self) -> None:
        """Body bytes were taken: read on if reading was paused for them."""

    def watch(self, seconds: float | None) -> None:
        """Call `timed_out` of the current exchange in so many seconds; None: never."""

    def hand_over(self, protocol: asyncio.BaseProtocol) -> None:
        """Give the socket to a tunnel."""


class Exchange:
    """One request and its answer; every method is called on the edge's loop."""

    __slots__ = ("client", "request", "shared")

    def __init__(self, shared: Shared, client: Client, request: Request) -> None:
        self.shared = shared
        self.client = client
        self.request = request

    def start(self) -> None:
        """Begin; may finish at once."""
        raise NotImplementedError

    def body_arrived(self) -> None:
        """More of the request's body is there, or its end."""

    def body_broken(self, fault: BadRequest) -> None:
        """The request's body cannot be understood; nothing more of it will come."""
        self.client_gone()
        self.client.cut()

    def client_gone(self) -> None:
        """The client closed the connection; nothing can be sent any more."""

    def client_full(self, full: bool) -> None:
        """The client stopped (True) or resumed (False) reading."""

    def timed_out(self) -> None:
        """The time set with `client.watch` has passed."""

    def is_at(self, address: tuple[str, int]) -> bool:
        """Whether the request is with this backend."""
        return False

    def reply(self, status: int, content_type: str, body: bytes) -> None:
        """Answer with a whole body and finish."""
        request = self.request
        keep_alive = request.keep_alive and request.ended
        self.client.write(
            pages.answer(
                status,
                content_type,
                body,
                head_only=request.method == b"HEAD",
                keep_alive=keep_alive,
                http10=request.http10,
            )
        )
        self.client.finished(self, keep_alive)


class Refusal(Exchange):
    """Answers with a fixed JSON error and closes."""

    __slots__ = ("_error_id", "_message", "_status")

    def __init__(
        self, shared: Shared, client: Client, request: Request, status: int, error_id: str, message: str
    ) -> None:
        super().__init__(shared, client, request)
        self._status = status
        self._error_id = error_id
        self._message = message

    def start(self) -> None:
        """Answer at once."""
        self.request.keep_alive = False
        self.reply(self._status, "application/json", pages.json_error(self._error_id, self._message))
