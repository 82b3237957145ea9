"""What a customer lets act in its name: authorizations, their tokens, and OAuth clients (heroku-cli)."""

from platform_sim.core.actions import authorizations, clients, sessions
from platform_sim.core.model.accounts import Authorization, OauthClient
from platform_sim.core.public import authorizations as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import identity, list_of, part, text, whole
from platform_sim.web.api.call import Call, Json

CREATE = {"description": text, "scope": list_of(text), "expires_in": whole, "client": identity}
UPDATE = {"description": text, "client": part({"id": text, "secret": text}, ("id", "secret"))}
CLIENT = {"name": text, "redirect_uri": text}


def _one(call: Call, rows: Snapshot) -> Authorization:
    return authorizations.authorization_named(rows, call.actor, call.path["oauth-authorization"])


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /oauth/authorizations."""
    return [public.authorization(rows, each) for each in authorizations.authorizations_of(rows, call.actor)]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /oauth/authorizations/:id."""
    return public.authorization(rows, _one(call, rows))


def create(call: Call, tx: Transaction) -> Json:
    """POST /oauth/authorizations; with Basic credentials too, which is how `heroku login -i` asks (heroku-cli §3):
    with e-mail and password it is a session."""
    wish = call.body
    made = authorizations.create_authorization(
        tx,
        call.actor,
        description=wish.get("description"),
        scope=wish.get("scope"),
        expires_in=wish.get("expires_in"),
        client=wish.get("client"),
    )
    if call.actor.logs_in and made.client_id is None:
        sessions.begin_session(tx, made)
    return public.authorization(tx, made)


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /oauth/authorizations/:id."""
    client = call.body.get("client")
    changed = authorizations.update_authorization(
        tx,
        _one(call, tx),
        description=call.body.get("description"),
        client=(client["id"], client["secret"]) if client else None,
    )
    return public.authorization(tx, changed)


def regenerate(call: Call, tx: Transaction) -> Json:
    """POST /oauth/authorizations/:id/actions/regenerate-tokens."""
    return public.authorization(tx, authorizations.regenerate(tx, _one(call, tx)))


def revoke(call: Call, tx: Transaction) -> Json:
    """DELETE /oauth/authorizations/:id answers with the authorization as it was."""
    found = _one(call, tx)
    body = public.authorization(tx, found)
    authorizations.revoke_authorization(tx, call.actor, found)
    return body


def delete_token(call: Call, tx: Transaction) -> Json:
    """DELETE /oauth/tokens/:id answers with the token as it was."""
    owner, token = authorizations.delete_token(tx, call.actor, call.path["oauth-token"])
    return public.ended_token(tx, owner, token)


def _client(call: Call, rows: Snapshot) -> OauthClient:
    return clients.client_named(rows, call.actor, call.path["oauth-client"])


def list_clients(call: Call, rows: Snapshot) -> Json:
    """GET /oauth/clients."""
    return [public.client(each) for each in clients.clients_of(rows, call.actor)]


def client_info(call: Call, rows: Snapshot) -> Json:
    """GET /oauth/clients/:id."""
    return public.client(_client(call, rows))


def create_client(call: Call, tx: Transaction) -> Json:
    """POST /oauth/clients."""
    return public.client(clients.create_client(tx, call.actor, call.body["name"], call.body["redirect_uri"]))


def update_client(call: Call, tx: Transaction) -> Json:
    """PATCH /oauth/clients/:id."""
    name, uri = call.body.get("name"), call.body.get("redirect_uri")
    return public.client(clients.update_client(tx, call.actor, _client(call, tx), name, uri))


def rotate_client(call: Call, tx: Transaction) -> Json:
    """POST /oauth/clients/:id/actions/rotate-credentials."""
    return public.client(clients.rotate_secret(tx, call.actor, _client(call, tx)))


def delete_client(call: Call, tx: Transaction) -> Json:
    """DELETE /oauth/clients/:id answers with the client as it was."""
    found = _client(call, tx)
    clients.delete_client(tx, call.actor, found)
    return public.client(found)
