"""What the zoo's partners are made of: their manifest and secrets, requests, answers and resources."""

import json
from dataclasses import dataclass, field
from typing import Any

PASSWORD, SALT, SECRET = "password-of-the-zoo", "salt-of-the-zoo", "client-secret-of-the-zoo"
PLANS = ("test", "big")
MANIFEST: dict[str, Any] = {
    "id": "zoo",
    "name": "Zoo",
    "api": {
        "config_vars_prefix": "ZOO",
        "config_vars": ["ZOO_URL", "ZOO_KEY"],
        "password": PASSWORD,
        "sso_salt": SALT,
        "regions": ["us", "eu"],
        "requires": ["many_per_app", "attachable"],
        "production": {"base_url": "https://zoo.example/heroku/resources", "sso_url": "https://zoo.example/sso"},
        "version": "3",
    },
}
BASE, SSO = "/heroku/resources", "/sso"
WINDOW = 300
"""Seconds for which a login is fresh."""


@dataclass
class Request:
    """What came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What goes back: `content` as JSON, or text as it is."""

    status: int
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        if self.content is None:
            return b""
        return self.content.encode() if isinstance(self.content, str) else json.dumps(self.content).encode()


@dataclass
class Held:
    """A resource."""

    uuid: str
    plan: str
    key: str
    refresh: str | None = None
    access: str | None = None
    until: float = 0.0
    """When the access token ends."""
    dead: bool = False


class Refusal(Exception):
    """An answer that ends the work on a request."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, {"message": message}, headers)
