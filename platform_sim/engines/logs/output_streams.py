"""`GET /streams/<id>`: an output as it grows, as plain text (resumable by Range) or server-sent events.

Opens no socket: the edge serves what `open` returns, on its loop. Facts: platform-api §6 (output_stream_url).
"""

from collections.abc import AsyncIterator, Mapping

from platform_sim.core.model.seams import Stream
from platform_sim.engines.logs import sse
from platform_sim.engines.logs.outputs import Output, OutputStore
from platform_sim.engines.logs.waking import LoopEvent

HEARTBEAT = 15.0
"""Seconds of silence after which an event stream gets a comment."""
_PLAIN = "text/plain; charset=utf-8"


class OutputStreams:
    """The `Streams` of outputs."""

    def __init__(self, outputs: OutputStore, *, prefix: str = "/streams/", heartbeat: float = HEARTBEAT) -> None:
        self._outputs = outputs
        self._prefix = prefix
        self._heartbeat = heartbeat

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        """The output from where the client wants it, until it is finished; 404 if there is none."""
        output_id = path.removeprefix(self._prefix)
        if output_id == path or not output_id or "/" in output_id:
            return None
        output = self._outputs.find(output_id)
        if output is None:
            return Stream(404, _PLAIN, _one(b"There is no such output.\n"))
        if sse.wanted(headers.get("accept")):
            return self._as_events(output, sse.last_id(headers.get("last-event-id")) or 0)
        return self._as_text(output, _range_start(headers.get("range")))

    def _as_text(self, output: Output, start: int | None) -> Stream:
        offset = start or 0
        size, finished = len(output.data), output.finished
        extra: dict[str, str] = {}
        if start is not None and finished:
            if start >= size:
                return Stream(416, _PLAIN, _one(b""), {"Content-Range": f"bytes */{size}"})
            extra = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return Stream(200 if start is None else 206, _PLAIN, self._pieces(output, offset), extra)

    def _as_events(self, output: Output, offset: int) -> Stream:
        if output.finished and offset >= len(output.data) and offset:
            return Stream(204, sse.CONTENT_TYPE, _one(b""))  # tells an EventSource to stop coming back
        return Stream(200, sse.CONTENT_TYPE, self._events(output, offset))

    async def _events(self, output: Output, offset: int) -> AsyncIterator[bytes]:
        """An event a line; its id is the offset after it, so that a reader can go on from there."""
        rest = b""
        async for data in self._pieces(output, offset):
            if not data:
                yield sse.HEARTBEAT
                continue
            *lines, rest = (rest + data).split(b"\n")
            events = []
            for line in lines:
                offset += len(line) + 1
                events.append(sse.event(line.removesuffix(b"\r").decode("utf-8", "replace"), offset))
            if events:
                yield "".join(events).encode()
        if rest:
            yield sse.event(rest.decode("utf-8", "replace"), offset + len(rest)).encode()

    async def _pieces(self, output: Output, offset: int) -> AsyncIterator[bytes]:
        """The bytes from `offset` on as they come; an empty piece after silence."""
        event = LoopEvent()
        output.watch(event.set)
        try:
            while True:
                data, finished = output.since(offset)
                if data:
                    offset += len(data)
                    yield data
                if finished:
                    return
                if not await event.wait(self._heartbeat):
                    yield b""
        finally:
            output.unwatch(event.set)


def _range_start(value: str | None) -> int | None:
    """N of `bytes=N-`; None for any other range, which is ignored."""
    if value is None:
        return None
    number = value.strip().removeprefix("bytes=").removesuffix("-")
    whole = f"bytes={number}-" == value.strip()
    return int(number) if whole and number.isascii() and number.isdigit() else None


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data
