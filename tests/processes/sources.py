"""Small apps that are deployed in tests; the standard library is enough for them."""

import sys

PYTHON = sys.executable

_SERVER = """
import os, signal, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Server(ThreadingHTTPServer):
    daemon_threads = False  # the end waits for open requests; no connection is kept that could hold it up
    request_queue_size = 128
    timeout = 0.05
    stopping = quiet = False
    def handle_timeout(self): self.quiet = True

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
{body}
signal.signal(signal.SIGTERM, lambda *_: setattr(Server, "stopping", True))  # before anybody can see the port
with Server(("127.0.0.1", int(os.environ["PORT"])), Handler) as server:
    while not (server.stopping and server.quiet):  # who had connected before the signal is still answered
        server.quiet = False
        server.handle_request()
"""


def program(body: str) -> str:
    """A web program whose `do_GET` is `body`."""
    return _SERVER.format(body="\n".join("        " + line for line in body.strip().splitlines()))


SHOWS = program("""
text = os.environ.get(self.path[1:].partition("?")[0], "no such variable").encode()
self.send_response(200)
self.send_header("Content-Length", str(len(text)))
self.end_headers()
self.wfile.write(text)
""")
"""Answers `/NAME` with the config var NAME. Ends politely."""


def app(**commands: str) -> dict[str, str]:
    """A Procfile-only app: `web.py` is what SHOWS; further process types by name."""
    lines = {"web": f"{PYTHON} web.py"} | commands
    return {"Procfile": "".join(f"{name}: {command}\n" for name, command in lines.items()), "web.py": SHOWS}


ECHOES = program("""
import base64, hashlib
key = self.headers["Sec-WebSocket-Key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
self.protocol_version = "HTTP/1.1"
self.send_response(101)
self.send_header("Upgrade", "websocket")
self.send_header("Connection", "Upgrade")
self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key).digest()).decode())
self.end_headers()
self.close_connection = True
while True:
    first, second = self.rfile.read(2)
    size = second & 127
    if size > 125:
        size = int.from_bytes(self.rfile.read(2 if size == 126 else 8), "big")
    mask = self.rfile.read(4)
    data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(size)))
    head = bytes([len(data)]) if len(data) < 126 else b"~" + len(data).to_bytes(2, "big")
    self.wfile.write(bytes([first]) + head + data)
    if first & 15 == 8:
        return
""")
"""A WebSocket that sends back each frame, shorter than 64 KiB, as it came."""

STREAMS = program("""
if self.path == "/go":
    server.go.set()
    self.send_response(204)
    self.end_headers()
    return
server.go = threading.Event()
self.protocol_version = "HTTP/1.1"
self.send_response(200)
self.send_header("Transfer-Encoding", "chunked")
self.send_header("Connection", "close")
self.end_headers()
for word in (b"one", b"two"):
    self.wfile.write(b"3\\r\\n" + word + b"\\r\\n")
    if word == b"one":
        server.go.wait(60)
self.wfile.write(b"0\\r\\n\\r\\n")
""")
"""Answers `one`, and `two` only after somebody has asked for `/go`."""

KEEPS = """
import os, signal, waitress

def stop(number, frame):
    raise SystemExit(0)

def app(environ, start_response):
    body = environ["wsgi.input"].read().decode()
    if body:
        with open(os.environ["BOOK"], "a") as book:
            book.write(body + "\\n")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [os.environ.get(environ["PATH_INFO"][1:], "none").encode()]

signal.signal(signal.SIGTERM, stop)
waitress.serve(app, host="127.0.0.1", port=int(os.environ["PORT"]))
"""
"""What SHOWS is, under a server that keeps connections open between requests. At SIGTERM it ends at once, with all that
it has. A body is written into the file BOOK, a line each."""
