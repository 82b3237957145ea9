"""The one road of every API request: version, token, rate, body, handler, range, tag, headers; errors in one place."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Request, Response

from platform_sim.core import errors
from platform_sim.core.access import Actor
from platform_sim.web.answers import asking_actor, dump, error_response, etag
from platform_sim.web.api import ranges
from platform_sim.web.api.bodies import check, read_json
from platform_sim.web.api.call import Answer, Call
from platform_sim.web.api.routes import Route
from platform_sim.web.context import Doors

log = logging.getLogger(__name__)

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges,Content-Range,ETag,Next-Range,RateLimit-Remaining,Request-Id",
}
"""The API may be called from any page (platform-api §4.4): it knows no cookies, only tokens."""

MEDIA_TYPE = "application/vnd.heroku+json"
NO_VERSION = (
    "Please specify a version along with Heroku's API MIME type. For example, "
    "`Accept: application/vnd.heroku+json; version=3`.\n"
)


def check_version(accept: str | None) -> None:
    """Version 3 and every `3.<variant>` of it are version 3 (platform-api §4.2)."""
    for part in (accept or "").split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        if kind.lower() != MEDIA_TYPE:
            continue
        versions = [p.split("=", 1)[1].strip() for p in parameters if p.lower().startswith("version=")]
        if not versions:
            raise errors.MissingVersion(NO_VERSION)
        if versions[0].split(".")[0] == "3":
            return
        raise errors.NotAcceptable(f"Version {versions[0][:20]} of the API is not available. Use version=3.")
    raise errors.EndpointNotFound()


class Dispatch:
    """Carries requests down the road. One per platform."""

    def __init__(self, doors: Doors, reads: Mapping[str, Route]) -> None:
        """`reads` holds the GET route of each URL rule, for `If-Match`."""
        self.doors = doors
        self._reads = reads

    def run(self, route: Route, request: Request, path: Mapping[str, str]) -> Response:
        """Answer one request; never raises: an unexpected error is a 500 in our words and a trace in our log."""
        headers = dict(CORS)
        try:
            check_version(request.headers.get("Accept"))
            actor = self._actor(route)
            if actor is not None:
                self._pay(route, actor, headers)
            if route.handler is None:
                raise errors.NotSimulated(
                    f"{route.method} {route.path} ({route.title}) is published by Heroku but not simulated here. "
                    "See docs/api-coverage.md for what is."
                )
            body = read_json(request.get_data(cache=False), self.doors.database.rules.body_size_limit)
            fields = check(body, route.fields, route.required) if route.fields is not None else body
            call = Call(self.doors, actor or _NOBODY, path, fields, request.headers, request.args.to_dict())
            if "If-Match" in request.headers and route.mode != "read":
                self._match(request, call)
            result = self._handle(route, call)
            return self._answer(route, request, result, headers)
        except errors.PlatformError as problem:
            return error_response(problem, headers)
        except Exception:
            log.exception("cannot answer %s %s", route.method, route.path)
            return error_response(errors.Internal("The simulator failed; its own log has the trace."), headers)

    def _actor(self, route: Route) -> Actor | None:
        if route.open:
            return None
        actor = asking_actor(self.doors)
        if actor.is_partner and route.simulated and not route.partner:
            raise errors.Forbidden(
                f"A partner's token cannot use {route.method} {route.path}. "
                "It reaches its own add-on instance and the apps it is attached to."
            )
        return actor

    def _pay(self, route: Route, actor: Actor, headers: dict[str, str]) -> None:
        rules = self.doors.database.rules
        now = self.doors.database.clock.now().timestamp()
        cost = 0 if route.free else 1
        pool = actor.addon_id or actor.account.id
        left = self.doors.pools.left(pool, now, rules.rate_limit, rules.rate_limit_per_minute, cost)
        headers["RateLimit-Remaining"] = str(max(left, 0))
        if left < 0:
            raise errors.RateLimited(
                "Your account reached the API rate limit\nPlease wait a few minutes before making new requests"
            )

    def _handle(self, route: Route, call: Call) -> Any:
        assert route.handler is not None, "checked on the road"
        if route.mode == "late":
            return route.handler(call)
        if route.mode == "write":
            with self.doors.database.transaction() as tx:
                return route.handler(call, tx)
        with self.doors.database.snapshot() as rows:
            return route.handler(call, rows)

    def _match(self, request: Request, call: Call) -> None:
        """`If-Match`: write only if the resource still is what the client has seen (platform-api §4.4)."""
        sibling = self._reads.get(str(request.url_rule))
        if sibling is None or sibling.handler is None:
            return
        with self.doors.database.snapshot() as rows:
            tag = etag(dump(sibling.handler(call, rows)))
        if request.headers["If-Match"].strip() not in (tag, "*"):
            raise errors.PreconditionFailed(
                "The resource has changed since you read it (If-Match does not match its ETag). Read it again."
            )

    def _answer(self, route: Route, request: Request, result: Any, headers: dict[str, str]) -> Response:
        status = route.status
        if isinstance(result, Answer):
            headers |= result.headers
            status, result = result.status, result.body
        if route.sortable and isinstance(result, list):
            cut = ranges.cut(result, ranges.parse(request.headers.get("Range")), route.sortable)
            result, status = cut.items, cut.status
            headers |= cut.headers
        body = dump(result)
        if request.method in ("GET", "HEAD"):
            headers["ETag"] = etag(body)
            if headers["ETag"] in _tags(request.headers.get("If-None-Match")):
                return Response(status=304, headers=headers)
        return Response(body, status, headers, content_type="application/json")


_NOBODY: Any = None
"""Open routes have no actor; their handlers do not look at one."""


def _tags(header: str | None) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in (header or "").split(",")}
