"""`CONNECT host:port`: the platform is the proxy for Heroku's own host names, so that clients and partners that have
them built in need only `HTTPS_PROXY` and the authority's file (design §4, heroku-cli §1.3, §1.4).

Connects to loopback; elsewhere only where a setting says so.
"""

import asyncio

from platform_sim.core.model.addresses import is_heroku_host, is_this_machine
from platform_sim.engines.router import pages
from platform_sim.engines.router.exchange import Client, Exchange
from platform_sim.engines.router.request import Request
from platform_sim.engines.router.shared import Shared
from platform_sim.engines.router.tunnel import Tunnel
from platform_sim.engines.router.upstream import Address

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class ConnectExchange(Exchange):
    """One tunnel. To the platform's own names it leads back to the edge, which then sees an ordinary connection."""

    __slots__ = ("_task",)

    def __init__(self, shared: Shared, client: Client, request: Request) -> None:
        super().__init__(shared, client, request)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Find out where to, and go there."""
        target = _split(self.request.target)
        if target is None:
            self._refuse(400, "bad_request", "CONNECT wants HOST:PORT.")
            return
        address = self._address(*target)
        if address is None:
            host = target[0][:100]
            message = (
                f"{host} is not simulated here, and the platform passes nothing on to other hosts. Put {host} into "
                "NO_PROXY, or start the platform with PLATFORM_SIM_CONNECT_ELSEWHERE=true."
            )
            self._refuse(403, "forbidden", message)
            return
        self.client.watch(self.shared.limits.connect)
        self._task = self.shared.loop.create_task(self._reach(address))
        self.shared.tasks.add(self._task)
        self._task.add_done_callback(self.shared.tasks.discard)

    def client_gone(self) -> None:
        """Nobody waits for the tunnel any more."""
        self._end_task()

    def timed_out(self) -> None:
        """Connecting took too long."""
        self._end_task()
        self._refuse(504, "gateway_timeout", "Connecting took too long.")

    def _address(self, host: str, port: int) -> Address | None:
        shared = self.shared
        local = is_this_machine(host)
        if is_heroku_host(host) or shared.routes.is_app_host(host) or (local and port == shared.port):
            return "127.0.0.1", shared.port
        return (host, port) if local or shared.connect_elsewhere else None

    async def _reach(self, address: Address) -> None:
        client = self.client
        tunnel = Tunnel(self.shared, None, _ended)
        try:
            backend, _protocol = await self.shared.loop.create_connection(lambda: tunnel.backend_end, *address)
        except OSError as fault:
            self._task = None
            self._refuse(502, "bad_gateway", f"Nobody answers at {address[0]}:{address[1]}: {fault.strerror or fault}.")
            return
        client.write(_ESTABLISHED)
        early = client.reader.take_tail()
        client.hand_over(tunnel.client_end)
        tunnel.begin(client.transport, backend, early)

    def _end_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _refuse(self, status: int, error_id: str, message: str) -> None:
        self.request.keep_alive = False
        self.reply(status, "application/json", pages.json_error(error_id, message))


def _split(target: bytes) -> tuple[str, int] | None:
    host, _, port = target.decode("latin-1").lower().rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        return None
    return host, int(port)


def _ended(to_client: int, idle: bool) -> None:
    """Nothing is kept of a tunnel: what went through it was logged as requests of its own."""
