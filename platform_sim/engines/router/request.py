"""Reads requests off a client connection: llhttp's callbacks become `Request` values in a queue.

Pure: bytes in, values out; no socket. What is hop-by-hop is taken out here, once, for all routes.
"""

from collections import deque
from dataclasses import dataclass, field

import httptools

# Headers that are not passed on as they are: hop-by-hop (RFC 9110 §7.6.1), framing, or rewritten by a route.
_SPECIAL = frozenset(
    b"connection keep-alive proxy-connection te trailer transfer-encoding upgrade content-length expect host "
    b"via x-forwarded-for x-forwarded-proto x-forwarded-port x-request-start x-request-id http2-settings".split()
)


class BadRequest(Exception):
    """What a client sent cannot be understood; `status` is the answer, `str()` says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(slots=True, eq=False)
class Request:
    """One request: its head, and as much of its body as has arrived and was not yet taken."""

    method: bytes
    target: bytes
    """Path and query as sent ("*" for OPTIONS *)."""
    http10: bool
    keep_alive: bool
    upgrade: bytes | None = None
    """What the client wants to switch to, e.g. b"websocket"."""
    host: bytes = b""
    """As sent, with port."""
    name: str = ""
    """The host in lower case without port."""
    block: list[bytes] = field(default_factory=list)
    """The header lines to pass on unchanged, Host among them, each with its line end."""
    special: dict[bytes, bytes] = field(default_factory=dict)
    """The other headers by lower-case name; repeated ones joined with a comma."""
    length: bytes | None = None
    chunked: bool = False
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    """Bytes in `chunks`."""
    ended: bool = False
    """Whether the body has arrived whole."""

    def take(self) -> list[bytes]:
        """The body bytes that arrived since the last call."""
        chunks, self.chunks, self.size = self.chunks, [], 0
        return chunks

    def headers(self) -> dict[str, str]:
        """All headers that routes may look at, names in lower case; repeated ones joined with a comma."""
        found = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.special.items()}
        for line in self.block:
            name, _, value = line.decode("latin-1").partition(": ")
            key, text = name.lower(), value[:-2]
            found[key] = f"{found[key]}, {text}" if key in found else text
        return found


class RequestReader:
    """Feeds llhttp and queues each request as soon as its head is complete; bodies grow in place."""

    def __init__(self, head_bytes: int) -> None:
        self.ready: deque[Request] = deque()
        self.reading: Request | None = None
        """The request whose body is still arriving, if its head is complete."""
        self.upgraded = False
        """Whether bytes after an upgrade request are kept in `tail` and not understood."""
        self.tail = b""
        self._limit = head_bytes
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._raw: list[tuple[bytes, bytes]] = []
        self._in_head = False
        self._head_size = 0
        self._begun = 0
        self._reframed = False
        self._last: Request | None = None

    def feed(self, data: bytes) -> None:
        """Read more bytes; raises BadRequest (what was read before the fault stays valid)."""
        if self.upgraded:
            self.tail += data
            return
        last = self._last
        if last is not None and not last.keep_alive and last.ended:
            return  # after "Connection: close" whatever follows is not a request
        between, self._begun = self.reading is None and not self._in_head, 0
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as stop:
            self._after_upgrade(data[stop.args[0] :])
        except httptools.HttpParserError as fault:
            self._fault(fault)
        if self._in_head and (self._begun == 0 or (self._begun == 1 and between)):
            # all of `data` belongs to this unfinished head; other bytes are counted when it is complete
            self._head_size += len(data)
            if self._head_size > self._limit:
                raise self._too_large()

    def resume_http(self) -> None:
        """The upgrade was refused: read what followed as requests again; raises BadRequest."""
        tail, self.tail, self.upgraded = self.tail, b"", False
        self._parser = httptools.HttpRequestParser(self)
        if tail:
            self.feed(tail)

    def take_tail(self) -> bytes:
        """The bytes that followed an upgrade request; the tunnel's first bytes."""
        tail, self.tail = self.tail, b""
        return tail

    def _after_upgrade(self, rest: bytes) -> None:
        if not self._reframed:
            self.upgraded, self.tail = True, rest
            return
        # llhttp stops at the head of any upgrade request; one with a body is read on as a plain request,
        # with a parser that is told the same framing.
        request = self.reading
        if request is None:
            raise BadRequest(400, "unexpected end of an upgrade request")
        self._parser = httptools.HttpRequestParser(self)
        framing = b"Content-Length: " + (request.length or b"0")
        if request.chunked:
            framing = b"Transfer-Encoding: chunked"
        self._parser.feed_data(b"POST / HTTP/1.1\r\n" + framing + b"\r\n\r\n")
        self._reframed = False
        if rest:
            self.feed(rest)

    def _fault(self, fault: httptools.HttpParserError) -> None:
        cause = fault.__context__
        if isinstance(cause, BadRequest):
            raise cause
        last = self._last
        if last is not None and last.ended and not last.keep_alive and not self._in_head:
            return
        raise BadRequest(400, str(fault)) from fault

    def _too_large(self) -> BadRequest:
        return BadRequest(431, f"the request line and headers are larger than {self._limit} bytes")

    # --- callbacks of llhttp; what they raise comes out of feed_data wrapped, see _fault

    def on_message_begin(self) -> None:
        """llhttp: the first byte of a request."""
        if self._reframed:
            return
        self._url, self._raw, self._head_size, self._in_head = b"", [], 0, True
        self._begun += 1

    def on_url(self, url: bytes) -> None:
        """llhttp: a piece of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """llhttp: a header, or a trailer, which is dropped (RFC 9110 §6.5.1 allows it)."""
        if self._in_head:
            self._raw.append((name, value))

    def on_headers_complete(self) -> None:
        """llhttp: the head is complete; queue the request."""
        if self._reframed:
            return
        self._in_head = False
        parser = self._parser
        version = parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise BadRequest(505, f"HTTP/{version} is not spoken here; use HTTP/1.1")
        request = Request(parser.get_method(), self._url, version == "1.0", parser.should_keep_alive())
        size = _sort_headers(request, self._raw)
        if size + len(self._url) > self._limit:
            raise self._too_large()
        if parser.should_upgrade() and request.method != b"CONNECT":
            self._note_upgrade(request)
        self.reading = self._last = request
        self.ready.append(request)

    def on_body(self, data: bytes) -> None:
        """llhttp: a piece of the body, without chunk framing."""
        request = self.reading
        if request is not None:
            request.chunks.append(data)
            request.size += len(data)

    def on_message_complete(self) -> None:
        """llhttp: the last byte of a request."""
        if self._reframed or self.reading is None:
            return
        self.reading.ended = True
        self.reading = None

    def _note_upgrade(self, request: Request) -> None:
        if request.chunked or request.length not in (None, b"0"):
            self._reframed = True
            return
        request.upgrade = request.special.get(b"upgrade")


def _sort_headers(request: Request, raw: list[tuple[bytes, bytes]]) -> int:
    """Fill the request from its header lines; returns their size; raises BadRequest."""
    block, special, size, hosts = request.block, request.special, 0, 0
    for name, value in raw:
        size += len(name) + len(value) + 4
        key = name.lower()
        if key not in _SPECIAL:
            block.append(b"%b: %b\r\n" % (name, value))
        elif key == b"host":
            hosts += 1
            request.host = value
        else:
            special[key] = b"%b, %b" % (special[key], value) if key in special else value
    if hosts > 1 or (not hosts and not request.http10):
        raise BadRequest(400, "a request needs exactly one Host header")
    if not request.target.startswith(b"/"):
        _absolute_form(request)
    if request.host:
        block.insert(0, b"Host: %b\r\n" % request.host)
    request.name = _without_port(request.host)
    request.length = special.get(b"content-length")
    coding = special.get(b"transfer-encoding")
    if coding is not None:
        if coding.lower() != b"chunked":
            raise BadRequest(501, "the only transfer coding understood here is chunked")
        request.chunked = True
    connection = special.get(b"connection")
    if connection is not None and b"," in connection:
        _drop_listed(request, connection)
    return size


def _absolute_form(request: Request) -> None:
    """`GET http://host/path` (a client that takes us for its proxy): the target's host counts."""
    target = request.target
    if target[:7].lower() == b"http://" or target[:8].lower() == b"https://":
        rest = target.partition(b"://")[2]
        cut = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
        path = rest[cut:]
        request.host = rest[:cut]
        request.target = path if path.startswith(b"/") else b"/" + path
    elif target != b"*" and request.method != b"CONNECT":
        raise BadRequest(400, "the request target must be a path")


def _drop_listed(request: Request, connection: bytes) -> None:
    """Remove the headers that `Connection` names: they were meant for us alone."""
    listed = {token.strip().lower() for token in connection.split(b",")} - _SPECIAL - {b"close"}
    if listed:
        request.block[:] = [line for line in request.block if line.partition(b":")[0].lower() not in listed]


def _without_port(host: bytes) -> str:
    name = host.decode("latin-1").lower()
    if name.startswith("["):
        return name.partition("]")[0][1:]
    return name.partition(":")[0]
