"""Reads answers off a backend connection: llhttp's callbacks become one `ResponseHead` and body pieces.

Pure: bytes in, values out; no socket. What is hop-by-hop is taken out here, once, for all routes.
"""

from dataclasses import dataclass, field

import httptools

# Not passed on as they are: hop-by-hop (RFC 9110 §7.6.1) and framing.
_SPECIAL = frozenset(b"connection keep-alive proxy-connection transfer-encoding content-length upgrade trailer".split())
_NO_BODY = (204, 304)


class BadResponse(Exception):
    """A backend's answer cannot be understood (`too_large` False) or its head is larger than allowed."""

    def __init__(self, why: str, too_large: bool = False) -> None:
        super().__init__(why)
        self.too_large = too_large


@dataclass(slots=True, eq=False)
class ResponseHead:
    """Status and headers of an answer, ready to be framed anew for the client."""

    status: int
    reason: bytes
    block: list[bytes] = field(default_factory=list)
    """The header lines to pass on, each with its line end."""
    length: bytes | None = None
    """Content-Length as sent."""
    chunked: bool = False
    keep_alive: bool = False
    upgrade: bytes | None = None


class ResponseReader:
    """Reads one answer after the other; `head`, `body`, `ended` describe the current one."""

    __slots__ = (
        "_interim",
        "_limit",
        "_parser",
        "_raw",
        "_reason",
        "_size",
        "_spoiled",
        "begun",
        "body",
        "bodyless",
        "ended",
        "head",
        "tail",
    )

    def __init__(self, head_bytes: int) -> None:
        self._limit = head_bytes
        self._parser = httptools.HttpResponseParser(self)
        self._spoiled = False
        self.reset(False)

    def reset(self, bodyless: bool) -> None:
        """Expect the next answer; `bodyless` if the request was HEAD, which llhttp cannot know."""
        if self._spoiled:
            self._parser = httptools.HttpResponseParser(self)
            self._spoiled = False
        self.bodyless = bodyless
        self.head: ResponseHead | None = None
        self.body: list[bytes] = []
        self.ended = False
        self.begun = False
        """Whether any byte has come."""
        self.tail = b""
        """After a 101: the first bytes of the other protocol."""
        self._interim = False
        self._size = 0
        self._raw: list[tuple[bytes, bytes]] = []
        self._reason = b""

    @property
    def until_close(self) -> bool:
        """Whether only the end of the connection ends the answer."""
        head = self.head
        return head is not None and not self.ended and head.length is None and not head.chunked

    def feed(self, data: bytes) -> None:
        """Read more bytes; raises BadResponse."""
        self.begun = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as stop:
            self.tail = data[stop.args[0] :]
        except httptools.HttpParserError as fault:
            if self.ended:  # bytes after the answer: the answer stands, the connection is of no more use
                if self.head is not None:
                    self.head.keep_alive = False
                return
            cause = fault.__context__
            raise (cause if isinstance(cause, BadResponse) else BadResponse(str(fault))) from fault
        if self.head is None:
            self._size += len(data)
            if self._size > self._limit:
                raise self._too_large()

    def take(self) -> list[bytes]:
        """The body bytes that arrived since the last call."""
        body, self.body = self.body, []
        return body

    def _too_large(self) -> BadResponse:
        return BadResponse(f"the answer's headers are larger than {self._limit} bytes", too_large=True)

    # --- callbacks of llhttp

    def on_status(self, reason: bytes) -> None:
        """llhttp: a piece of the reason phrase."""
        if not self.ended:
            self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """llhttp: a header, or a trailer, which is dropped."""
        if self.head is None:
            self._raw.append((name, value))

    def on_headers_complete(self) -> None:
        """llhttp: the head is complete."""
        if self.ended:
            raise BadResponse("a second answer to one request")
        status = self._parser.get_status_code()
        if status < 200 and status != 101:
            if status < 100:
                raise BadResponse(f"status {status} is none")
            # The edge itself has said 100 Continue; other interim answers are optional for a proxy's client.
            self._interim, self._raw, self._reason = True, [], b""
            return
        head = ResponseHead(status, self._reason, keep_alive=self._parser.should_keep_alive())
        if self._sort_headers(head) > self._limit:
            raise self._too_large()
        if status in _NO_BODY:
            head.chunked = False
        self.head = head
        if self.bodyless:
            self._spoiled = self.ended = True

    def _sort_headers(self, head: ResponseHead) -> int:
        size, connection = 0, b""
        for name, value in self._raw:
            size += len(name) + len(value) + 4
            key = name.lower()
            if key not in _SPECIAL:
                head.block.append(b"%b: %b\r\n" % (name, value))
            elif key == b"content-length":
                head.length = value
            elif key == b"transfer-encoding":
                head.chunked = value.lower().endswith(b"chunked")
            elif key == b"upgrade":
                head.upgrade = value
            elif key == b"connection":
                connection += b"," + value
        if connection.count(b",") > 1:
            listed = {token.strip().lower() for token in connection.split(b",")} - _SPECIAL
            head.block = [line for line in head.block if line.partition(b":")[0].lower() not in listed]
        return size

    def on_body(self, data: bytes) -> None:
        """llhttp: a piece of the body, without chunk framing."""
        if not self.ended:
            self.body.append(data)

    def on_message_complete(self) -> None:
        """llhttp: the last byte of an answer, or of an interim one."""
        if self._interim:
            self._interim = False
            return
        self.ended = True
