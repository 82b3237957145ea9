"""Bytes of a dyno's pipe into log lines; knows nothing of pipes, never fails on any bytes."""

LINE_LIMIT = 10_000
"""Longer lines are split, in bytes (documented: Logging; platform-api §7)."""


class LineSplitter:
    """Collects bytes of one dyno and gives out whole lines as text."""

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes, without line ends."""
        *whole, rest = (self._rest + data).split(b"\n")
        lines = [text for line in whole for text in self._pieces(line.removesuffix(b"\r"))]
        while len(rest) > self._limit:
            cut = self._cut(rest)
            lines.append(_text(rest[:cut]))
            rest = rest[cut:]
        self._rest = rest
        return lines

    def flush(self) -> list[str]:
        """What stands after the last line end, at the end of the output."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []

    def _pieces(self, line: bytes) -> list[str]:
        pieces = []
        while len(line) > self._limit:
            cut = self._cut(line)
            pieces.append(_text(line[:cut]))
            line = line[cut:]
        return [*pieces, _text(line)]

    def _cut(self, line: bytes) -> int:
        """Where to split: at the limit, or a little before so that no UTF-8 character is torn."""
        cut = self._limit
        while cut > self._limit - 3 and line[cut] & 0xC0 == 0x80:
            cut -= 1
        return cut


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace")
