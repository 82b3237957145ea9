"""Single sign-on: the form and its tokens, pure functions of salt, ids, time and user (partner-api §5.2, §5.3)."""

import hashlib
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SsoTarget:
    """Where a browser is sent to sign in, and how: the oldest partners want a GET (partner-api §5.4)."""

    method: Literal["get", "post"]
    url: str


SALT = "sso_salt"
"""The secret among the strings that a token is a hash of; it is in the manifest, and never in a form."""
WINDOW = 300
"""Seconds for which a form is good (partner-api §5.4)."""
OF_A_GET = ("token", "timestamp", "nav-data", "email", "app")
"""All that the oldest partners were sent: the id is in the path, and nobody had thought of users (partner-api §5.4)."""


@dataclass(frozen=True)
class TokenRule:
    """How a token is made: the digest in lower-case hex of `strings`, with a colon between each two (§5.3)."""

    name: str
    digest: Literal["SHA-1", "SHA-256"]
    strings: tuple[str, ...]
    """Names of other fields of the form, and `SALT`."""
    note: str


TOKENS = (
    TokenRule(
        "user_scoped_resource_token",
        "SHA-256",
        ("resource_id", SALT, "timestamp", "user_id", "email"),
        "Covers who the user is: the one to check.",
    ),
    TokenRule(
        "resource_token",
        "SHA-1",
        ("resource_id", SALT, "timestamp"),
        "Version 3 before that. Does not cover the user.",
    ),
    TokenRule(
        "token", "SHA-1", ("id", SALT, "timestamp"), "Version 1: over the partner's own id. Does not cover the user."
    ),
)


@dataclass(frozen=True)
class Entry:
    """Who enters what: all of a login but its time and its signatures. `partners_id`: the resource's at its partner."""

    resource_id: str
    partners_id: str
    user_id: str
    email: str
    app: str
    context_app: str
    nav_data: str

    def signed(self, salt: str, timestamp: str) -> dict[str, str]:
        """The fields that a partner trusts, in both namings (design §9). `timestamp`: Unix seconds."""
        return {
            "resource_id": self.resource_id,
            "resource_token": resource_token(self.resource_id, salt, timestamp),
            "user_scoped_resource_token": user_scoped_token(
                self.resource_id, salt, timestamp, self.user_id, self.email
            ),
            "timestamp": timestamp,
            "user_id": self.user_id,
            "email": self.email,
            "app": self.app,
            "context_app": self.context_app,
            "id": self.partners_id,
            "token": resource_token(self.partners_id, salt, timestamp),
            "nav-data": self.nav_data,
        }


def fields_of(target: SsoTarget, signed: dict[str, str]) -> dict[str, str]:
    """Those that are sent to this target."""
    return {name: value for name, value in signed.items() if target.method == "post" or name in OF_A_GET}


def resource_token(resource_id: str, salt: str, timestamp: str) -> str:
    """SHA-1 of `resource_id:salt:timestamp`; with the partner's own id as `resource_id` it is the v1 `token`."""
    return hashlib.sha1(f"{resource_id}:{salt}:{timestamp}".encode()).hexdigest()


def user_scoped_token(resource_id: str, salt: str, timestamp: str, user_id: str, email: str) -> str:
    """SHA-256 that also covers who the user is: the preferred token since 2026."""
    return hashlib.sha256(f"{resource_id}:{salt}:{timestamp}:{user_id}:{email}".encode()).hexdigest()
