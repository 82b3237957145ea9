"""The application under waitress, in threads of its own, on a loopback port that only the edge talks to."""

import threading
from functools import cached_property
from typing import Any, cast

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server

from platform_sim.web.workers import PATIENCE, Workers

SLACK = 1_048_576
"""Bytes beyond the largest body: waitress counts the framing of chunked ones too. Doors check their own limits exactly
and answer in their own shape."""

_MARK = "platform_sim.chunked"
CHUNKED = f"HTTP_{_MARK}"
"""In the environ of a request that came in chunks; waitress puts them together and hides that."""


class _Parser(HTTPRequestParser):
    """Leaves a mark on chunked requests, under a name that no header of a client can have."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.chunked:
            cast(dict[str, str], self.headers)[_MARK] = "1"


class _Channel(HTTPChannel):
    """Does not call the loop for output that a worker is just sending.

    Else the loop turns and turns meanwhile, 5 to 50 times a call, and takes the interpreter from the worker each time.
    """

    parser_class = _Parser
    _is_sending = False

    @property
    def is_read(self) -> bool:
        """As a task: by the method of the request that is to be answered next."""
        # A request that could not be parsed has no method.
        return getattr(self.requests[0], "command", None) in ("GET", "HEAD")

    def writable(self) -> bool:
        return bool((self.total_outbufs_len and not self._is_sending) or self.will_close or self.close_when_flushed)

    def _flush_some(self, do_close: bool = True) -> bool:
        # What cannot be sent now is announced to the loop (pull_trigger) by whoever called this.
        self._is_sending = True
        try:
            return bool(super()._flush_some(do_close))  # type: ignore[misc]
        finally:
            self._is_sending = False


class ControlServer:
    """`open` binds and begins to answer, when somebody comes: a platform that is asked in process never needs that.
    `close` ends the loop and its threads."""

    def __init__(self, app: Flask, largest_body: int) -> None:
        self._app = app
        self._largest_body = largest_body
        # waitress sends what an application yields at once, so a push shows its build line by line.
        # Our sockets are our own map, so that several platforms can live in one process.
        self._map: dict[int, Any] = {}
        self._workers = Workers()
        self._server: Any = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)

    @cached_property
    def address(self) -> tuple[str, int]:
        """Where it listens; bound when it is first asked for."""
        self._server = self._bind()
        return ("127.0.0.1", int(self._server.socket.getsockname()[1]))

    def _bind(self) -> Any:
        server = create_server(
            self._app,
            map=self._map,
            host="127.0.0.1",
            port=0,
            connection_limit=2000,
            max_request_body_size=self._largest_body + SLACK,
            ident=None,
            clear_untrusted_proxy_headers=False,
            _dispatcher=cast(Any, self._workers),
        )
        cast(Any, server).channel_class = _Channel
        return server

    def open(self) -> tuple[str, int]:
        """Begin to answer at the address that is returned."""
        address = self.address
        self.start()
        return address

    def start(self) -> None:
        """Begin to answer."""
        assert self.address
        self._thread.start()

    def _run(self) -> None:
        # Turn by turn instead of server.run(): only so does the loop end when it is told to.
        while not self._stopping.is_set():
            timeout = PATIENCE if self._workers.is_crowded else 1
            self._server.asyncore.loop(timeout=timeout, use_poll=True, map=self._map, count=1)
            if self._workers.is_crowded:
                self._workers.look()

    def close(self) -> None:
        """Stop answering; calls in progress get a moment, then their connections are cut. Safe to call again."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        if self._thread.ident is not None:
            self._server.pull_trigger()
            self._thread.join()
        self._workers.shutdown(timeout=2)
        for channel in list(self._map.values()):
            channel.close()
        if self._server is not None:
            self._server.close()
