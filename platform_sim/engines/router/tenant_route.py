"""One port for many platforms: by the host's name, else by the token, a request goes on to a platform's own port.

Touches nothing but the two connections. What arrives there is what would have come if that port had been asked: host
and origin name it, so that pages, cookies and checks of where a form comes from are right without knowing of this.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from platform_sim.core.model.seams import Route, Stream, Terminal
from platform_sim.engines.router.connect_route import ConnectExchange
from platform_sim.engines.router.control_route import ControlExchange
from platform_sim.engines.router.exchange import Client, Exchange, Refusal
from platform_sim.engines.router.forward import Failure
from platform_sim.engines.router.pages import json_error
from platform_sim.engines.router.proxied import Proxied
from platform_sim.engines.router.request import Request
from platform_sim.engines.router.shared import Shared

PREFIX = "t-"
SUFFIX = ".localhost"
OURS = ("/sim/tenants", "/sim/openapi.json")
"""What the server itself answers, when no platform is named by the host."""
NOBODY = (
    "Many platforms are behind this port, and nothing here says which one you mean: send the token of one as Bearer or "
    "as the password of Basic, use its host name t-NAME.localhost, or its own url as GET /sim/tenants shows it."
)


@dataclass(frozen=True)
class Place:
    """A platform's name and own port."""

    name: str
    port: int


class Directory(Protocol):
    """Who there is. Asked on the edge's loop for every request: answers from memory."""

    def named(self, name: str) -> Place | None:
        """The platform of that name."""
        ...

    def with_token(self, token: str) -> Place | None:
        """The platform that this token was given out with."""
        ...


def dispatch_by(directory: Directory) -> Callable[[Shared, Client, Request], Exchange]:
    """Who answers a request on the shared port."""

    def dispatch(shared: Shared, client: Client, request: Request) -> Exchange:
        if request.method == b"CONNECT":
            return ConnectExchange(shared, client, request)
        named, rest = _named(request.name)
        if named is not None:
            place = directory.named(named)
            if place is None:
                message = f"There is no platform {named[:63]}: it has ended, or never was. GET /sim/tenants lists all."
                return Refusal(shared, client, request, 404, "not_found", message)
            return TenantExchange(shared, client, request, place, f"{rest}localhost:{place.port}")
        path = request.target.partition(b"?")[0].decode("latin-1")
        if path in OURS or path.startswith(OURS[0] + "/"):
            return ControlExchange(shared, client, request)
        place = _by_token(directory, request)
        if place is None:
            return Refusal(shared, client, request, 421, "no_tenant", NOBODY)
        return TenantExchange(shared, client, request, place, _moved(request, shared.port, place.port))

    return dispatch


def _named(host: str) -> tuple[str | None, str]:
    """`shop.t-one.localhost` is the platform `one`, and `shop.` before its own address."""
    if not host.endswith(SUFFIX):
        return None, ""
    rest, dot, last = host.removesuffix(SUFFIX).rpartition(".")
    return (last.removeprefix(PREFIX), rest + dot) if last.startswith(PREFIX) else (None, "")


def _moved(request: Request, shared: int, own: int) -> str:
    """The shared address becomes the platform's own; names of Heroku's, which a proxy leads here, stay."""
    host = request.host.decode("latin-1")
    return f"{request.name}:{own}" if host.endswith(f":{shared}") else host


def _by_token(directory: Directory, request: Request) -> Place | None:
    given = [line.partition(b": ")[2] for line in request.block if line[:14].lower() == b"authorization:"]
    if len(given) != 1:
        return None
    kind, _, value = given[0].decode("latin-1").strip().partition(" ")
    if kind.lower() == "bearer":
        return directory.with_token(value.strip())
    if kind.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return directory.with_token(password or user)


class TenantExchange(Proxied):
    """One request to a platform's own port, and its answer."""

    __slots__ = ("_host", "_place")

    def __init__(self, shared: Shared, client: Client, request: Request, place: Place, host: str) -> None:
        """`host`: how the platform is addressed there."""
        super().__init__(shared, client, request)
        self._place = place
        self._host = host.encode("latin-1")

    def start(self) -> None:
        """Send it on."""
        self.reach(("127.0.0.1", self._place.port))

    def request_head(self) -> bytes:
        """As it came, but for the name under which it came."""
        request = self.request
        out = [b"%b %b HTTP/1.1\r\nHost: %b\r\n" % (request.method, request.target, self._host)]
        for line in request.block:
            key = line.partition(b":")[0].lower()
            if key == b"origin":
                scheme, _, origin = line[8:-2].partition(b"://")
                line = b"Origin: %b://%b\r\n" % (scheme, self._host) if origin == request.host else line
            if key != b"host":
                out.append(line)
        kept = (b"x-request-id", b"via", b"x-forwarded-for")
        out += [b"%b: %b\r\n" % (name, request.special[name]) for name in kept if name in request.special]
        if request.upgrade is not None:
            out.append(b"Connection: Upgrade\r\nUpgrade: %b\r\n" % request.upgrade)
        return b"".join(out)

    def failed(self, failure: Failure) -> None:
        """The platform is not there any more, or has cut the connection."""
        if self.answering:
            self.client.cut(hard=not self.framed)
            return
        message = f"The platform {self._place.name} did not answer: {failure.value}. Has it just been ended?"
        self.reply(503, "application/json", json_error("service_unavailable", message))


class NoApps:
    """See `Routes`: behind the shared port itself there are none."""

    def find(self, host: str) -> Route | None:
        """See `Routes.find`."""
        return None

    def is_app_host(self, host: str) -> bool:
        """See `Routes.is_app_host`."""
        return False


class NoStreams:
    """See `Streams`: each platform has its own."""

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        """See `Streams.open`."""
        return None


class NoTerminals:
    """See `Terminals`: they are at each platform's own port."""

    def expect(self, secret: str, ready: Callable[[Terminal | None], None]) -> None:
        """See `Terminals.expect`."""
        ready(None)
