"""Sessions: what a login leaves, each with the authorization that it has made (heroku-cli: sessions)."""

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.authorizations import revoke_authorization, token_of
from platform_sim.core.errors import NotFound
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.logins import OauthSession
from platform_sim.core.store import Snapshot, Transaction

CURRENT = "~"


def begin_session(tx: Transaction, authorization: Authorization) -> OauthSession:
    """Write that an authorization is that of a login."""
    assert authorization.account_id is not None, "a customer's"
    now = tx.now()
    row_id = tx.uuid("oauth-session", authorization.id)
    return tx.insert(
        OauthSession(row_id, authorization.account_id, authorization.id, authorization.description, now, now)
    )


def sessions_of(rows: Snapshot, actor: Actor) -> list[OauthSession]:
    """A customer's own whose token still works, oldest first."""
    customers_only(actor, "see sessions")
    return [each for each in rows.all(OauthSession, account_id=actor.account.id) if _is_live(rows, each)]


def session_named(rows: Snapshot, actor: Actor, identity: str) -> OauthSession:
    """One of them by id, or `~`: the one that is asking; NotFound for all others."""
    for each in sessions_of(rows, actor):
        if each.id == identity or (identity == CURRENT and each.authorization_id == actor.authorization_id):
            return each
    raise NotFound("session", "Couldn't find that session.")


def end_session(tx: Transaction, actor: Actor, session: OauthSession) -> None:
    """Log out: the session's authorization is revoked, with its token."""
    revoke_authorization(tx, actor, tx.get(Authorization, session.authorization_id))


def _is_live(rows: Snapshot, session: OauthSession) -> bool:
    token = token_of(rows, rows.get(Authorization, session.authorization_id))
    return token is not None and (token.expires_at is None or token.expires_at > rows.now())
