"""Requests to apps: which dyno, how long to wait for one, the headers it gets, errors and log lines.

Facts: platform-api §7 (codes, headers, limits). Knows apps only through `Routes`.
"""

from platform_sim.core.model.seams import Backend
from platform_sim.engines.router import lines, pages
from platform_sim.engines.router.exchange import Client
from platform_sim.engines.router.forward import Failure
from platform_sim.engines.router.proxied import Proxied
from platform_sim.engines.router.request import BadRequest, Request
from platform_sim.engines.router.shared import Shared

_VIA = b"1.1 heroku-router"
_ID_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=-"
_STATE_CODES = {"crashed": "H10", "none": "H14", "blank": "H81", "maintenance": "H80"}
_FAILURE_CODES = {
    Failure.REFUSED: "H21",
    Failure.CONNECT_TIMEOUT: "H19",
    Failure.LOST_BEFORE: "H13",
    Failure.LOST_DURING: "H18",
    Failure.GARBAGE: "H17",
    Failure.TOO_LARGE: "H25",
    Failure.FIRST_BYTE: "H12",
    Failure.IDLE: "H15",
    Failure.CLIENT_IDLE: "H28",
}
_PAGES = {"H80": pages.MAINTENANCE, "H81": pages.BLANK_APP}


class DynoExchange(Proxied):
    """One request to an app."""

    __slots__ = (
        "_app_id",
        "_dyno",
        "_fwd",
        "_heard",
        "_queued_until",
        "_refused_until",
        "_request_id",
        "_resent",
        "_tried",
    )

    def __init__(self, shared: Shared, client: Client, request: Request) -> None:
        super().__init__(shared, client, request)
        special = request.special
        self._app_id = ""
        self._dyno: Backend | None = None
        self._request_id = _request_id(special.get(b"x-request-id")) or shared.new_id()
        before = special.get(b"x-forwarded-for")
        self._fwd = f"{before.decode('latin-1')}, {client.peer}" if before else client.peer
        self._queued_until: float | None = None
        self._refused_until: float | None = None
        self._tried: set[Backend] = set()
        self._resent = False
        self._heard = False
        """Whether the dyno has begun to answer."""
        if request.upgrade is not None and request.upgrade.lower() == b"h2c":
            request.upgrade = None  # it would carry requests past the router

    # --- choosing

    def start(self) -> None:
        """Look for a dyno."""
        expect = self.request.special.get(b"expect")
        self._decide(None if expect is None or expect.lower() == b"100-continue" else 417)

    def woken(self) -> None:
        """Routes may have changed while we waited."""
        self.shared.waiting.discard(self)
        self._decide()

    def _decide(self, refusal: int | None = None) -> None:
        route = self.shared.routes.find(self.request.name)
        if route is None:
            self._respond(404, pages.NO_SUCH_APP)
            return
        self._app_id = route.app_id
        code = _STATE_CODES.get(route.state)
        if code is not None:
            self._refuse(code)
        elif refusal is not None:
            self._refuse("H26", cause="unsupported expect header value", status=refusal)
        elif route.state == "up" and route.backends:
            self._choose(route.backends)
        else:
            self._refused_until = None
            self._hold()

    def _choose(self, backends: tuple[Backend, ...]) -> None:
        """The next one in turn that has not just refused this request."""
        untried = [one for one in backends if one not in self._tried] if self._tried else backends
        if not untried:
            self._all_refused()
            return
        turns = self.shared.turns
        turn = turns.get(self._app_id, 0)
        turns[self._app_id] = turn + 1
        dyno = self._dyno = untried[turn % len(untried)]
        self.reach((dyno.host, dyno.port))

    def _all_refused(self) -> None:
        """Every dyno refuses: most likely a restart that Routes does not know yet, so try again for a moment."""
        now = self.shared.loop.time()
        if self._refused_until is None:
            self._refused_until = now + self.shared.limits.refused_wait
        elif now >= self._refused_until:
            self._refuse("H21", connect=self._connect_ms(), dyno=self._dyno)
            return
        self._tried.clear()
        self._hold()

    def _hold(self) -> None:
        now = self.shared.loop.time()
        if self._queued_until is None:
            self._queued_until = now + self.shared.limits.queue
        self._dyno = None
        self.shared.waiting.add(self)
        self.client.watch(max(0.0, self._queued_until - now))

    # --- forwarding

    def request_head(self) -> bytes:
        """The request as the dyno gets it (platform-api §7, headers to the app)."""
        shared, request, client = self.shared, self.request, self.client
        before = request.special.get(b"via")
        out = [b"%b %b HTTP/1.1\r\n" % (request.method, request.target), *request.block]
        out.append(
            (
                f"X-Request-Id: {self._request_id}\r\nX-Forwarded-For: {self._fwd}\r\n"
                f"X-Forwarded-Proto: {'https' if client.tls else 'http'}\r\nX-Forwarded-Port: {shared.port}\r\n"
                f"X-Request-Start: {shared.now_ms()}\r\n"
            ).encode("latin-1")
        )
        out.append(b"Via: %b, %b\r\n" % (before, _VIA) if before else b"Via: %b\r\n" % _VIA)
        if request.upgrade is not None:
            out.append(b"Connection: Upgrade\r\nUpgrade: %b\r\n" % request.upgrade)
        return b"".join(out)

    def answer_headers(self) -> bytes:
        """The router names itself in the answer, too."""
        return b"Via: %b\r\n" % _VIA

    def first_byte_limit(self) -> float:
        """H12."""
        return self.shared.limits.first_byte

    def idle_limit(self) -> float:
        """H15 and H28."""
        return self.shared.limits.idle

    def response_moved(self) -> None:
        """The dyno has done its part; what it says may be lost on purpose before anybody hears of it."""
        upstream = self.upstream
        if upstream is not None and upstream.reader.head is not None and not self._heard:
            self._heard = True
            code = self.shared.fault(self._app_id, self.request.method, self.request.target)
            if code is not None:
                self.detach()
                self._refuse(
                    code, dyno=self._dyno, connect=self._connect_ms(), service=self._service_ms(), size=self.sent_bytes
                )
                return
        super().response_moved()

    # --- how it ended

    def ended(self, status: int) -> None:
        """Passed on whole: `at=info`."""
        if self._dyno is not None and self._dyno.served is not None:
            self._dyno.served(self.request.method.decode("latin-1"), status)
        self._log(None, self._dyno, self._connect_ms(), self._service_ms(), status, self.sent_bytes)

    def tunnel_ended(self, idle: bool) -> None:
        """A WebSocket was closed, or was silent for too long."""
        status = lines.CODES["H15"][2] if idle else 101
        code = "H15" if idle else None
        self._log(code, self._dyno, self._connect_ms(), self._service_ms(), status, self.sent_bytes)

    def failed(self, failure: Failure) -> None:
        """Try elsewhere what was not sent yet; else the error page and its line."""
        if failure is Failure.REFUSED and self._dyno is not None:
            self._tried.add(self._dyno)
            self._decide()
            return
        if failure in (Failure.LOST_BEFORE, Failure.LOST_DURING) and self._was_stopped():
            self._resent, self.request_sent = True, False
            self._decide()
            return
        unsent = failure is Failure.CONNECT_TIMEOUT
        self._refuse(
            _FAILURE_CODES[failure],
            dyno=self._dyno,
            connect=self._connect_ms(),
            service=None if unsent else self._service_ms(),
            size=None if unsent else self.sent_bytes,
        )

    def body_broken(self, fault: BadRequest) -> None:
        """The client's chunks make no sense (H26)."""
        self._leave()
        self._refuse("H26", cause="bad chunk", dyno=self._dyno, size=self.sent_bytes)

    def client_gone(self) -> None:
        """The client did not wait (H27), or the edge stops (H24)."""
        code = "H24" if self.shared.stopping else "H27"
        reached = self.upstream is not None
        self._leave()
        self._log(
            code,
            self._dyno,
            self._connect_ms() if reached else None,
            self._service_ms() if reached else None,
            lines.CODES[code][2],
            self.sent_bytes,
        )

    def timed_out(self) -> None:
        """In the queue: H20. Afterwards it depends."""
        if self.upstream is None and self._connecting is None:
            self._leave()
            self._refuse("H20")
        else:
            super().timed_out()

    def _leave(self) -> None:
        self.shared.waiting.discard(self)
        self.detach()

    def _was_stopped(self) -> bool:
        """Whether the dyno was taken out of the routes with this request on it, which may be sent once more.

        Then its silence is a restart and not its answer; the client has seen nothing of it.
        """
        if self.answering or self._resent or not self.may_resend():
            return False
        route = self.shared.routes.find(self.request.name)
        return route is not None and self._dyno not in route.backends

    def _refuse(
        self,
        code: str,
        *,
        dyno: Backend | None = None,
        connect: int | None = None,
        service: int | None = None,
        size: int | None = None,
        status: int | None = None,
        cause: str = "",
    ) -> None:
        """Log an error and answer with its page, if an answer is still possible."""
        status = status or lines.CODES[code][2] or 503
        self._log(code, dyno, connect, service, status, size, cause)
        if self.answering:
            self.client.cut(hard=not self.framed)
        else:
            self._respond(status, _PAGES.get(code, pages.APPLICATION_ERROR))

    def _respond(self, status: int, body: bytes) -> None:
        self.reply(status, "text/html; charset=utf-8", body)

    def _log(
        self,
        code: str | None,
        dyno: Backend | None,
        connect: int | None,
        service: int | None,
        status: int | None,
        size: int | None,
        cause: str = "",
    ) -> None:
        request = self.request
        text = (
            f"{lines.opening(code, cause)} "
            f"{lines.what(request.method, request.target, request.name, self._request_id, self._fwd)} "
            f"{lines.how(dyno.dyno if dyno else '', connect, service, status, size)} "
            f"{lines.protocol(request.http10, self.client.tls)}"
        )
        self.shared.log(self._app_id, "heroku", "router", text)

    def _connect_ms(self) -> int:
        """Milliseconds until the dyno had accepted, or until now if it has not."""
        end = self.attached_at if self.attached_at >= self.began_at else self.shared.loop.time()
        return int((end - self.began_at) * 1000)

    def _service_ms(self) -> int:
        """Milliseconds since the dyno had accepted."""
        return int((self.shared.loop.time() - self.attached_at) * 1000)


def _request_id(given: bytes | None) -> str | None:
    """The client's own id if it is 20 to 200 harmless characters, else None."""
    if given is None or not 20 <= len(given) <= 200 or given.translate(None, _ID_BYTES):
        return None
    return given.decode("ascii")
