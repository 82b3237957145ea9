"""Who answers a request: an app's dyno, a stream, the control server, or the edge itself.

Touches nothing; asks `Routes` and `Streams`.
"""

from urllib.parse import parse_qsl

from platform_sim.engines.router.connect_route import ConnectExchange
from platform_sim.engines.router.control_route import ControlExchange
from platform_sim.engines.router.dyno_route import DynoExchange
from platform_sim.engines.router.exchange import Client, Exchange, Refusal
from platform_sim.engines.router.request import Request
from platform_sim.engines.router.shared import Shared
from platform_sim.engines.router.stream_reply import StreamExchange


def dispatch(shared: Shared, client: Client, request: Request) -> Exchange:
    """The exchange that will answer `request` (design §4: "then by request")."""
    if request.method == b"CONNECT":
        return ConnectExchange(shared, client, request)
    if shared.routes.is_app_host(request.name):
        return DynoExchange(shared, client, request)
    expect = request.special.get(b"expect")
    if expect is not None and expect.lower() != b"100-continue":
        message = "The only expectation understood here is 100-continue."
        return Refusal(shared, client, request, 417, "expectation_failed", message)
    if request.method == b"GET":
        path, _, query = request.target.decode("latin-1").partition("?")
        fields = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
        stream = shared.streams.open(path, fields, request.headers())
        if stream is not None:
            return StreamExchange(shared, client, request, stream)
    return ControlExchange(shared, client, request)
