"""Waits for the first knock at ports whose platforms nobody has asked anything over HTTP yet: one thread for all.

May run one thread for the whole process, which ends when there is nothing to wait for. It holds sockets and whom to
call, nothing else of any platform: most platforms of tests are asked in process, and need no thread for their port.
"""

import contextlib
import logging
import os
import selectors
import socket
import threading
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

LOOK = 1.0
"""Wall seconds after which the thread looks whether there is still something to wait for."""


class Doorbell:
    """Thread-safe. `ring` is called once, in the doorbell's thread, and must be quick."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rings: dict[socket.socket, tuple[Sequence[socket.socket], Callable[[], None]]] = {}
        self._selector: selectors.BaseSelector | None = None

    def watch(self, sockets: Sequence[socket.socket], ring: Callable[[], None]) -> None:
        """Call `ring` when somebody connects to one of these listening sockets; they are then the caller's again."""
        with self._lock:
            if self._selector is None:
                self._selector = selectors.DefaultSelector()
                threading.Thread(target=self._wait, args=(self._selector,), name="doorbell", daemon=True).start()
            for each in sockets:
                self._rings[each] = sockets, ring
                self._selector.register(each, selectors.EVENT_READ)

    def forget(self, sockets: Sequence[socket.socket]) -> bool:
        """Wait for them no more. False if somebody has knocked before: then `ring` has been called, or is being."""
        with self._lock:
            return self._take(sockets)

    def _take(self, sockets: Sequence[socket.socket]) -> bool:
        was_there = sockets[0] in self._rings
        for each in sockets if was_there else ():
            del self._rings[each]
            assert self._selector is not None
            self._selector.unregister(each)
        return was_there

    def _wait(self, selector: selectors.BaseSelector) -> None:
        while True:
            for key, _ in selector.select(LOOK):
                self._heard(key.fileobj)
            with self._lock:
                if not self._rings:
                    self._selector = None
                    selector.close()
                    return

    def _heard(self, knocked: object) -> None:
        with self._lock:
            sockets, ring = self._rings.get(knocked, ((), None))  # type: ignore[call-overload]
            if ring is None or not self._take(sockets):
                return
        try:
            ring()
        except Exception:
            log.exception("nobody goes to the door; this is a bug of the platform, or it has no threads left")

    def after_fork(self) -> None:
        """In a child there is no such thread: what was watched is the parent's."""
        selector, self._selector = self._selector, None
        self._lock, self._rings = threading.Lock(), {}
        if selector is not None:
            with contextlib.suppress(OSError):
                selector.close()


DOORBELL = Doorbell()
"""The process's."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=DOORBELL.after_fork)
