"""Single sign-on: Heroku's gateway makes the browser post a signed form here; a good one opens a session.

Checks, in order: the timestamp is fresh, every token present is right, the resource is alive, the form was
not used before. (partner-api §5; vectors in §15)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from addon_service.clock import stamp
from addon_service.errors import Forbidden
from addon_service.instances import find
from addon_service.service import Service, current
from addon_service.sessions import open_session
from addon_service.store import Tx
from addon_service.vault import same, token_hash

sso = Blueprint("sso", __name__)
USER_SCOPED, SCOPED, LEGACY = "user_scoped_resource_token", "resource_token", "token"
AGAIN = "open the add-on from Heroku again, with `heroku addons:open` or the dashboard"


@dataclass(frozen=True)
class Login:
    """A form whose tokens are right: whom it lets in, and the tokens that were checked, strongest first."""

    slug: str
    resource_id: str
    tokens: tuple[str, ...] = field(repr=False)


def legacy_token(id: str, salt: str, timestamp: str) -> str:
    """The hash of `token` (over the partner's id) and of `resource_token` (over the uuid), §5.3."""
    # Heroku prescribes SHA-1 here; it is the reason for the user-scoped token.
    return hashlib.sha1(f"{id}:{salt}:{timestamp}".encode(), usedforsecurity=False).hexdigest()


def user_scoped_token(resource_id: str, salt: str, timestamp: str, user_id: str, email: str) -> str:
    """The hash that also covers the user, §5.3."""
    return hashlib.sha256(f"{resource_id}:{salt}:{timestamp}:{user_id}:{email}".encode()).hexdigest()


def check_fresh(timestamp: str, now: datetime, window: int, skew: int) -> None:
    """Raise Forbidden unless the timestamp (Unix seconds, decimal) is at most `window` seconds old, and at most
    `skew` seconds ahead of our clock."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise Forbidden(f"cannot log in: the form has no timestamp in Unix seconds; {AGAIN}")
    age = int(now.timestamp()) - int(timestamp)
    if age > window:
        raise Forbidden(f"cannot log in: this link is {age} seconds old and was good for {window}; {AGAIN}")
    if age < -skew:
        raise Forbidden(f"cannot log in: this link's time lies {-age} seconds in the future; {AGAIN}")


def check_tokens(form: Mapping[str, str], salts: Iterable[tuple[str, str]]) -> Login:
    """The login of a form, when every token in it is right under one (slug, salt). Raises Forbidden.

    A form that names two resources, or holds one wrong token beside right ones, is not Heroku's.
    """
    resource_id, id = form.get("resource_id", ""), form.get("id", "")
    tokens = tuple(form[name] for name in (USER_SCOPED, SCOPED, LEGACY) if name in form)
    if tokens and not (resource_id and id and resource_id != id):
        for slug, salt in salts:
            expected = _expected(form, salt)
            matches = [same(given, right) for given, right in zip(tokens, expected, strict=True)]
            if all(matches):
                return Login(slug, resource_id or id, tokens)
    raise Forbidden(f"cannot log in: the signature of this link is wrong; {AGAIN}")


def _expected(form: Mapping[str, str], salt: str) -> list[str]:
    """What the tokens present should be, strongest first."""
    resource_id, timestamp = form.get("resource_id", ""), form.get("timestamp", "")
    user_id, email = form.get("user_id", ""), form.get("email", "")
    made = {
        USER_SCOPED: user_scoped_token(resource_id, salt, timestamp, user_id, email),
        SCOPED: legacy_token(resource_id, salt, timestamp),
        LEGACY: legacy_token(form.get("id", ""), salt, timestamp),
    }
    return [right for name, right in made.items() if name in form]


@sso.post("/heroku/sso")
def login() -> ResponseReturnValue:
    """A signed form in; a session and a redirect to the dashboard out. 403, 404 or 410 as a page (§5.4)."""
    service = current()
    form = request.form
    check_fresh(form.get("timestamp", ""), service.clock.now(), service.settings.sso_window, service.settings.sso_skew)
    found = check_tokens(form, [(slug, addon.identity.sso_salt) for slug, addon in service.addons.items()])
    with service.store.write() as tx:
        resource = find(tx, found.resource_id.lower(), found.slug)
        if service.settings.sso_refuse_replay:
            _use_once(service, tx, found)
        service.inbox.add(tx, found.slug, resource.uuid, "POST", request.path, dict(form), 302, None)
    shown = {name: form.get(name, "") for name in ("email", "user_id", "app", "context_app")}
    open_session(resource.uuid, shown)
    return redirect(url_for("dashboard.show", uuid=resource.uuid), 302)


def _use_once(service: Service, tx: Tx, found: Login) -> None:
    """Raise Forbidden when the form's strongest token was used before.

    All of its tokens are remembered, so that a copied form stripped down to a weaker token is of no use.
    """
    now = service.clock.now()
    kept = timedelta(seconds=service.settings.sso_window + service.settings.sso_skew + 60)
    tx.run("DELETE FROM sso_seen WHERE seen_at < ?", stamp(now - kept))
    added = [
        tx.run("INSERT OR IGNORE INTO sso_seen (token, seen_at) VALUES (?, ?)", token_hash(token), stamp(now))
        for token in found.tokens
    ]
    if added[0] == 0:
        raise Forbidden(f"cannot log in: this link was used before; {AGAIN}")
