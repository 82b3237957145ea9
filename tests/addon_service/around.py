"""What Heroku knows around an instance, played: its apps and people, webhooks, log drains, and the apps' logs."""

from __future__ import annotations

import base64
import json
from typing import Any

from addon_service.platform_client import Answer, Request

from .partner import UUID

OWN = f"/addons/{UUID}"
DRAIN_URL = f"http://partner.test/heroku/logs/{UUID}"
PLACES = (f"{OWN}/webhooks", f"{OWN}/log-drains", f"{OWN}/addon-attachments", "/apps/app-", "/teams/")
TOKEN = "t.11111111-2222-3333-4444-555555555555"
SHOP = {"id": "app-1", "name": "shop"}
STAGING = {"id": "app-2", "name": "shop-staging"}
USER = {"id": "user-1", "email": "owner@example.com"}


def log_url(token: str = TOKEN, host: str = "logs.test") -> str:
    return f"http://token:{token}@{host}/logs"


def attachment(name: str = "EXCEPTIONS", app: dict[str, str] = SHOP, url: str | None = None) -> dict[str, Any]:
    """An attachment as Heroku shows it."""
    held = {"id": UUID, "name": "exceptions-clean-85894", "app": SHOP}
    return {"id": f"at-{app['id']}-{name}", "name": name, "addon": held, "app": app, "log_input_url": url}


def drain(token: str, app: dict[str, str] = SHOP, url: str = DRAIN_URL) -> dict[str, Any]:
    """A log drain as Heroku shows it."""
    return {"id": f"drain-of-{app['id']}", "token": token, "app": app, "url": url, "addon": {"id": UUID}}


class Around:
    """One instance's surroundings. `calls`: what was asked about them; `said`: answers out of the way, by path, and
    `failing`, which is raised instead of any answer."""

    def __init__(self) -> None:
        self.state = "provisioning"
        self.app = SHOP
        self.name: str | None = None
        self.plan: str | None = None
        self.attachments = [attachment()]
        self.drains: list[dict[str, Any]] = []
        self.owner: dict[str, str] = USER
        self.collaborators: list[dict[str, Any]] = [{"user": USER, "role": "owner"}]
        self.members: list[dict[str, Any]] = []
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.tokens = {TOKEN}
        self.written: list[tuple[dict[str, str], bytes]] = []
        self.calls: list[str] = []
        self.ranges: dict[str, str | None] = {}
        self.said: dict[str, Answer] = {}
        self.failing: Exception | None = None

    def answer(self, request: Request, path: str) -> Answer | None:
        """Heroku's answer, or None when the call is not about the surroundings."""
        call = f"{request.method} {path}"
        if not self._concerns(call):
            return None
        self.calls.append(call)
        self.ranges[call] = request.headers.get("Range")
        if self.failing is not None:
            raise self.failing
        if call in self.said:
            return self.said[call]
        if path == "/logs":
            return self._write(request)
        if path.startswith(f"{OWN}/webhooks"):
            return self._webhooks(request, path)
        if path.startswith(f"{OWN}/log-drains"):
            return self._drains(request, path)
        return _json(200, self._facts(path))

    def _concerns(self, call: str) -> bool:
        method, _, path = call.partition(" ")
        return path.startswith(PLACES) or path == "/logs" or (method == "GET" and path == OWN)

    def _facts(self, path: str) -> Any:
        if path == OWN:
            plan = None if self.plan is None else {"id": "plan-1", "name": f"exceptions:{self.plan}"}
            return {"id": UUID, "name": self.name, "plan": plan, "app": self.app, "state": self.state}
        if path == f"{OWN}/addon-attachments":
            return self.attachments
        if path.endswith("/collaborators"):
            return self.collaborators
        return self.members if path.startswith("/teams/") else {**self.app, "owner": self.owner}

    def _webhooks(self, request: Request, path: str) -> Answer:
        if request.method == "GET":
            return _json(200, [{**made, "id": id, "secret": None} for id, made in self.webhooks.items()])
        id = path.rpartition("/")[2] if request.method == "PATCH" else f"hook-{len(self.webhooks) + 1}"
        self.webhooks[id] = json.loads(request.body)
        return _json(200 if request.method == "PATCH" else 201, {"id": id})

    def _drains(self, request: Request, path: str) -> Answer:
        if request.method == "PUT":
            for each in self.drains:
                if each["id"] == path.rpartition("/")[2]:
                    each["url"] = json.loads(request.body)["url"]
        return _json(200, self.drains)

    def _write(self, request: Request) -> Answer:
        user, _, token = base64.b64decode(request.headers["Authorization"].partition(" ")[2]).decode().partition(":")
        if user != "token" or token not in self.tokens:
            return Answer(401, b"Not Authorized")
        self.written.append((request.headers, request.body))
        return Answer(204, b"")

    def lines(self) -> list[str]:
        """The texts that were written, in order."""
        return [body.decode().partition(" - - ")[2] for _, body in self.written]


def _json(status: int, body: Any) -> Answer:
    return Answer(status, json.dumps(body).encode())
