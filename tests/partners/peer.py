"""A server whose every byte the test decides."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Talk = Callable[[socket.socket, threading.Event], None]


class Peer:
    """Accepts connections and hands each to `talk` after reading a request; `over` says that the test has ended."""

    def __init__(self, talk: Talk, wrap: Callable[[socket.socket], socket.socket] | None = None) -> None:
        self._talk, self._wrap = talk, wrap
        self.over = threading.Event()
        self.asked = threading.Event()
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.over.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=[connection])
            thread.start()
            self._threads.append(thread)

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._wrap:
                connection = self._wrap(connection)
            self.requests.append(read_request(connection))
            self.asked.set()
            self._talk(connection, self.over)
        except OSError:
            pass
        finally:
            connection.close()

    def close(self) -> None:
        """End everything that was started."""
        self.over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._accepting.join()
        self._listener.close()
        for thread in self._threads:
            thread.join()


@contextmanager
def peers_that_end() -> Iterator[Callable[..., Peer]]:
    """Makes peers, and closes them in the end."""
    made: list[Peer] = []

    def make(talk: Talk, wrap: Callable[[socket.socket], socket.socket] | None = None) -> Peer:
        made.append(Peer(talk, wrap))
        return made[-1]

    yield make
    for peer in made:
        peer.close()


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and (more := connection.recv(65536)):
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(v) for k, _, v in (h.partition(b":") for h in head.split(b"\r\n")) if k == b"Content-Length"), 0)
    while len(body) < length and (more := connection.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body
