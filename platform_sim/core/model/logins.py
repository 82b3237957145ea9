"""What people prove themselves with where no token does, and what logging in leaves behind (heroku-cli §3)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from platform_sim.core.model.secrecy import FACTOR, HEX, PASSWORD, TOKEN

LoginState = Literal["waiting", "accepted", "declined", "taken"]


@dataclass(frozen=True)
class Credentials:
    """A customer's password and second factor. Its id is the account's."""

    id: str
    password: Annotated[str, PASSWORD] = field(repr=False)
    """Hashed (`model.passwords`)."""
    factor: Annotated[str | None, FACTOR] = field(repr=False)
    """The secret of one-time passwords (`model.one_time`); None without a second factor."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class OauthSession:
    """A login, by browser or with a password. It ends with its authorization, and the other way round."""

    id: str
    account_id: str
    authorization_id: str
    description: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class BrowserLogin:
    """A program waits until a person has said in a browser who it is (`heroku login`)."""

    id: str
    description: str
    page: Annotated[str, HEX] = field(repr=False)
    """Secret of the page that the person opens."""
    poll: Annotated[str, HEX] = field(repr=False)
    """Secret of the path at which the program waits."""
    token: Annotated[str, TOKEN] = field(repr=False)
    """What the program shows there."""
    form: Annotated[str, HEX] = field(repr=False)
    """What the page's own form sends back."""
    state: LoginState
    account_id: str | None
    """Who has accepted it."""
    expires_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class PreAuthorization:
    """A second factor that was given for an app: until then this authorization changes it without another one."""

    id: str
    authorization_id: str
    app_id: str
    expires_at: datetime
    created_at: datetime
