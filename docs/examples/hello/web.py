"""A web dyno of the standard library: greets, and says which add-ons it was given, never with what secrets."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = os.environ.get("GREETING", "Hello")
ADDONS = sorted(name for name in os.environ if name.endswith("_URL"))


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"{GREETING} from {os.environ['DYNO']}. Add-ons: {', '.join(ADDONS) or 'none'}.\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text: str, *parts: object) -> None:
        print(text % parts, flush=True)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
