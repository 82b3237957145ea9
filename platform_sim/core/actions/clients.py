"""OAuth clients: programs that customers may let act for them (heroku-cli: clients)."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.accounts import revoke
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import AccessToken, Authorization, OauthClient
from platform_sim.core.model.drains import is_loopback
from platform_sim.core.store import Snapshot, Transaction

LONGEST_NAME = 256
LONGEST_URI = 2000


def clients_of(rows: Snapshot, actor: Actor) -> list[OauthClient]:
    """Those that a customer has made, oldest first."""
    return rows.all(OauthClient, account_id=actor.account.id)


def client_named(rows: Snapshot, actor: Actor, identity: str) -> OauthClient:
    """One of them by id; NotFound for all others: only who has made a client sees its secret."""
    found = rows.find(OauthClient, id=identity, account_id=actor.account.id)
    if found is None:
        raise NotFound("client", "Couldn't find that OAuth client.")
    return found


def client_by_id(rows: Snapshot, identity: str) -> OauthClient:
    """Anybody's client, for who wants to let it act."""
    found = rows.find(OauthClient, id=identity)
    if found is None:
        raise NotFound("client", "Couldn't find that OAuth client.")
    return found


def has_secret(client: OauthClient, given: str) -> bool:
    """Whether somebody knows the client's secret."""
    return hmac.compare_digest(client.secret.encode(), given.encode())


def create_client(tx: Transaction, actor: Actor, name: str, redirect_uri: str) -> OauthClient:
    """A new client with a new secret; InvalidParams for a name or an address that cannot be used."""
    customers_only(actor, "make OAuth clients")
    now = tx.now()
    client_id = tx.uuid("oauth-client", actor.account.id)
    made = OauthClient(
        client_id, actor.account.id, _name(name), _uri(redirect_uri), tx.uuid("oauth-secret", client_id), now, now
    )
    tx.insert(made)
    _tell(tx, "create", actor, made)
    return made


def update_client(
    tx: Transaction, actor: Actor, client: OauthClient, name: str | None, redirect_uri: str | None
) -> OauthClient:
    """Another name or address; None leaves it."""
    changes = {"name": name and _name(name), "redirect_uri": redirect_uri and _uri(redirect_uri)}
    changes = {field: value for field, value in changes.items() if value is not None}
    client = tx.update(client, **changes)
    _tell(tx, "update", actor, client)
    return client


def rotate_secret(tx: Transaction, actor: Actor, client: OauthClient) -> OauthClient:
    """A new secret; access tokens end at once and are refreshed with it, as a partner's are (partner-api §0)."""
    held = [each.id for each in tx.all(Authorization, client_id=client.id)]
    tx.delete_where(AccessToken, authorization_id=held)
    client = tx.update(client, secret=tx.uuid("oauth-secret", client.id))
    _tell(tx, "update", actor, client)
    return client


def delete_client(tx: Transaction, actor: Actor, client: OauthClient) -> None:
    """End a client, and whatever customers have let it do."""
    for authorization in tx.all(Authorization, client_id=client.id, revoked_at=None):
        revoke(tx, authorization)
    _tell(tx, "destroy", actor, client)
    tx.delete(client)


def _tell(tx: Transaction, action: Any, actor: Actor, client: OauthClient) -> None:
    tx.record("oauth-client", action, client.id, actor.account, {"name": client.name})


def _name(name: str) -> str:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidParams(f"name must have 1 to {LONGEST_NAME} characters.")
    return name


def _uri(uri: str) -> str:
    """https anywhere, http on this machine only."""
    wrong = InvalidParams(
        f"redirect_uri must be an https URL of at most {LONGEST_URI} characters, or http on this machine."
    )
    if len(uri) > LONGEST_URI or not uri.isascii() or not uri.isprintable() or " " in uri:
        raise wrong
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        raise wrong from None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        raise wrong
    return uri
