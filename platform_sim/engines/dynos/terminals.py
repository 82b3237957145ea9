"""The input and output of attached one-off dynos: made here, kept until the customer's connection takes them.

May open pseudo-terminals and socket pairs. The edge is the one who reads and writes them.
"""

import contextlib
import fcntl
import os
import pty
import socket
import struct
import termios
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from platform_sim.core.model.seams import Terminal

Ready = Callable[[Terminal | None], None]
MOST_KEPT = 64
"""Terminals of dynos that nobody has connected to; beyond that the oldest are closed."""


@dataclass
class Ends:
    """Both ends: `inner` becomes the dyno's stdin, stdout and stderr; `outer` is for the customer.

    As a context it closes what it still has: `inner` always, `outer` unless it was handed out.
    """

    inner: int
    outer: int
    is_tty: bool
    handed_out: bool = False

    def __enter__(self) -> "Ends":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.inner)
        if not self.handed_out:
            os.close(self.outer)

    def hand_out(self, hang_up: Callable[[], None]) -> Terminal:
        """The customer's end, which is somebody else's to close from now on."""
        self.handed_out = True
        return Terminal(self.outer, self.is_tty, hang_up)

    def tty_name(self) -> str | None:
        """What the dyno opens to make it its controlling terminal; None for a socket pair."""
        return os.ttyname(self.inner) if self.is_tty else None


def open_ends(tty: bool, env: Mapping[str, str]) -> Ends:
    """A pseudo-terminal of the size that COLUMNS and LINES say, or else a socket pair; OSError if there are none."""
    if not tty:
        inner, outer = socket.socketpair()
        return Ends(inner.detach(), outer.detach(), False)
    outer_fd, inner_fd = pty.openpty()
    size = [int(text) if (text := env.get(name, "")).isdecimal() and int(text) < 65536 else 0 for name in _SIZES]
    if all(size):
        fcntl.ioctl(inner_fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    return Ends(inner_fd, outer_fd, True)


_SIZES = ("LINES", "COLUMNS")


class TerminalDesk:
    """Where a started dyno leaves its terminal, and a connection with the right secret gets it. Thread-safe."""

    def __init__(self, is_expected: Callable[[str], bool]) -> None:
        """`is_expected`: whether some dyno, perhaps one that has not started yet, has this secret."""
        self._is_expected = is_expected
        self._lock = threading.Lock()
        self._kept: dict[str, Terminal] = {}
        self._waiting: dict[str, Ready] = {}

    def offer(self, secret: str, terminal: Terminal) -> None:
        """A dyno has started."""
        with self._lock:
            ready = self._waiting.pop(secret, None)
            if ready is None:
                self._kept[secret] = terminal
            old = [self._kept.pop(next(iter(self._kept))) for _ in range(len(self._kept) - MOST_KEPT)]
        if ready is not None:
            ready(terminal)
        for each in old:
            _close(each)

    def withdraw(self, secret: str) -> None:
        """The dyno could not be started."""
        with self._lock:
            ready = self._waiting.pop(secret, None)
        if ready is not None:
            ready(None)

    def expect(self, secret: str, ready: Ready) -> None:
        """See `Terminals.expect`."""
        with self._lock:
            terminal = self._kept.pop(secret, None)
            if terminal is None:
                self._waiting[secret] = ready
        if terminal is not None:
            ready(terminal)
        elif not self._is_expected(secret):
            self.withdraw(secret)

    def close(self) -> None:
        """The platform stops: let go of what nobody took."""
        with self._lock:
            kept, self._kept = list(self._kept.values()), {}
            waiting, self._waiting = list(self._waiting.values()), {}
        for each in kept:
            _close(each)
        for ready in waiting:
            ready(None)


def _close(terminal: Terminal) -> None:
    with contextlib.suppress(OSError):
        os.close(terminal.fd)
