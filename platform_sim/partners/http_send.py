"""The real `Send`: HTTP with a limit on the whole time and on the size, whatever the partner does.

Timeouts of sockets count from one received byte to the next, so a partner that drips would never end. Each
exchange therefore runs in a thread of its own; when the time is over its connection is shut down under it.
"""

import contextlib
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from http.client import HTTPException, IncompleteRead
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, RequestException
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import DecodeError, LocationValueError, ReadTimeoutError

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem
from platform_sim.partners.struck import Strike, pieces, unheard

log = logging.getLogger(__name__)

CHUNK = 65_536
ABORT_GRACE = 2.0
"""Wall seconds that a shut-down exchange gets to notice; one that still looks up a name is left to itself."""


class HttpSend:
    """Sends over HTTP(S). No proxies, no `.netrc`, no redirects, nothing from the process's environment.

    `limit`: the longest answer in bytes, as sent or unpacked. `verify`: as in `requests`, True or the path of a
    file with authorities. Safe for many threads; keeps no connection open.
    """

    def __init__(self, limit: int = 1_048_576, verify: bool | str = True) -> None:
        self._limit = limit
        self._verify = verify

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        """The answer, or what kept it from coming. Never raises."""
        return self._sent(_Exchange(request, self._limit, self._verify))

    def struck(self, request: PartnerRequest, strike: Strike) -> PartnerAnswer:
        """The same over a connection to which that happens (docs/faults.md)."""
        answer = self._sent(_Exchange(request, self._limit, self._verify, strike))
        return unheard(answer) if strike.cut == "after" else answer

    def _sent(self, exchange: "_Exchange") -> PartnerAnswer:
        thread = threading.Thread(target=exchange.run, name="partner-exchange", daemon=True)
        thread.start()
        thread.join(exchange.timeout)
        if thread.is_alive():
            exchange.abort()
            thread.join(ABORT_GRACE)
        return exchange.answer()


class _Exchange:
    """One request on its way. `run` has its own thread; `abort` and `answer` are called from outside."""

    def __init__(self, request: PartnerRequest, limit: int, verify: bool | str, strike: Strike | None = None) -> None:
        self._request = request
        self._strike = strike
        self.timeout = request.timeout
        self._limit = limit
        self._verify = verify
        self._started = time.monotonic()
        self._ended: float | None = None
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._aborted = False
        self._status: int | None = None
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._problem: Problem | None = None

    def run(self) -> None:
        """The whole exchange, its outcome kept in this object."""
        _CURRENT.set(self)
        try:
            self._talk()
        except Exception as error:
            self._problem = _after_sending(error) if self._socket else _before_sending(error)
            log.debug("call to a partner: %s (%s)", self._problem, type(error).__name__)
        finally:
            with self._lock:
                self._ended = time.monotonic()
                if self._socket is not None:
                    self._socket.close()

    def _talk(self) -> None:
        asked = self._request
        with requests.Session() as session:
            session.trust_env = False
            session.headers.clear()
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Adapter())
            response = session.request(
                asked.method,
                asked.url,
                data=asked.body,
                headers=dict(asked.headers),
                auth=_as_given,
                timeout=max(asked.timeout, 0.001),
                allow_redirects=False,
                stream=True,
                verify=self._verify,
            )
            with response:
                self._status = response.status_code
                self._headers = {name.lower(): value for name, value in response.headers.items()}
                for chunk in response.iter_content(CHUNK):
                    self._body += chunk
                    if len(self._body) > self._limit:
                        del self._body[self._limit :]
                        self._problem = "too_large"
                        return

    def holds(self, connection: HTTPConnection) -> None:
        """Called when connected: keep a handle on the connection, or end it if the time was over before."""
        assert connection.sock is not None, "called by a connection that has just connected"
        handle = socket.socket(fileno=os.dup(connection.sock.fileno()))
        with self._lock:
            if not self._aborted:
                self._socket = handle
                if self._strike is not None:
                    connection.sock = _Struck(connection.sock, self._strike, bool(self._request.body))
                return
        handle.close()
        raise ConnectionAbortedError("the time for this exchange was over before it was connected")

    def abort(self) -> None:
        """End the exchange from outside, unless it has just ended: whoever reads sees the connection closed."""
        with self._lock:
            if self._ended is not None:
                return
            self._aborted = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def answer(self) -> PartnerAnswer:
        """What there is of an answer now."""
        problem = self._problem
        if self._aborted:
            problem = "timeout" if self._socket is not None else "no connection"
        milliseconds = int(((self._ended or time.monotonic()) - self._started) * 1000)
        return PartnerAnswer(self._status, dict(self._headers), bytes(self._body), milliseconds, problem)


_CURRENT: ContextVar[_Exchange] = ContextVar("exchange")
"""The exchange of this thread: connections are made deep inside urllib3."""


class _Struck:
    """A connected socket to which something happens; else it is as it was. Made for a connection that is used once."""

    def __init__(self, inner: socket.socket, strike: Strike, has_body: bool) -> None:
        self._inner, self._strike = inner, strike
        self._seconds = strike.drops / (2 if has_body else 1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def sendall(self, data: bytes) -> None:
        """Head and body of a request come one after the other."""
        if self._strike.cut == "before":
            self._inner.sendall(data[: len(data) // 2])
            self._inner.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("the request was cut off")
        drops = pieces(data) if self._seconds else [data]
        for drop in drops:
            self._inner.sendall(drop)
            time.sleep(self._seconds / len(drops))


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _CURRENT.get().holds(self)


class _SafeConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _CURRENT.get().holds(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


class _Adapter(HTTPAdapter):
    """One that makes connections which an exchange can end."""

    def init_poolmanager(self, *args: object, **options: object) -> None:
        super().init_poolmanager(*args, **options)  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}


def _as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from making an Authorization header of its own from the URL."""
    return request


def _before_sending(error: BaseException) -> Problem:
    """The problem behind an exception while there was no connection yet."""
    chain = list(_chain(error))
    for kinds, problem in _BEFORE:
        if any(isinstance(each, kinds) for each in chain):
            return problem
    return "failed"


def _after_sending(error: BaseException) -> Problem:
    """The problem behind an exception once the partner may have read the request."""
    chain = list(_chain(error))
    for kinds, problem in _AFTER:
        if any(isinstance(each, kinds) for each in chain):
            return problem
    return "failed"


_BEFORE: tuple[tuple[tuple[type[BaseException], ...], Problem], ...] = (
    ((InvalidURL, InvalidSchema, MissingSchema, LocationValueError, UnicodeError), "bad address"),
    ((socket.gaierror,), "unknown host"),
    ((ssl.SSLError,), "bad certificate"),
    ((ConnectionRefusedError,), "refused connection"),
    ((OSError,), "no connection"),
)
_AFTER: tuple[tuple[tuple[type[BaseException], ...], Problem], ...] = (
    ((ReadTimeoutError, TimeoutError), "timeout"),
    ((DecodeError,), "garbled"),
    ((ConnectionError, IncompleteRead, ssl.SSLError), "cut"),
    ((HTTPException,), "garbled"),
    ((OSError,), "cut"),
)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those inside it: requests and urllib3 keep them in three different places."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        # requests' own errors are OSErrors whatever they wrap.
        if not isinstance(each, RequestException) or isinstance(each, _TELLING):
            yield each
        inside = [getattr(each, "reason", None), *each.args, each.__cause__, each.__context__]
        waiting += [item for item in inside if isinstance(item, BaseException)]


_TELLING = (InvalidURL, InvalidSchema, MissingSchema)
