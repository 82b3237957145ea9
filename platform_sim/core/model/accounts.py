"""People and what proves who somebody is."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from platform_sim.core.model.secrecy import HEX, TOKEN

PARTNERS = "addons.heroku.com"
TEAMS = "herokumanager.com"
"""Domains of accounts that are nobody's: `<service>@addons.heroku.com` stands for a partner in releases and events,
`<team>@herokumanager.com` owns a team's apps and has the team's id (partner-api §2.9, heroku-cli: apps)."""
DELETED = "deleted.invalid"
"""Domain of who has deleted its account: what it has done stays in the history of apps."""
NOBODYS = (PARTNERS, TEAMS, DELETED)

EMAIL = re.compile(r"[^\s@:<>\"\x00-\x1f\x7f]{1,64}@[a-z0-9]([a-z0-9.-]{0,186}[a-z0-9])?")
"""Without a colon, which would blur what the user-scoped SSO token covers (partner-api §5.3)."""


@dataclass(frozen=True)
class Account:
    """A Heroku user, or what stands for one in releases and events."""

    id: str
    email: str
    name: str | None
    created_at: datetime
    updated_at: datetime
    allow_tracking: bool = False
    beta: bool = False
    suspended_at: datetime | None = None
    delinquent_at: datetime | None = None
    """Set by an operator, with the moment since when."""
    two_factor: bool = False
    """Whether a password alone does not let it in (`model.logins`)."""

    @property
    def is_customer(self) -> bool:
        """Whether it is a person's, not a partner's or a team's, and not deleted."""
        return self.email.rpartition("@")[2] not in NOBODYS


@dataclass(frozen=True)
class Authorization:
    """An OAuth authorization: of an account (customer) or of one add-on instance (partner, partner-api §3)."""

    id: str
    account_id: str | None
    addon_id: str | None
    description: str
    scope: list[str]
    grant_code: Annotated[str | None, HEX]
    grant_expires_at: datetime | None
    grant_used_at: datetime | None
    refresh_token: Annotated[str | None, HEX]
    revoked_at: datetime | None
    created_at: datetime
    updated_at: datetime
    client_id: str | None = None
    """The OAuth client that it is for; None for what a customer made for itself, and for partners."""
    cause_id: str | None = None
    """Of a partner: the exchange in which it was last told to do something; what it calls meanwhile follows from it."""


@dataclass(frozen=True)
class AccessToken:
    """A bearer token of an authorization. `expires_at` None: never."""

    id: str
    authorization_id: str
    token: Annotated[str, TOKEN]
    expires_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class OauthClient:
    """A program that customers may let act for them, registered by one of them (`heroku clients:create`)."""

    id: str
    account_id: str
    name: str
    redirect_uri: str
    secret: Annotated[str, HEX] = field(repr=False)
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class BrowserSession:
    """A browser that is a certain customer. An operator's link carries `link` once; the browser then has `cookie`."""

    id: str
    account_id: str
    link: Annotated[str | None, HEX] = field(repr=False)
    cookie: Annotated[str | None, HEX] = field(repr=False)
    expires_at: datetime
    """Of the link until it is used, then of the session."""
    created_at: datetime


@dataclass(frozen=True)
class SshKey:
    """A public key of a person. Nothing here asks for one: git is served over http."""

    id: str
    account_id: str
    public_key: str
    comment: str
    fingerprint: str
    created_at: datetime
    updated_at: datetime
