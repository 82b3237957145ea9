"""An add-on partner in one file. CLIENT_SECRET comes from outside, the rest from the manifest beside this file."""

import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from pathlib import Path
from typing import Any

import requests
from flask import Flask, abort, make_response, request

MANIFEST = json.loads(Path(__file__).with_name("addon-manifest.json").read_text())
PASSWORD, SALT = MANIFEST["api"]["password"], MANIFEST["api"]["sso_salt"]
HEROKU = os.environ.get("HEROKU_API_URL", "http://localhost:5100")
app = Flask(__name__)
PLANS = ("test", "pro")
resources: dict[str, dict[str, Any]] = {}  # a real partner has a database; an empty dict is a deleted resource
lock = threading.Lock()  # Heroku may ask twice at once, and a grant is good for one exchange


def refuse(status: int, message: str) -> None:
    headers = {"WWW-Authenticate": 'Basic realm="acme"'} if status == 401 else {}
    abort(make_response({"message": message}, status, headers))


def unreadable(problem: Exception) -> Any:
    return {"message": "The request cannot be read."}, 422


for kind in (AttributeError, LookupError, TypeError, ValueError, RecursionError):
    app.register_error_handler(kind, unreadable)


def order() -> Any:
    found = json.loads(request.data)
    if found["plan"] not in PLANS:
        refuse(422, "There is no such plan.")
    return found


def config(uuid: str) -> dict[str, str]:
    return {"ACME_URL": f"{request.host_url}accounts/{resources[uuid]['key']}"}


def token(**grant: str) -> Any:
    form = {**grant, "client_secret": os.environ["CLIENT_SECRET"]}
    answer = requests.post(f"{HEROKU}/oauth/token", data=form, timeout=10)
    return answer.json() if answer.ok else refuse(503, "Try again later.")


@app.before_request
def check_password() -> None:
    user = request.authorization
    if request.path != "/heroku/sso" and (user is None or (user.username, user.password) != ("acme", PASSWORD)):
        refuse(401, "Wrong credentials.")


@app.post("/heroku/resources")
def provision() -> Any:
    asked = order()
    uuid = asked["uuid"].lower()
    with lock:
        if uuid not in resources:  # the same uuid is the same resource
            grant = token(grant_type="authorization_code", code=asked["oauth_grant"]["code"])
            resources[uuid] = {"key": secrets.token_hex(16), "plan": asked["plan"], "refresh": grant["refresh_token"]}
    if not resources[uuid]:
        refuse(410, "This Acme was deleted.")
    return {"id": uuid, "config": config(uuid), "message": "Acme is ready."}


@app.put("/heroku/resources/<uuid>")
def change_plan(uuid: str) -> Any:
    if not resources.get(uuid):
        refuse(410, "There is no such Acme.")
    resources[uuid]["plan"] = order()["plan"]
    return {"config": config(uuid), "message": f"Acme is on plan {resources[uuid]['plan']} now."}


@app.delete("/heroku/resources/<uuid>")
def deprovision(uuid: str) -> Any:
    known, resources[uuid] = resources.get(uuid), {}
    return ("", 204) if known else ({"message": "There is no such Acme."}, 410)


@app.post("/rotate/<uuid>")
def rotate(uuid: str) -> Any:
    resources[uuid]["key"] = secrets.token_hex(16)
    fresh = token(grant_type="refresh_token", refresh_token=resources[uuid]["refresh"])["access_token"]
    headers = {"Authorization": f"Bearer {fresh}", "Accept": "application/vnd.heroku+json; version=3"}
    body = {"config": [{"name": name, "value": value} for name, value in config(uuid).items()]}
    answer = requests.patch(f"{HEROKU}/addons/{uuid}/config", json=body, headers=headers, timeout=10)
    return answer.text, answer.status_code


@app.post("/heroku/sso")
def sign_in() -> Any:
    uuid, stamp, user, email = (request.form[name] for name in ("resource_id", "timestamp", "user_id", "email"))
    expected = hashlib.sha256(f"{uuid}:{SALT}:{stamp}:{user}:{email}".encode()).hexdigest()
    given = request.form.get("user_scoped_resource_token", "")
    good = hmac.compare_digest(expected.encode(), given.encode()) and abs(time.time() - int(stamp)) < 300
    return f"Acme, plan {resources[uuid]['plan']}" if good and resources.get(uuid) else ("Log in again.", 403)


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "5300")))
