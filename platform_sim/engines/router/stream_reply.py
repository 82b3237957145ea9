"""Long-lived answers (log tails, build output), served by a task on the edge's loop.

Touches nothing but the client connection; what is streamed comes from the `Streams` seam.
"""

import asyncio
import contextlib

from platform_sim.core.model.seams import Stream
from platform_sim.engines.router import pages
from platform_sim.engines.router.exchange import Client, Exchange
from platform_sim.engines.router.request import Request
from platform_sim.engines.router.shared import Shared


class StreamExchange(Exchange):
    """Copies a Stream's chunks to the client as they come, no faster than it reads."""

    __slots__ = ("_room", "_stream", "_task")

    def __init__(self, shared: Shared, client: Client, request: Request, stream: Stream) -> None:
        super().__init__(shared, client, request)
        self._stream = stream
        self._room = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin the task."""
        self.client.watch(None)
        if not self.client.full:
            self._room.set()
        self._task = self.shared.loop.create_task(self._run())
        self.shared.tasks.add(self._task)
        self._task.add_done_callback(self._ended)

    def client_full(self, full: bool) -> None:
        """Wait for the client, or go on."""
        if full:
            self._room.clear()
        else:
            self._room.set()

    def client_gone(self) -> None:
        """Close the stream."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        request, chunks = self.request, self._stream.chunks
        bodyless = self._stream.status in (204, 304)
        chunked = not request.http10 and not bodyless
        self.client.write(self._head(chunked))
        try:
            async for data in chunks:
                if data and not bodyless:
                    self.client.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
                if not self._room.is_set():
                    await self._room.wait()
        finally:
            close = getattr(chunks, "aclose", None)
            if close is not None:
                with contextlib.suppress(asyncio.CancelledError):
                    await close()
        if chunked:
            self.client.write(b"0\r\n\r\n")
        self.client.finished(self, request.keep_alive and (chunked or bodyless))

    def _head(self, chunked: bool) -> bytes:
        stream = self._stream
        lines = [
            f"HTTP/1.1 {stream.status} {pages.reason(stream.status).decode()}",
            f"Content-Type: {stream.content_type}",
            "Cache-Control: no-cache",
        ]
        lines += [f"{name}: {value}" for name, value in stream.headers.items()]
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        if not self.request.keep_alive or self.request.http10:
            lines.append("Connection: close")
            self.request.keep_alive = False
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.shared.tasks.discard(task)
        if task.cancelled():
            return
        fault = task.exception()
        if fault is not None:
            self.shared.loop.call_exception_handler({"message": "a stream failed", "exception": fault})
            self.client.cut(hard=True)
