"""Answers that every door gives in the same shape, what every door reads, and who asks."""

import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Callable, Mapping

from flask import Request, Response, request
from flask.sansio.scaffold import Scaffold
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from platform_sim.core import errors
from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.accounts import actor_for_token, service_for_password
from platform_sim.core.actions.logins import who_logs_in
from platform_sim.core.model.addons import AddonService
from platform_sim.core.model.scopes import GLOBAL
from platform_sim.core.store import RowsReplaced, Snapshot
from platform_sim.web.context import Doors

log = logging.getLogger(__name__)

NO_LENGTH = (None, "", "0")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
NO_CREDENTIALS = (
    "There were no credentials in your `Authorization` header. Try `Authorization: Bearer <OAuth access token>` "
    'or `Authorization: Basic <base64-encoded email + ":" + password>`.'
)


_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def dump(value: object) -> bytes:
    """Public JSON as bytes."""
    return _ENCODE(value).encode()


def etag(body: bytes) -> str:
    """A quoted tag of 32 hex digits (platform-api §4.4)."""
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def json_response(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(dump(value), status, dict(headers or {}), content_type="application/json")


def error_response(problem: errors.PlatformError, headers: Mapping[str, str] | None = None) -> Response:
    """Heroku's error shape (platform-api §4.3)."""
    return json_response(problem.body(), problem.status, headers)


def as_platform_error(problem: Exception, what: str | None = None) -> errors.PlatformError:
    """What the one who asks may know of any error; a bug of ours is a 500 in our words and a trace in our log.

    The log names `what` (default: the view), never the path: upload URLs are secrets.
    """
    if isinstance(problem, errors.PlatformError):
        return problem
    if isinstance(problem, RowsReplaced):
        return errors.Conflict(
            "The platform was put back to a snapshot meanwhile: look at what is there now, ask again."
        )
    if isinstance(problem, NotFound | MethodNotAllowed):
        return errors.EndpointNotFound()
    if isinstance(problem, RequestEntityTooLarge):
        return errors.TooLarge("The request body is too large.")
    if isinstance(problem, HTTPException) and problem.code is not None and problem.code < 500:
        return errors.BadRequest(f"The request cannot be understood: {problem.description}")
    log.error("cannot answer %s", what or f"{request.method} {request.endpoint}", exc_info=problem)
    return errors.Internal("The simulator failed; its own log has the trace.")


def errors_as(scaffold: Scaffold, shape: Callable[[errors.PlatformError], Response]) -> None:
    """Answer every error of a blueprint's views (or of the application) in `shape`."""
    scaffold.register_error_handler(Exception, lambda problem: shape(as_platform_error(problem)))


def read_body(asked: Request, limit: int) -> bytes:
    """The whole body; TooLarge for more than `limit` bytes, which are then not read."""
    if asked.environ.get("CONTENT_LENGTH") in NO_LENGTH:
        # Without a length there is a body only if the server found its end itself (chunked).
        return asked.stream.read(limit + 1) if asked.environ.get("wsgi.input_terminated") else b""
    size = asked.content_length or 0
    if size > limit:
        raise errors.TooLarge(f"The request body has {size} bytes; at most {limit} are read.")
    return asked.get_data(cache=False)


def token_of(header: str | None) -> str:
    """Bearer token, or the password of Basic with any user name (platform-api §4.1)."""
    kind, _, value = (header or "").strip().partition(" ")
    value = value.strip()
    if kind.lower() == "bearer" and value:
        return value
    if kind.lower() == "basic" and value:
        user, password = basic(value)
        if password or user:
            return password or user
    raise errors.Unauthorized(NO_CREDENTIALS)


def basic(value: str) -> tuple[str, str]:
    """User and password of the value of a Basic header; Unauthorized if it is not base64 of text."""
    try:
        decoded = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise errors.Unauthorized("The Basic credentials cannot be read: send base64 of user:token.") from None
    user, _, password = decoded.partition(":")
    return user, password


def logging_in(rows: Snapshot, asked: Request) -> Actor:
    """Who a token stands for, in any of its forms, or else an e-mail with its password (heroku-cli §3).

    A password is not taken from a page: the API may be called from any, and a password can be guessed, a token cannot.
    """
    header = asked.headers.get("Authorization")
    token = token_of(header)
    try:
        return actor_for_token(rows, token)
    except errors.Unauthorized:
        kind, _, value = (header or "").strip().partition(" ")
        if kind.lower() != "basic":
            raise
        if "Origin" in asked.headers:
            raise errors.Forbidden("A web page cannot log in with a password here: give it a token.") from None
        return who_logs_in(rows, *basic(value.strip()), asked.headers.get("Heroku-Two-Factor-Code"))


def asking_actor(doors: Doors) -> Actor:
    """Who the request's token stands for; Unauthorized without a good one."""
    token = token_of(request.headers.get("Authorization"))
    with doors.database.snapshot() as rows:
        return actor_for_token(rows, token)


def asking_customer(doors: Doors, what: str) -> Actor:
    """Like `asking_actor`, but Forbidden for a partner's token, and for one that is limited to a scope."""
    actor = asking_actor(doors)
    customers_only(actor, what)
    if GLOBAL not in actor.scope:
        raise errors.Forbidden(
            f"This token's scope ({', '.join(actor.scope)}) is too narrow to {what}: it takes global."
        )
    return actor


def asking_service(doors: Doors) -> AddonService:
    """The service whose manifest's id and password the request holds as Basic; Unauthorized without them."""
    kind, _, value = request.headers.get("Authorization", "").strip().partition(" ")
    user, password = basic(value.strip()) if kind.lower() == "basic" else ("", "")
    with doors.database.snapshot() as rows:
        return service_for_password(rows, user, password)


def only_local_names(*also: str) -> None:
    """Refuse Host names that are not this machine's: a web page elsewhere must not reach us by a name of its own.

    `also`: names of Heroku's under which the door answers, which only a proxy leads here.
    """
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if host.lower() not in LOCAL_NAMES.union(also):
        raise errors.Forbidden("This page is only for browsers on this machine: open it as http://localhost:PORT/.")


def check_origin() -> None:
    """Refuse forms that a page of another site has sent. Programs that are no browsers say nothing of that."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
    if (origin is not None and origin.partition("://")[2] != request.host) or site != "same-origin":
        raise errors.Forbidden("This was sent from a page of another site. Nothing was done.")
