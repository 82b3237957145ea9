"""The partner as Heroku, an app and its operator use it: short words for the calls that tests make."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from addon_service.app import service_of
from addon_service.instances import Resource, find
from addon_service.store import Tx

UUID = "01234567-89ab-cdef-0123-456789abcdef"
OTHER = "11234567-89ab-cdef-0123-456789abcdef"
SALT = "2f97bfa52ca102f8874716e2eb1d3b4920ad0be4"
AUTH = ("exceptions", "super-secret")
ENVIRONMENT = {
    "ADDON_PASSWORD": AUTH[1],
    "ADDON_SSO_SALT": SALT,
    "ADDON_CLIENT_SECRET": "client-secret-1",
    "HEROKU_API_URL": "http://heroku.test",
    "PUBLIC_URL": "http://partner.test",
    "ADDON_PLAN_LIMITS": "test=2,basic=5,premium=10",
    "DATABASE_ADMIN_URL": "none",
}
ORDER: dict[str, Any] = {
    "uuid": UUID,
    "name": "exceptions-clean-85894",
    "plan": "basic",
    "region": "amazon-web-services::us-east-1",
    "callback_url": f"https://api.heroku.com/addons/{UUID}",
    "options": {},
    "oauth_grant": {"code": "grant-1", "expires_at": "2026-03-04T05:11:07Z", "type": "authorization_code"},
}


WATCHING = ("subscribe", "look")
"""Duties that follow from an authorization, whatever it is about."""


class Partner:
    """A client of one app, with Basic auth where it belongs."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.service = service_of(app)

    def provision(self, **changed: Any) -> TestResponse:
        return self.client.post("/heroku/resources", json={**ORDER, **changed}, auth=AUTH)

    def change_plan(self, plan: Any, uuid: str = UUID) -> TestResponse:
        return self.client.put(f"/heroku/resources/{uuid}", json={"plan": plan}, auth=AUTH)

    def deprovision(self, uuid: str = UUID) -> TestResponse:
        return self.client.delete(f"/heroku/resources/{uuid}", auth=AUTH)

    def rotate(self, uuid: str = UUID) -> TestResponse:
        return self.client.post(f"/admin/resources/{uuid}/rotate", auth=AUTH)

    def admin(self, path: str = "") -> TestResponse:
        return self.client.get(f"/admin/resources{path}", auth=AUTH)

    def call(self, path: Any, **more: Any) -> TestResponse:
        return self.client.post(f"/admin/resources/{UUID}/call", json={"path": path, **more}, auth=AUTH)

    def ready(self) -> str:
        """Provision, and carry out what follows; the path of the account."""
        account = account_of(self.provision())
        self.service.duties.run_due()
        return account

    def account(self) -> str:
        """The path of the account, with the credential that is current."""
        return account_of(self.provision())

    def resource(self, tx: Tx) -> Resource:
        """The instance's row."""
        return find(tx, UUID)

    def report(self, account: str, message: Any = "boom", **more: Any) -> TestResponse:
        return self.client.post(f"{account}/exceptions", json={"message": message, **more})


def account_of(answer: TestResponse) -> str:
    """The path of EXCEPTIONS_URL in a provision or plan answer."""
    assert answer.status_code == 200, answer.text
    return urlsplit(str(answer.get_json()["config"]["EXCEPTIONS_URL"])).path
