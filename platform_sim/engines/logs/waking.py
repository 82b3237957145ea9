"""The bridge from threads that say something to the loop that tells it.

Touches the running event loop only.
"""

import asyncio
import contextlib


class LoopEvent:
    """An event of the running loop that any thread may set."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake the waiter; from any thread, never blocks, never raises."""
        with contextlib.suppress(RuntimeError):  # the loop has ended, and the waiter with it
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float) -> bool:
        """Until set since the last call, at most so long; False if time was up."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True
