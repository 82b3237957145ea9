"""Several `Streams` as one: the first that knows a path answers. Touches nothing."""

from collections.abc import Mapping

from platform_sim.core.model.seams import Stream, Streams


class StreamsTable:
    """A `Streams` made of others."""

    def __init__(self, *parts: Streams) -> None:
        self._parts = parts

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        """The stream of the first part that has one at `path`."""
        for part in self._parts:
            stream = part.open(path, query, headers)
            if stream is not None:
                return stream
        return None
