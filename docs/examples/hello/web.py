"""A web dyno of the standard library: says which config vars it has, never what is in them."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KNOWN = ("PORT", "DYNO", "HOME", "PATH", "LANG", "PWD", "SHLVL", "_")


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        names = sorted(name for name in os.environ if name not in KNOWN)
        body = f"Hello from {os.environ['DYNO']}. Config vars: {', '.join(names) or 'none'}.\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text: str, *parts: object) -> None:
        print(text % parts, flush=True)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
