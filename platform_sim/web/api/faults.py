"""What goes wrong on purpose with a call to the API (docs/faults.md). `/sim` is no part of it: what an operator has
asked for can always be taken back. Without faults: one look at a set."""

from collections.abc import MutableMapping

from flask import Request

from platform_sim.core import errors
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.fault_facts import facts_of_addon, facts_of_app
from platform_sim.core.actions.faults import take
from platform_sim.core.actions.oauth import revoke_access_tokens
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.faults import Facts
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import token_of
from platform_sim.web.api.call import Call
from platform_sim.web.api.routes import Route
from platform_sim.web.context import Doors
from platform_sim.web.workers import waiting

SLOW = "api-slow"
RATE_LIMIT = "api-rate-limit"
REFUSALS = {
    "api-unavailable": "The API is unavailable for a moment. Nothing was done: try again.",
    "api-maintenance": "The API is undergoing maintenance. Nothing was done: try again when it is over.",
}
KINDS = frozenset({SLOW, RATE_LIMIT, *REFUSALS})
"""What happens to a call that would be answered else."""
REVOKED = "token-revoked"

TOO_MANY = "Your account reached the API rate limit\nPlease wait a few minutes before making new requests"


def revoke_token(doors: Doors, request: Request) -> None:
    """Before anybody looks at the token: if it is a partner's, its authorization's access tokens may end here."""
    database = doors.database
    header = request.headers.get("Authorization")
    if REVOKED not in database.faults or not header:
        return
    with database.snapshot() as rows:
        try:
            actor = actor_for_token(rows, token_of(header))
        except errors.Unauthorized:
            return  # it is as bad as it can be
        if not actor.is_partner:
            return
        authorization = rows.get(Authorization, actor.authorization_id)
        facts = facts_of_addon(rows, actor.addon_id)
    if take(database, (REVOKED,), {**facts, "method": request.method, "path": request.path}):
        with database.transaction() as tx:
            revoke_access_tokens(tx, authorization)


def meet(call: Call, route: Route, headers: MutableMapping[str, str]) -> None:
    """What is to happen to this call happens: it waits, or the error that it is answered with is raised. With no
    transaction open, and before anything was done."""
    database = call.doors.database
    with database.snapshot() as rows:
        facts = _facts(call, rows)
    slow = take(database, (SLOW,), facts)
    if slow is not None:
        # The wall's seconds: who has asked waits at a socket, whatever the platform's clock does.
        with waiting():
            call.doors.stopping.wait(slow.amount)
    kinds = REFUSALS.keys() if route.free else REFUSALS.keys() | {RATE_LIMIT}
    fault = take(database, kinds, facts)
    if fault is None:
        return
    if fault.kind == RATE_LIMIT:
        headers["RateLimit-Remaining"] = "0"
        raise errors.RateLimited(TOO_MANY)
    raise errors.Unavailable(REFUSALS[fault.kind])


def _facts(call: Call, rows: Snapshot) -> Facts:
    """A customer's call says of what it is, a partner's also whose."""
    known: Facts = {"method": call.request.method, "path": call.request.path}
    if call.actor:
        known = {**facts_of_addon(rows, call.actor.addon_id), **known}
    given = call.path.get("app")
    app = (rows.find(App, name=given) or rows.find(App, id=given)) if given else None
    if app is not None:
        known = {**known, **facts_of_app(rows, app.id)}
    given = call.path.get("add-on")
    addon = (rows.find(Addon, name=given) or rows.find(Addon, id=given)) if given else None
    return {**known, "addon": (addon.name, addon.id)} if addon else known
