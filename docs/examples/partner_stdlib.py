"""The same partner as partner_flask.py, with Python's standard library alone."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

MANIFEST = json.loads(Path(__file__).with_name("addon-manifest.json").read_text())
PASSWORD, SALT = MANIFEST["api"]["password"], MANIFEST["api"]["sso_salt"]
BASIC = "Basic " + base64.b64encode(f"acme:{PASSWORD}".encode()).decode()
HEROKU = os.environ.get("HEROKU_API_URL", "http://localhost:5100")
PLANS = ("test", "pro")
resources: dict[str, dict[str, Any]] = {}  # a real partner has a database; an empty dict is a deleted resource
lock = threading.Lock()  # Heroku may ask twice at once, and a grant is good for one exchange

Answer = tuple[int, Any]
GONE: Answer = (410, {"message": "There is no such Acme."})


def ask_heroku(method: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
    request = urllib.request.Request(HEROKU + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def token(**grant: str) -> dict[str, str]:
    form = urlencode({**grant, "client_secret": os.environ["CLIENT_SECRET"]}).encode()
    found: dict[str, str] = ask_heroku("POST", "/oauth/token", form, {})
    return found


def config(uuid: str, host: str) -> dict[str, str]:
    return {"ACME_URL": f"http://{host}/accounts/{resources[uuid]['key']}"}


def provision(order: dict[str, Any], host: str) -> Answer:
    uuid = order["uuid"].lower()
    if order["plan"] not in PLANS:
        return 422, {"message": "There is no such plan."}
    with lock:
        if uuid not in resources:  # the same uuid is the same resource
            grant = token(grant_type="authorization_code", code=order["oauth_grant"]["code"])
            resources[uuid] = {"key": secrets.token_hex(16), "plan": order["plan"], "refresh": grant["refresh_token"]}
    if not resources[uuid]:
        return GONE
    return 200, {"id": uuid, "config": config(uuid, host), "message": "Acme is ready."}


def change_plan(uuid: str, plan: str, host: str) -> Answer:
    if not resources.get(uuid):
        return GONE
    if plan not in PLANS:
        return 422, {"message": "There is no such plan."}
    resources[uuid]["plan"] = plan
    return 200, {"config": config(uuid, host), "message": f"Acme is on plan {plan} now."}


def deprovision(uuid: str) -> Answer:
    known, resources[uuid] = resources.get(uuid), {}
    return (204, None) if known else GONE


def rotate(uuid: str, host: str) -> Answer:
    resources[uuid]["key"] = secrets.token_hex(16)
    fresh = token(grant_type="refresh_token", refresh_token=resources[uuid]["refresh"])["access_token"]
    body = {"config": [{"name": name, "value": value} for name, value in config(uuid, host).items()]}
    headers = {
        "Authorization": f"Bearer {fresh}",
        "Accept": "application/vnd.heroku+json; version=3",
        "Content-Type": "application/json",
    }
    return 200, ask_heroku("PATCH", f"/addons/{uuid}/config", json.dumps(body).encode(), headers)


def sign_in(form: dict[str, str]) -> Answer:
    uuid, stamp, user, email = (form[name] for name in ("resource_id", "timestamp", "user_id", "email"))
    expected = hashlib.sha256(f"{uuid}:{SALT}:{stamp}:{user}:{email}".encode()).hexdigest()
    given = form.get("user_scoped_resource_token", "")
    good = hmac.compare_digest(expected.encode(), given.encode()) and abs(time.time() - int(stamp)) < 300
    return (200, f"Acme, plan {resources[uuid]['plan']}") if good and resources.get(uuid) else (403, "Log in again.")


class Partner(BaseHTTPRequestHandler):
    """The doors: who may come in, and which function answers."""

    def answer(self) -> Answer:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        host, path = self.headers["Host"], self.path.rstrip("/")
        if (self.command, path) == ("POST", "/heroku/sso"):
            return sign_in({name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()})
        if not hmac.compare_digest(self.headers.get("Authorization") or "", BASIC):
            return 401, {"message": "Wrong credentials."}
        place, _, uuid = path.rpartition("/")
        match self.command, place:
            case "POST", "/heroku":
                return provision(json.loads(body), host)
            case "PUT", "/heroku/resources":
                return change_plan(uuid, json.loads(body)["plan"], host)
            case "DELETE", "/heroku/resources":
                return deprovision(uuid)
            case "POST", "/rotate":
                return rotate(uuid, host)
        return 404, {"message": "There is nothing here."}

    def do_POST(self) -> None:
        try:
            status, content = self.answer()
        except OSError:  # also a grant that is not taken
            status, content = 503, {"message": "Try again later."}
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            status, content = 422, {"message": "The request cannot be read."}
        plain = isinstance(content, str)
        body = b"" if content is None else (content if plain else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if plain else "application/json")
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="acme"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_DELETE = do_POST


if __name__ == "__main__":
    ThreadingHTTPServer.request_queue_size = 64  # for many at once
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "5300"))), Partner)
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
