"""A partner from a cassette as a server on this machine, for platforms in other processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from platform_sim.cassettes.player import Player


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Without asking a name server how this machine is called."""
        super(WSGIServer, self).server_bind()
        self.server_name, self.server_port = "localhost", self.server_address[1]
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """What is asked stands in the platform's own ledger."""


@contextmanager
def served(player: Player, port: int) -> Iterator[str]:
    """The player's URL, until the end of the block. OSError if the port cannot be bound."""
    with _Server(("127.0.0.1", port), _Quiet) as server:
        server.set_app(player)
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
