"""Asks an ASGI application as a server would, in an event loop in a thread of its own; its lifespan too. No socket.

As at a server that people use, an application goes on when nobody waits for it any more, and work that it does after
its answer holds nobody up (specification: asgi.readthedocs.io, version 3.0).
"""

import asyncio
import contextlib
import inspect
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent import futures
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem

log = logging.getLogger(__name__)

Message = dict[str, Any]
Scope = dict[str, Any]
Asgi = Callable[[Scope, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
START_SECONDS = 60.0
"""Wall seconds for `lifespan.startup`, as long as a partner that is a process has."""
STOP_SECONDS = 5.0
"""Wall seconds for what still runs at the end, and again for `lifespan.shutdown`."""
VERSION = MappingProxyType({"version": "3.0", "spec_version": "2.3"})
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class AsgiProblem(RuntimeError):
    """The application has said that it cannot start, or has not said anything; the message has its own words."""


def is_asgi(app: object) -> bool:
    """Whether it is to be called with `scope, receive, send`, and awaited; one of WSGI takes two arguments."""
    if any(map(inspect.iscoroutinefunction, (app, inspect.getattr_static(app, "__call__", None)))):
        return True
    try:
        given = inspect.signature(app).parameters.values() if callable(app) else ()
    except (TypeError, ValueError):
        return False
    return len([each for each in given if each.default is each.empty and each.kind in _BY_PLACE]) == 3


class AsgiServer:
    """One application, as a `Send`. Runs from the start to `close`; safe for many threads."""

    def __init__(self, app: Asgi) -> None:
        """AsgiProblem if its lifespan does not start."""
        self._app = app
        self._state: dict[str, Any] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._begun: futures.Future[None] = futures.Future()
        self._thread = threading.Thread(target=asyncio.run, args=[self._serve()], name="partner-asgi", daemon=True)
        self._thread.start()
        try:
            self._begun.result()
        except AsgiProblem:
            self._thread.join(STOP_SECONDS)
            raise

    def close(self) -> None:
        """Let it finish, tell it, end its loop; safe to call twice."""
        with contextlib.suppress(RuntimeError):  # its loop has ended already
            self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(3 * STOP_SECONDS)

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        """Never raises: what an application raises is logged, and is a 500 as from any server."""
        begun = time.monotonic()
        exchange = _Exchange(request)
        try:
            self._loop.call_soon_threadsafe(self._take, exchange)
        except RuntimeError:
            return PartnerAnswer(None, {}, b"", 0, "refused connection")
        try:
            problem: Problem | None = exchange.done.result(request.timeout)
        except futures.TimeoutError:
            problem = "timeout"
        answer = exchange.answer(problem, int((time.monotonic() - begun) * 1000))
        exchange.abandon(self._loop)
        return answer

    async def _serve(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        lifespan = _Lifespan(self._app, self._state)
        try:
            await lifespan.start()
        except AsgiProblem as problem:
            self._begun.set_exception(problem)
            return
        self._begun.set_result(None)
        await self._ending.wait()
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_SECONDS)
        await lifespan.end()

    def _take(self, exchange: "_Exchange") -> None:
        task = asyncio.ensure_future(exchange.play(self._app, self._state))
        self._running.add(task)
        task.add_done_callback(self._running.discard)


@dataclass
class _Exchange:
    """One request and what has come of it. Its own loop writes, whoever asked reads at the end."""

    request: PartnerRequest
    done: "futures.Future[Problem | None]" = field(default_factory=futures.Future)
    _status: int | None = None
    _headers: dict[str, str] = field(default_factory=dict)
    _body: bytearray = field(default_factory=bytearray)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Nobody waits for more: all has been said, or the time is over."""
    _given: bool = False

    async def play(self, app: Asgi, state: Mapping[str, Any]) -> None:
        """Until the application returns, which may be long after its answer."""
        try:
            await app(_scope(self.request, state), self._receive, self._send)
        except (Exception, SystemExit):
            log.exception("the partner's application has failed at %s", self.request.method)
        if not self._gone.is_set():
            # As a server does: nothing said is a 500, an answer that has begun is cut off.
            self._end(None if self._status is None else "cut", self._status or 500)

    def abandon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever asked has gone; the application hears of it when it listens."""
        if not self._gone.is_set():
            loop.call_soon_threadsafe(self._gone.set)

    def answer(self, problem: Problem | None, milliseconds: int) -> PartnerAnswer:
        """What has come until now."""
        return PartnerAnswer(self._status, dict(self._headers), bytes(self._body), milliseconds, problem)

    async def _receive(self) -> Message:
        if not self._given:
            self._given = True
            return {"type": "http.request", "body": self.request.body or b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._gone.is_set():
            return
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
            for name, value in message.get("headers", ()):
                key, told = bytes(name).decode("latin-1").lower(), bytes(value).decode("latin-1")
                self._headers[key] = f"{self._headers[key]}, {told}" if key in self._headers else told
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                self._end(None, self._status)

    def _end(self, problem: Problem | None, status: int | None) -> None:
        self._status = status
        self._gone.set()
        self.done.set_result(problem)


class _Lifespan:
    """Startup and shutdown of one application; one that does not know them does without."""

    def __init__(self, app: Asgi, state: dict[str, Any]) -> None:
        self._app, self._state = app, state
        self._asked: asyncio.Queue[Message] = asyncio.Queue()
        self._said: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """AsgiProblem with the application's words if it says that it has failed."""
        self._task = asyncio.ensure_future(self._play())
        said = await self._told("lifespan.startup", START_SECONDS)
        if not said and not self._task.done():
            raise AsgiProblem(f"the application has said nothing to lifespan.startup within {START_SECONDS:g} s")
        if said.get("type") == "lifespan.startup.failed":
            raise AsgiProblem(f"the application has not started: {said.get('message') or 'it does not say why'}")

    async def end(self) -> None:
        """Tell it, and wait for it a while."""
        if self._task is None or self._task.done():
            return
        said = await self._told("lifespan.shutdown", STOP_SECONDS)
        if said.get("type") == "lifespan.shutdown.failed":
            log.warning("the partner's application has not ended well: %s", said.get("message"))

    async def _told(self, kind: str, seconds: float) -> Message:
        await self._asked.put({"type": kind})
        try:
            return await asyncio.wait_for(self._said.get(), seconds)
        except TimeoutError:
            log.warning("the partner's application has said nothing to %s within %g s", kind, seconds)
            return {}

    async def _play(self) -> None:
        scope = {"type": "lifespan", "asgi": dict(VERSION), "state": self._state}
        try:
            await self._app(scope, self._asked.get, self._said.put)
        except SystemExit as problem:
            self._said.put_nowait({"type": "lifespan.startup.failed", "message": repr(problem)})
        except Exception as problem:
            log.debug("the application takes no part in lifespan: %r", problem)
        finally:
            self._said.put_nowait({})


def _scope(request: PartnerRequest, state: Mapping[str, Any]) -> Scope:
    parts = urlsplit(request.url)
    host = parts.netloc.rpartition("@")[2]
    names = {name.lower() for name in request.headers}
    body = {"content-length": str(len(request.body))} if request.body and "content-length" not in names else {}
    given = ({} if "host" in names else {"host": host}) | dict(request.headers) | body
    return {
        "type": "http",
        "asgi": dict(VERSION),
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme or "http",
        "path": unquote(parts.path or "/"),
        "raw_path": (parts.path or "/").encode("ascii", "replace"),
        "query_string": parts.query.encode("ascii", "replace"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given.items()],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname or "localhost", parts.port or (443 if parts.scheme == "https" else 80)),
        "state": dict(state),
    }
