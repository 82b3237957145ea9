"""What a customer lets act in its name, in public: authorizations, their tokens, OAuth clients."""

from math import ceil

from platform_sim.core.actions.authorizations import token_of
from platform_sim.core.model.accounts import AccessToken, Account, Authorization, OauthClient
from platform_sim.core.model.apps import App
from platform_sim.core.model.logins import OauthSession, PreAuthorization
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def authorization(rows: Snapshot, row: Authorization) -> Json:
    """`OAuth Authorization`. Times to live are counted on the platform's clock."""
    assert row.account_id is not None, "a customer's"
    user, token = rows.get(Account, row.account_id), token_of(rows, row)
    session = rows.find(OauthSession, authorization_id=row.id)
    return {
        "access_token": None if token is None else _token(rows, token),
        "client": _client_ref(rows, row),
        "created_at": iso(row.created_at),
        "description": row.description,
        "grant": _grant(rows, row),
        "id": row.id,
        "refresh_token": _refresh_token(row) if row.refresh_token else None,
        "scope": row.scope,
        "session": {"id": session.id} if session else None,
        "updated_at": iso(row.updated_at),
        "user": {"email": user.email, "full_name": user.name, "id": user.id},
    }


def _token(rows: Snapshot, token: AccessToken) -> Json:
    left = None if token.expires_at is None else max(0, ceil((token.expires_at - rows.now()).total_seconds()))
    return {"expires_in": left, "id": token.id, "token": token.token}


def _client_ref(rows: Snapshot, row: Authorization) -> Json | None:
    if row.client_id is None:
        return None
    known = rows.get(OauthClient, row.client_id)
    return {"id": known.id, "name": known.name, "redirect_uri": known.redirect_uri}


def _grant(rows: Snapshot, row: Authorization) -> Json | None:
    """A code that can still be exchanged."""
    if row.grant_code is None or row.grant_used_at is not None or row.grant_expires_at is None:
        return None
    left = int((row.grant_expires_at - rows.now()).total_seconds())
    return {"code": row.grant_code, "expires_in": left, "id": row.id} if left > 0 else None


def _refresh_token(row: Authorization) -> Json:
    return {"expires_in": None, "id": row.id, "token": row.refresh_token or ""}


def ended_token(rows: Snapshot, row: Authorization, token: AccessToken) -> Json:
    """`OAuth Token`, as it was. What a customer made for itself had no grant and no refresh token: they are empty."""
    return {
        "access_token": _token(rows, token),
        "authorization": {"id": row.id},
        "client": None,
        "created_at": iso(token.created_at),
        "grant": {"code": row.grant_code or "", "type": "authorization_code"},
        "id": token.id,
        "refresh_token": _refresh_token(row),
        "session": {"id": row.id},
        "updated_at": iso(token.created_at),
        "user": {"id": row.account_id},
    }


def client(row: OauthClient) -> Json:
    """`OAuth Client`; only who has made it sees it."""
    return {
        "created_at": iso(row.created_at),
        "id": row.id,
        "ignores_delinquent": False,
        "name": row.name,
        "redirect_uri": row.redirect_uri,
        "secret": row.secret,
        "updated_at": iso(row.updated_at),
    }


def session(rows: Snapshot, row: OauthSession) -> Json:
    """A session; the published schema has none, so these are the fields that clients know (heroku-cli: sessions)."""
    token = token_of(rows, rows.get(Authorization, row.authorization_id))
    return {
        "created_at": iso(row.created_at),
        "description": row.description,
        "expires_in": None if token is None else _token(rows, token)["expires_in"],
        "id": row.id,
        "updated_at": iso(row.updated_at),
    }


def pre_authorization(app: App, row: PreAuthorization) -> Json:
    """What clients do not look at: only that it worked (heroku-cli §2)."""
    return {
        "app": {"id": app.id, "name": app.name},
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at),
        "id": row.id,
    }
