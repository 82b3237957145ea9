"""How commands stay until they are stopped."""

import signal
import threading


def wait_for_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    return asked


def stay_until(asked: threading.Event) -> None:
    """A signal that comes just before the wait begins is handled only when it ends: so it ends now and then."""
    while not asked.wait(1.0):
        pass
