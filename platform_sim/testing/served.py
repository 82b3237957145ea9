"""A WSGI application that a thread serves on a port of its own: what goes to and fro is HTTP, on real sockets."""

import io
import socketserver
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from platform_sim.stand_ins.wsgi import Wsgi

LOOK = 0.02
"""Wall seconds between two looks at whether it is to end."""


class WsgiServer:
    """Serves from the start to the end of its context, a thread a request. OSError if the port is taken."""

    def __init__(self, app: Wsgi, place: tuple[str, int]) -> None:
        self._server = _Server(place, _Handler)
        self._server.set_app(_reads_its_body(app))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=[LOOK], name="partner-wsgi", daemon=True
        )

    def __enter__(self) -> "WsgiServer":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _reads_its_body(app: Wsgi) -> Wsgi:
    """Applications may read to the end of what they are given; a connection has none while it is open."""

    def call(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        return app(environ, start_response)

    return call


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    """A request that hangs holds nobody up at the end."""

    def server_bind(self) -> None:
        # Not HTTPServer's: it asks for the name of the address, which may take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """The timeline has it."""
