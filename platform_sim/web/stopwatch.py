"""How long an answer took, for the ledger."""

import time
from collections.abc import Callable


def stopwatch() -> Callable[[], int]:
    """Wall milliseconds since now."""
    began = time.monotonic()
    return lambda: round((time.monotonic() - began) * 1000)
