"""People and what proves who somebody is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Account:
    """A Heroku user. `@addons.heroku.com` accounts stand for partners in releases and events."""

    id: str
    email: str
    name: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Authorization:
    """An OAuth authorization: of an account (customer) or of one add-on instance (partner, partner-api §3)."""

    id: str
    account_id: str | None
    addon_id: str | None
    description: str
    scope: list[str]
    grant_code: str | None
    grant_expires_at: datetime | None
    grant_used_at: datetime | None
    refresh_token: str | None
    revoked_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class AccessToken:
    """A bearer token of an authorization. `expires_at` None: never."""

    id: str
    authorization_id: str
    token: str
    expires_at: datetime | None
    created_at: datetime
