"""Takes every order with 202 and keeps it in order.json: the rest of a partner's work is then done by hand."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Partner(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        Path("order.json").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(202, b'{"id": "by-hand", "message": "Acme is being made."}')

    def do_DELETE(self) -> None:
        may_finish_later = self.headers["Prefer"] == "respond-async"
        self.answer(202 if may_finish_later else 204, b"")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "5300"))
    server = ThreadingHTTPServer(("127.0.0.1", port), Partner)
    print(f"listening on http://localhost:{port}", flush=True)
    server.serve_forever()
