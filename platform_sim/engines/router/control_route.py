"""Requests that are not for an app: passed to the platform's own server and back unchanged.

No time limit of its own: the control server decides how long an answer may take.
"""

from platform_sim.engines.router import pages
from platform_sim.engines.router.exchange import Client
from platform_sim.engines.router.forward import Failure
from platform_sim.engines.router.proxied import Proxied
from platform_sim.engines.router.request import Request
from platform_sim.engines.router.shared import Shared

# Asked for by routes to dynos and rewritten there; the control server gets the client's own.
_KEPT = ((b"x-request-id", b"X-Request-Id"), (b"via", b"Via"))


class ControlExchange(Proxied):
    """One request to the control server."""

    __slots__ = ()

    def __init__(self, shared: Shared, client: Client, request: Request) -> None:
        super().__init__(shared, client, request)
        request.upgrade = None

    def start(self) -> None:
        """Send it on."""
        self.reach(self.shared.control)

    def request_head(self) -> bytes:
        """As it came, plus where it came from (only a server that trusts us looks at that)."""
        request, client = self.request, self.client
        lines = [b"%b %b HTTP/1.1\r\n" % (request.method, request.target), *request.block]
        special = request.special
        if special:
            lines += [b"%b: %b\r\n" % (name, special[key]) for key, name in _KEPT if key in special]
        lines.append(
            b"X-Forwarded-For: %b\r\nX-Forwarded-Proto: %b\r\n"
            % (client.peer.encode(), b"https" if client.tls else b"http")
        )
        return b"".join(lines)

    def failed(self, failure: Failure) -> None:
        """Say that the platform's own server is not there."""
        if self.answering:
            self.client.cut(hard=not self.framed)
            return
        message = f"The platform's own server did not answer: {failure.value}. Is it starting or stopping? Try again."
        self.reply(503, "application/json", pages.json_error("service_unavailable", message))
