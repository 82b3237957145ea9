"""Single sign-on tokens: pure functions of salt, ids, time and user (partner-api §5.3). All lower-case hex."""

import hashlib
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SsoTarget:
    """Where a browser is sent to sign in, and how: the oldest partners want a GET (partner-api §5.4)."""

    method: Literal["get", "post"]
    url: str


def resource_token(resource_id: str, salt: str, timestamp: str) -> str:
    """SHA-1 of `resource_id:salt:timestamp`; with the partner's own id as `resource_id` it is the v1 `token`."""
    return hashlib.sha1(f"{resource_id}:{salt}:{timestamp}".encode()).hexdigest()


def user_scoped_token(resource_id: str, salt: str, timestamp: str, user_id: str, email: str) -> str:
    """SHA-256 that also covers who the user is: the preferred token since 2026."""
    return hashlib.sha256(f"{resource_id}:{salt}:{timestamp}:{user_id}:{email}".encode()).hexdigest()
