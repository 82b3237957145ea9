"""A partner as the templates of Heroku's old tool made them, to be run as a program: version 1, in memory.

Basic auth, 201 with a whole number as id, 404 for what it does not know, single sign-on with a GET that sets
`heroku-nav-data`, 403 for a bad token and one older than two minutes (partner-api §8.2, §9). With the option `later` it
answers 202 and calls back when the platform has read that.
"""

import base64
import hashlib
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SLUG, PASSWORD, SALT = "myaddon", "old-password", "old-salt"
BASIC = "Basic " + base64.b64encode(f"{SLUG}:{PASSWORD}".encode()).decode()
ROOT = "/heroku/resources"
resources: dict[int, dict[str, Any]] = {}

Answer = tuple[int, Any, dict[str, str]]


def config(identity: int) -> dict[str, str]:
    return {"MYADDON_URL": f"http://myaddon.test/{identity}/{resources[identity]['plan']}"}


def provision(order: dict[str, Any]) -> Answer:
    known = [i for i, each in resources.items() if each["heroku_id"] == order["heroku_id"]]
    identity = known[0] if known else len(resources) + 1
    resources.setdefault(identity, order)
    if order["options"].get("later"):
        threading.Thread(target=call_back, args=(identity,), daemon=True).start()
        return 202, {"id": identity}, {}
    return 201, {"id": identity, "config": config(identity), "message": "Your add-on is ready."}, {}


def call_back(identity: int) -> None:
    """Again until the platform knows the resource: while our own answer is on its way it says 404."""
    body = json.dumps({"config": config(identity)}).encode()
    headers = {"Authorization": BASIC, "Content-Type": "application/json"}
    request = urllib.request.Request(resources[identity]["callback_url"], body, headers, method="PUT")
    while True:
        try:
            urllib.request.urlopen(request, timeout=30).close()
            return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 404:
                raise
            threading.Event().wait(0.02)


def sign_in(identity: int, given: dict[str, str]) -> Answer:
    expected = hashlib.sha1(f"{identity}:{SALT}:{given.get('timestamp')}".encode()).hexdigest()
    if given.get("token") != expected or int(given["timestamp"]) < time.time() - 120:
        return 403, "Not authorized\n", {}
    return 302, "", {"Location": f"/?id={identity}", "Set-Cookie": f"heroku-nav-data={given['nav-data']}; path=/"}


class Partner(BaseHTTPRequestHandler):
    """Routes as in the old templates' `app.rb`."""

    def respond(self) -> Answer:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        place, _, last = parts.path.rpartition("/")
        given = dict(parse_qsl(parts.query))
        if (self.command, parts.path) == ("GET", "/"):
            shown = "heroku-nav-data" in self.headers.get("Cookie", "")
            return 200, f"Plan {resources[int(given['id'])]['plan']}, {'' if shown else 'no '}header\n", {}
        if self.command == "GET" and place == ROOT:
            return sign_in(int(last), given) if int(last) in resources else (404, "Not found\n", {})
        if self.headers.get("Authorization") != BASIC:
            return 401, "Not authorized\n", {"WWW-Authenticate": 'Basic realm="Restricted Area"'}
        if (self.command, parts.path) == ("GET", ROOT):
            return 200, {str(identity): order for identity, order in resources.items()}, {}
        if (self.command, parts.path) == ("POST", ROOT):
            return provision(json.loads(data))
        if not last.isdigit() or int(last) not in resources:
            return 404, "Not found\n", {}
        if self.command == "DELETE":
            del resources[int(last)]
            return 200, "Ok", {}
        resources[int(last)] |= json.loads(data)
        return 200, {"config": config(int(last)), "message": "Plan changed."}, {}

    def do_GET(self) -> None:
        status, content, headers = self.respond()
        body = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Nothing but the address on the terminal."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Partner)
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
