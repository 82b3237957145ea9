"""The caller's account, its rate limit, and tokens."""

from platform_sim.core.actions import oauth
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.public import accounts as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import part, text
from platform_sim.web.api.call import Call, Json


def info(call: Call, rows: Snapshot) -> Json:
    """GET /account."""
    return public.account(call.actor.account)


def user_info(call: Call, rows: Snapshot) -> Json:
    """GET /users/:account; only `~` and the caller itself are visible."""
    return public.account(_myself(call))


def _myself(call: Call) -> Account:
    account = call.actor.account
    if call.path["account"] not in ("~", account.id, account.email):
        raise NotFound("user", "Couldn't find that user.")
    return account


def check_myself(call: Call) -> None:
    """NotFound unless the path's account is the caller."""
    _myself(call)


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


def create_token(call: Call, tx: Transaction) -> Json:
    """POST /oauth/tokens: the Platform API's own form of an exchange or a refresh (partner-api §3.1)."""
    secret = call.body.get("client", {}).get("secret", "")
    grant, old = call.body.get("grant", {}), call.body.get("refresh_token", {})
    if grant.get("type") == "refresh_token" or old.get("token"):
        tokens = oauth.refresh(tx, old.get("token", ""), secret)
    elif grant.get("code"):
        tokens = oauth.exchange_grant(tx, grant["code"], secret)
    else:
        raise InvalidParams("Nothing to exchange: send grant.code, or refresh_token.token.")
    return public.api_tokens(tokens, secret)
