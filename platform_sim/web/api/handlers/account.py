"""The caller's account, its rate limit, and tokens."""

from platform_sim.core.access import user_named
from platform_sim.core.actions import accounts, oauth
from platform_sim.core.actions.exchanges import keep_token_exchange
from platform_sim.core.actions.oauth_faults import meet_exchange, meet_refresh
from platform_sim.core.errors import InvalidParams
from platform_sim.core.public import accounts as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import OrNull, flag, part, text
from platform_sim.web.api.call import Call, Json
from platform_sim.web.stopwatch import stopwatch

UPDATE = {"name": OrNull(text), "allow_tracking": flag, "beta": flag}


def info(call: Call, rows: Snapshot) -> Json:
    """GET /account."""
    return public.account(call.actor.account)


def user_info(call: Call, rows: Snapshot) -> Json:
    """GET /users/:account; customers see only `~` and themselves."""
    return public.account(user_named(rows, call.actor, call.path["account"]))


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /account."""
    return public.account(accounts.update_account(tx, call.actor.account, **call.body))


def update_user(call: Call, tx: Transaction) -> Json:
    """PATCH /users/:account, of `~` and the caller itself."""
    user_named(tx, call.actor, call.path["account"])
    return update(call, tx)


def list_spaces(call: Call, rows: Snapshot) -> Json:
    """GET /spaces: private spaces cannot be made here, so nobody has one."""
    return []


def rate_limits(call: Call, rows: Snapshot) -> Json:
    """GET /account/rate-limits costs nothing (platform-api §4.4)."""
    rules = call.doors.database.rules
    now = rows.now().timestamp()
    left = call.doors.pools.left(call.actor.account.id, now, rules.rate_limit, rules.rate_limit_per_minute, 0)
    return {"remaining": max(left, 0)}


TOKEN = {
    "client": part({"secret": text}),
    "grant": part({"code": text, "type": text}),
    "refresh_token": part({"token": text}),
}


def create_token(call: Call) -> Json:
    """POST /oauth/tokens: the Platform API's own form of an exchange or a refresh (partner-api §3.1)."""
    secret = call.body.get("client", {}).get("secret", "")
    grant, old = call.body.get("grant", {}), call.body.get("refresh_token", {})
    elapsed, kind = stopwatch(), "refresh_token"
    given = old.get("token", "")
    renews = grant.get("type") == "refresh_token" or bool(given)
    if not renews:
        given, kind = grant.get("code"), "authorization_code"
        if not given:
            raise InvalidParams("Nothing to exchange: send grant.code, or refresh_token.token.")
    (meet_refresh if renews else meet_exchange)(call.doors.database, given, secret)
    with call.doors.database.transaction() as tx:
        tokens = (oauth.refresh if renews else oauth.exchange_grant)(tx, given, secret)
        url = f"{call.at.base}/oauth/tokens"
        keep_token_exchange(tx, tokens, url, kind, elapsed(), given, secret)
        return public.api_tokens(tokens, secret)
