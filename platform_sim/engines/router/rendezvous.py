"""`heroku run`: a connection that begins with a secret instead of a request is joined to a dyno's terminal.

Heroku's rendezvous protocol (heroku-cli §5). Reads and writes the terminal's descriptor on the edge's loop.
"""

import asyncio
import contextlib
import os
import re
import socket

from platform_sim.core.model.seams import Terminal
from platform_sim.engines.router.alarm import Alarm
from platform_sim.engines.router.shared import Shared

_SECRET_LINE = re.compile(rb"([A-Za-z0-9_-]{16,128})(?:\r\n|\Z)")
"""heroku3 sends no end of the line, and nothing else until it is greeted. No request's first word is that long."""
GREETING = b"rendezvous\r\n"
"""Thrown away by the client whole, so it must go out before, and apart from, anything else."""
_END = b"\x04"
_TOGETHER = 0.005
"""Seconds in which output is collected: the line with the exit status must not be split over two records."""
_LINGER = 0.5
"""How long after its process has ended a connection waits for the client's end of input (heroku-cli §5)."""
_CHUNK = 65536


def secret_of(first: bytes) -> str | None:
    """The secret, if these first bytes of a connection are a rendezvous and not an HTTP request."""
    found = _SECRET_LINE.match(first)
    return found[1].decode() if found else None


class Rendezvous(asyncio.Protocol):
    """The customer's side, and the terminal it is joined to."""

    def __init__(self, shared: Shared, transport: asyncio.Transport) -> None:
        self._shared = shared
        self._transport = transport
        self._terminal: Terminal | None = None
        self._in = b""
        self._out = b""
        self._flushing: asyncio.TimerHandle | None = None
        self._input_ended = False
        self._output_ended = False
        self._lost = False
        self._alarm = Alarm(shared.loop, self.abort)

    def begin(self, secret: str, early: bytes) -> None:
        """Greet, and wait for the dyno to start. `early`: what came behind the secret."""
        self._shared.open.add(self)
        self._transport.write(GREETING)
        self._alarm.set(self._shared.limits.terminal_idle)
        loop = self._shared.loop

        def ready(terminal: Terminal | None) -> None:
            try:
                loop.call_soon_threadsafe(self._join, terminal)
            except RuntimeError:  # the edge has stopped in the meantime
                if terminal is not None:
                    os.close(terminal.fd)

        self._shared.terminals.expect(secret, ready)
        if early:
            self.data_received(early)

    def data_received(self, data: bytes) -> None:
        """asyncio: keys of the customer. Without a terminal a byte 4 means the end of the input."""
        self._alarm.set(self._shared.limits.terminal_idle)
        if data.endswith(_END):
            self._input_ended = True
            if self._output_ended:
                self._transport.close()
                return
        self._in += data
        if self._terminal is not None:
            self._write()

    def pause_writing(self) -> None:
        """asyncio: the customer does not read: nor do we."""
        if self._terminal is not None and not self._output_ended:
            self._shared.loop.remove_reader(self._terminal.fd)

    def resume_writing(self) -> None:
        """asyncio: the customer reads again."""
        if self._terminal is not None and not self._output_ended:
            self._shared.loop.add_reader(self._terminal.fd, self._read)

    def connection_lost(self, fault: Exception | None) -> None:
        """asyncio: the customer is gone, and so is the dyno's terminal: it hangs up."""
        self._lost = True
        self._alarm.cancel()
        self._shared.open.discard(self)
        if self._flushing is not None:
            self._flushing.cancel()
        terminal, self._terminal = self._terminal, None
        if terminal is not None:
            self._let_go(terminal)

    def abort(self) -> None:
        """The edge stops, or nothing was said for too long."""
        self._transport.abort()

    def _join(self, terminal: Terminal | None) -> None:
        if terminal is None or self._lost:
            self._transport.close()
            if terminal is not None:
                self._let_go(terminal)
            return
        os.set_blocking(terminal.fd, False)
        self._terminal = terminal
        self._shared.loop.add_reader(terminal.fd, self._read)
        self._write()

    def _let_go(self, terminal: Terminal) -> None:
        for forget in (self._shared.loop.remove_reader, self._shared.loop.remove_writer):
            forget(terminal.fd)
        with contextlib.suppress(OSError):
            os.close(terminal.fd)
        terminal.hang_up()

    def _read(self) -> None:
        terminal = self._terminal
        assert terminal is not None, "read from only while it is joined"
        try:
            data = os.read(terminal.fd, _CHUNK)
        except BlockingIOError:
            return
        except OSError:  # a pseudo-terminal says so when its last user has closed it
            data = b""
        if not data:
            self._shared.loop.remove_reader(terminal.fd)
            self._output_ended = True
            self._flush()
            self._shared.loop.call_later(0 if self._input_ended else _LINGER, self._transport.close)
            return
        self._alarm.set(self._shared.limits.terminal_idle)
        self._out += data
        if len(self._out) >= _CHUNK:
            self._flush()
        elif self._flushing is None:
            self._flushing = self._shared.loop.call_later(_TOGETHER, self._flush)

    def _flush(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        out, self._out = self._out, b""
        if out:
            self._transport.write(out)

    def _write(self) -> None:
        """As much of the input as the dyno takes now."""
        terminal = self._terminal
        assert terminal is not None, "written to only while it is joined"
        data = self._in
        if self._input_ended and not terminal.is_tty:
            data = data.removesuffix(_END)
        try:
            written = os.write(terminal.fd, data) if data else 0
        except BlockingIOError:
            written = 0
        except OSError:  # the dyno reads no more; its end comes as the end of its output
            written = len(data)
        self._in = data[written:]
        loop = self._shared.loop
        if self._in:
            self._transport.pause_reading()
            loop.add_writer(terminal.fd, self._write)
            return
        loop.remove_writer(terminal.fd)
        self._transport.resume_reading()
        if self._input_ended and not terminal.is_tty:
            end_input(terminal.fd)


def end_input(descriptor: int) -> None:
    """Half-close a socket pair's end, so that the dyno reads the end of its input."""
    with socket.socket(fileno=os.dup(descriptor)) as half, contextlib.suppress(OSError):
        half.shutdown(socket.SHUT_WR)
