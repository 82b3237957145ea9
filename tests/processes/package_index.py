"""A package index with one small package, which can be held up: installs need no network but this."""

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from .partner import Gate, Server

WHEEL = "small_thing-1.0-py3-none-any.whl"


@dataclass
class BlockingIndex:
    """`gate` is where requests for the package's page wait."""

    url: str = ""
    gate: Gate = field(default_factory=Gate)


def wheel() -> bytes:
    """The package: a module with nothing in it."""
    parts = {
        "small_thing.py": "",
        "small_thing-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: small-thing\nVersion: 1.0\n",
        "small_thing-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "small_thing-1.0.dist-info/RECORD"
    parts[record] = "".join(f"{name},,\n" for name in [*parts, record])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _handler(index: BlockingIndex) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith(".whl"):
                kind, data = "application/octet-stream", wheel()
            else:
                index.gate.wait()
                kind, data = "text/html", f'<a href="/{WHEEL}">{WHEEL}</a>'.encode()
            with suppress(ConnectionError):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def running_index() -> Iterator[BlockingIndex]:
    """An index on a free port."""
    index = BlockingIndex()
    with Server(("127.0.0.1", 0), _handler(index)) as server:
        index.url = f"http://127.0.0.1:{server.server_address[1]}/simple/"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield index
        finally:
            index.gate.open()
            server.shutdown()
            thread.join()
