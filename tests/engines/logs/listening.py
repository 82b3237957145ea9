"""What the log tests share: a clock that ticks when told, and reading streams without an edge."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from platform_sim.core.model.seams import Stream, Streams

GUARD = 60.0
START = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """The time."""
        return self.at

    def move(self, seconds: float) -> None:
        """Forward."""
        self.at += timedelta(seconds=seconds)


def stream_of(streams: Streams, path: str, **headers: str) -> Stream:
    """The stream at `path`, which must be one; header names with _ for -."""
    stream = streams.open(path, {}, {name.replace("_", "-"): value for name, value in headers.items()})
    assert stream is not None
    return stream


def whole(open_stream: Callable[[], Stream]) -> str:
    """Everything a stream says until it ends."""

    async def read() -> str:
        async with asyncio.timeout(GUARD):
            return b"".join([data async for data in open_stream().chunks]).decode()

    return asyncio.run(read())


class Reader:
    """Reads a stream step by step, inside a running loop."""

    def __init__(self, stream: Stream) -> None:
        self._chunks = aiter(stream.chunks)
        self.text = ""

    async def until(self, mark: str) -> str:
        """Read until `mark` was seen; returns all up to it, and forgets that."""
        async with asyncio.timeout(GUARD):
            while mark not in self.text:
                self.text += (await anext(self._chunks)).decode()
        found, _, self.text = self.text.partition(mark)
        return found + mark

    async def ended(self) -> str:
        """What is left until the end."""
        async with asyncio.timeout(GUARD):
            async for data in self._chunks:
                self.text += data.decode()
        return self.text

    async def close(self) -> None:
        """The client goes away."""
        close = getattr(self._chunks, "aclose", None)
        assert close is not None
        await close()
