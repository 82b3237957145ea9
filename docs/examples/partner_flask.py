"""An add-on partner in one file. CLIENT_SECRET comes from outside, the rest from the manifest beside this file."""

import hashlib
import hmac
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

import requests
from flask import Flask, abort, request

MANIFEST = json.loads(Path(__file__).with_name("addon-manifest.json").read_text())
PASSWORD, SALT = MANIFEST["api"]["password"], MANIFEST["api"]["sso_salt"]
HEROKU = os.environ.get("HEROKU_API_URL", "http://localhost:5100")
app = Flask(__name__)
resources: dict[str, dict[str, Any]] = {}  # a real partner has a database; an empty dict is a deleted resource


def config(uuid: str) -> dict[str, str]:
    return {"ACME_URL": f"{request.host_url}accounts/{resources[uuid]['key']}"}


def token(**grant: str) -> Any:
    form = {**grant, "client_secret": os.environ["CLIENT_SECRET"]}
    return requests.post(f"{HEROKU}/oauth/token", data=form, timeout=10).json()


@app.before_request
def check_password() -> None:
    user = request.authorization
    if request.path != "/heroku/sso" and (user is None or (user.username, user.password) != ("acme", PASSWORD)):
        abort(401)


@app.post("/heroku/resources")
def provision() -> Any:
    order = request.get_json()
    uuid = order["uuid"]
    if uuid not in resources:  # Heroku may ask twice: the same uuid is the same resource
        grant = token(grant_type="authorization_code", code=order["oauth_grant"]["code"])
        resources[uuid] = {"key": secrets.token_hex(16), "plan": order["plan"], "refresh": grant["refresh_token"]}
    return {"id": uuid, "config": config(uuid), "message": "Acme is ready."} if resources[uuid] else ("", 410)


@app.put("/heroku/resources/<uuid>")
def change_plan(uuid: str) -> Any:
    resources[uuid]["plan"] = request.get_json()["plan"]
    return {"config": config(uuid), "message": f"Acme is on plan {resources[uuid]['plan']} now."}


@app.delete("/heroku/resources/<uuid>")
def deprovision(uuid: str) -> Any:
    known, resources[uuid] = resources.get(uuid), {}
    return "", 204 if known else 410


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
    uuid, stamp = request.form["resource_id"], request.form["timestamp"]
    expected = hashlib.sha1(f"{uuid}:{SALT}:{stamp}".encode()).hexdigest()
    good = hmac.compare_digest(expected, request.form["resource_token"]) and abs(time.time() - int(stamp)) < 300
    return f"Acme, plan {resources[uuid]['plan']}" if good and resources.get(uuid) else ("Log in again.", 403)


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "5300")))
