"""The one road of every API request: version, token, rate, body, handler, range, tag, headers; errors in one place."""

from contextlib import nullcontext
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Request, Response

from platform_sim.core import errors
from platform_sim.core.access import Actor, app_named, check_permitted, check_standing
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.exchanges import Incoming
from platform_sim.core.actions.logins import check_app
from platform_sim.core.model import permissions, scopes
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import as_platform_error, dump, error_response, etag, logging_in, read_body, token_of
from platform_sim.web.api import faults, ranges
from platform_sim.web.api.bodies import check, read_json
from platform_sim.web.api.call import Answer, Call
from platform_sim.web.api.matching import Found, find
from platform_sim.web.api.recorded import incoming, recorded
from platform_sim.web.api.routes import Route
from platform_sim.web.context import Doors
from platform_sim.web.stopwatch import stopwatch

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges,Content-Range,ETag,Next-Range,RateLimit-Remaining,Request-Id",
}
"""The API may be called from any page (platform-api §4.4): it knows no cookies, only tokens."""

PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept,Accept-Expansion,Accept-Inclusion,Authorization,Content-Type,"
    "Heroku-Two-Factor-Code,If-Match,If-None-Match,Range,Request-Id,X-Heroku-Legacy-Provider-Messages,X-Http-Method-Override",
    "Access-Control-Max-Age": "600",
}
"""What a browser wants to know before it lets a page send a token."""

MEDIA_TYPE = "application/vnd.heroku+json"
NO_VERSION = (
    "Please specify a version along with Heroku's API MIME type. For example, "
    "`Accept: application/vnd.heroku+json; version=3`.\n"
)


@lru_cache(maxsize=256)
def check_version(accept: str | None) -> None:
    """Version 3 and every `3.<variant>` of it are version 3 (platform-api §4.2)."""
    for part in (accept or "").split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        if kind.lower() != MEDIA_TYPE:
            continue
        versions = [p.split("=", 1)[1].strip(' "') for p in parameters if p.lower().startswith("version=")]
        if not versions:
            raise errors.MissingVersion(NO_VERSION)
        if versions[0].split(".")[0] == "3":
            return
        raise errors.NotAcceptable(f"Version {versions[0][:20]} of the API is not available. Use version=3.")
    raise errors.EndpointNotFound()


class Dispatch:
    """Carries requests down the road. One per platform."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors

    def run(self, request: Request) -> Response:
        """Answer one request, whatever happens."""
        headers = dict(CORS)
        row = ""
        try:
            found = find(_path(request))
            if request.method == "OPTIONS":
                return _preflight(found)
            route = found.rows.get("GET" if request.method == "HEAD" else request.method)
            if route is None:
                raise errors.EndpointNotFound
            row = route.path
            return self._road(request, found, route, headers)
        except Exception as problem:
            return error_response(as_platform_error(problem, f"{request.method} {row}"), headers)

    def _road(self, request: Request, found: Found, route: Route, headers: dict[str, str]) -> Response:
        check_version(request.headers.get("Accept"))
        # Read first: nothing may wait for a client's bytes while it holds rows.
        raw = read_body(request, self.doors.database.rules.body_size_limit)
        elapsed = stopwatch()
        database = self.doors.database
        faulty = bool(database.faults)
        if faulty:
            faults.revoke_token(self.doors, request)
            faulty = not database.faults.isdisjoint(faults.KINDS)
        with database.snapshot() as rows:
            call = self._call(rows, request, found, route, raw, headers)
            entry = incoming(call, route, raw, elapsed, rows) if route.mode != "read" else None
            result = self._read(route, call, rows) if entry is None and not faulty else None
        if entry is not None:
            with recorded(call, entry) if call.actor else nullcontext():
                if faulty:
                    faults.meet(call, route, headers)
                result = self._write(route, call, found.rows.get("GET"), entry)
        elif faulty:
            faults.meet(call, route, headers)
            with database.snapshot() as rows:
                result = self._read(route, call, rows)
        return self._answer(route, request, result, headers)

    def _read(self, route: Route, call: Call, rows: Snapshot) -> Any:
        return route.handler(call, rows) if route.handler else None

    def _call(
        self, rows: Snapshot, request: Request, found: Found, route: Route, raw: bytes, headers: dict[str, str]
    ) -> Call:
        actor = _who(rows, request, route)
        if not route.open:
            _check_may_come(route, actor, headers)
            self._pay(route, actor, headers)
        if not route.simulated:
            raise errors.NotSimulated(
                f"{route.method} {route.path} ({route.title}) is known at Heroku and not simulated here. "
                "See docs/api-coverage.md for what is."
            )
        body = read_json(raw, self.doors.database.rules.body_size_limit)
        fields = check(body, route.fields, route.required) if route.fields is not None else body
        call = Call(self.doors, actor, found.named(route), fields, request)
        _check_permission(rows, route, call)
        if self.doors.database.rules.two_factor_for_apps and _changes_app(route):
            check_app(rows, actor, call.path["app"], call.second_factor)
        return call

    def _pay(self, route: Route, actor: Actor, headers: dict[str, str]) -> None:
        rules = self.doors.database.rules
        now = self.doors.database.clock.now().timestamp()
        cost = 0 if route.free else 1
        pool = actor.addon_id or actor.account.id
        left = self.doors.pools.left(pool, now, rules.rate_limit, rules.rate_limit_per_minute, cost)
        headers["RateLimit-Remaining"] = str(max(left, 0))
        if left < 0:
            raise errors.RateLimited(faults.TOO_MANY)

    def _write(self, route: Route, call: Call, sibling: Route | None, entry: Incoming) -> Any:
        assert route.handler is not None, "checked on the road"
        match = call.headers.get("If-Match")
        if route.mode == "late":
            if match is not None:
                with self.doors.database.snapshot() as rows:
                    _check_match(match, sibling, call, rows)
            result = route.handler(call)
            entry.answered(_status_of(route, result))
            return result
        with self.doors.database.transaction() as tx:
            if match is not None:
                _check_match(match, sibling, call, tx)
            result = route.handler(call, tx)
            entry.answered(_status_of(route, result))
            return result

    def _answer(self, route: Route, request: Request, result: Any, headers: dict[str, str]) -> Response:
        status = route.status
        if isinstance(result, Answer):
            headers |= result.headers
            status, result = result.status, result.body
        if route.sortable:
            cut = ranges.cut(result, ranges.parse(request.headers.get("Range")), route.sortable)
            result, status = cut.items, cut.status
            headers |= cut.headers
        body = dump(result)
        if route.method == "GET":
            headers["ETag"] = etag(body)
            if _names(request.headers.get("If-None-Match"), headers["ETag"]):
                return Response(status=304, headers=headers)
        return Response(body, status, headers, content_type="application/json")


def _status_of(route: Route, result: Any) -> int:
    return result.status if isinstance(result, Answer) else route.status


def _who(rows: Snapshot, request: Request, route: Route) -> Actor:
    if route.open:
        nobody: Actor = _NOBODY
        return nobody
    if route.login:
        return logging_in(rows, request)
    return actor_for_token(rows, token_of(request.headers.get("Authorization")))


def _changes_app(route: Route) -> bool:
    return route.mode != "read" and not route.unguarded and "app" in route.variables


def _check_may_come(route: Route, actor: Actor, headers: dict[str, str]) -> None:
    """What a token is for, before anybody looks at rows: a partner's reach (partner-api §4.1), a customer's scope,
    which the answer names together with what the link takes (platform-api §4.1)."""
    if not actor.is_partner:
        headers["Oauth-Scope"] = " ".join(actor.scope)
        headers["Oauth-Scope-Accepted"] = " ".join(scopes.accepted(route.method, route.path))
        if not scopes.allows(actor.scope, route.method, route.path):
            raise errors.Forbidden(
                f"This token's scope ({', '.join(actor.scope)}) does not cover {route.method} {route.path}: "
                f"it takes {' or '.join(scopes.accepted(route.method, route.path))}."
            )
        if not route.always:
            check_standing(actor.account)
    elif not route.partner:
        raise errors.Forbidden(
            f"A partner's token cannot use {route.method} {route.path}. "
            "It reaches its own add-on instance and the apps it is attached to."
        )
    elif route.ability and route.ability not in actor.abilities:
        raise errors.Forbidden(
            f"A partner's token can use {route.method} {route.path} only if its service was given {route.ability}, "
            "which Heroku does on request. An operator sets it with PUT /sim/services/:service."
        )


def _check_permission(rows: Snapshot, route: Route, call: Call) -> None:
    """What a customer may do with the app in the path, where its role or what it was given says so."""
    needed = permissions.needed(route.method, route.path)
    if needed is not None and not call.actor.is_partner:
        check_permitted(rows, call.actor, app_named(rows, call.actor, call.path["app"]), needed)


def _path(request: Request) -> str:
    """The path as it was sent, still escaped: a log drain's URL stands in one segment (heroku-cli: drains:remove)."""
    sent: str = request.environ.get("REQUEST_URI", "")
    if not sent.startswith("/"):
        return quote(request.path)
    return sent.partition("?")[0].encode("latin-1", "replace").decode("utf-8", "replace")


_NOBODY: Any = None
"""Open routes have no actor; their handlers do not look at one."""


def _preflight(found: Found) -> Response:
    methods = ",".join(sorted({*found.rows, *(["HEAD"] if "GET" in found.rows else []), "OPTIONS"}))
    allowed = {"Access-Control-Allow-Methods": methods, "Allow": methods}
    return Response(status=204, headers=CORS | PREFLIGHT | allowed)


def _check_match(match: str, sibling: Route | None, call: Call, rows: Snapshot) -> None:
    """`If-Match`: write only if the resource still is what the client has seen (platform-api §4.4)."""
    if sibling is None or sibling.handler is None:
        return
    seen = sibling.handler(call, rows)
    if sibling.sortable:
        seen = ranges.cut(seen, ranges.Range(), sibling.sortable).items
    if not _names(match, etag(dump(seen))):
        raise errors.PreconditionFailed(
            "The resource has changed since you read it (If-Match does not match its ETag). Read it again."
        )


def _names(header: str | None, tag: str) -> bool:
    """Whether a list of tags names this one; `*` names any."""
    if header is None:
        return False
    given = [each.strip().removeprefix("W/") for each in header.split(",")]
    return tag in given or "*" in given
