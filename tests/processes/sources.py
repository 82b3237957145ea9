"""Small apps that are deployed in tests; the standard library is enough for them."""

import sys

PYTHON = sys.executable

_SERVER = """
import os, signal, socketserver, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Server(ThreadingHTTPServer):
    daemon_threads = False  # the end waits for open requests; no connection is kept that could hold it up
    request_queue_size = 128

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
{body}
server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(0.01)
server.server_close()
"""


def program(body: str) -> str:
    """A web program whose `do_GET` is `body`."""
    return _SERVER.format(body="\n".join("        " + line for line in body.strip().splitlines()))


SHOWS = program("""
text = os.environ.get(self.path[1:], "no such variable").encode()
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
