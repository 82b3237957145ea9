"""A run of pytest that gets SIGTERM, as of a CI that cancels it, ends as by Ctrl-C: what runs is torn down first.

Without that a partner that was started by a command outlives its test, and temporary folders stay.
"""

import os
import signal
import threading
from typing import Any

import pytest

NAME = "platform_sim_ending"


class Ending:
    """What hears the signal: a plugin of one run, of the worker's in one of pytest-xdist."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._told = False

    def hear(self, number: int, frame: Any) -> None:
        """KeyboardInterrupt, which no `except Exception` of a test stops; once, so that nothing breaks off the end."""
        if os.getpid() != self._process:
            # A fork, as of multiprocessing: it ends as it would without us.
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        elif not self._told:
            self._told = True
            raise KeyboardInterrupt(signal.Signals(number).name)

    def pytest_keyboard_interrupt(self) -> None:
        """The end has begun, by Ctrl-C perhaps."""
        self._told = True

    def pytest_unconfigure(self) -> None:
        """See pytest; as it was before."""
        if signal.getsignal(signal.SIGTERM) == self.hear:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def end_on_sigterm(config: pytest.Config) -> None:
    """From now to the end of the run; nothing where somebody else hears the signal, or in another thread."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        ending = Ending()
        config.pluginmanager.register(ending, NAME)
        signal.signal(signal.SIGTERM, ending.hear)
