"""The partner's second product as Heroku uses it: the same words as in `partner.py`, about a database."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from addon_service.app import service_of

from .partner import ENVIRONMENT, ORDER, UUID, WATCHING

AUTH = ("database", "db-secret")
SALT = "salt-of-the-database"
DATABASE_ENVIRONMENT = {
    **{name: value for name, value in ENVIRONMENT.items() if name != "DATABASE_ADMIN_URL"},
    "ADDON_DATABASE_PASSWORD": AUTH[1],
    "ADDON_DATABASE_SSO_SALT": SALT,
    "ADDON_DATABASE_CLIENT_SECRET": "client-secret-1",
    "ADDON_DATABASE_PLANS": "test=2:10,basic=5:50,premium=10:500",
    "ADDON_DATABASE_GIVE_UP": "3600",
    "ADDON_DATABASE_ROTATION_OVERLAP": "1800",
}
DATABASE_ORDER: dict[str, Any] = {**ORDER, "name": "database-flat-1"}


class DatabasePartner:
    """A client of one app, as Heroku and the operator of the database."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.service = service_of(app)

    def provision(self, **changed: Any) -> TestResponse:
        return self.client.post("/heroku/resources", json={**DATABASE_ORDER, **changed}, auth=AUTH)

    def change_plan(self, plan: str) -> TestResponse:
        return self.client.put(f"/heroku/resources/{UUID}", json={"plan": plan}, auth=AUTH)

    def deprovision(self) -> TestResponse:
        return self.client.delete(f"/heroku/resources/{UUID}", auth=AUTH)

    def rotate(self) -> TestResponse:
        return self.client.post(f"/admin/resources/{UUID}/rotate", auth=AUTH)

    def shown(self) -> dict[str, Any]:
        body: dict[str, Any] = self.client.get(f"/admin/resources/{UUID}", auth=AUTH).get_json()
        return body

    def duties(self) -> list[tuple[str, str]]:
        """Kind and state of each duty of the life cycle, oldest first."""
        return [(duty["kind"], duty["state"]) for duty in reversed(self.life_cycle())]

    def life_cycle(self) -> list[dict[str, Any]]:
        """The duties but for those about the surroundings, newest first."""
        return [duty for duty in self.shown()["duties"] if duty["kind"] not in WATCHING]

    def work(self) -> None:
        """Carry out what is due."""
        self.service.duties.run_due()

    def ready(self) -> None:
        """Provision, to the end."""
        assert self.provision().status_code == 202
        self.work()
        assert self.shown()["state"] == "provisioned", self.shown()
