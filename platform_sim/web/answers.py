"""Answers that every door gives in the same shape, what every door reads, and who asks."""

import base64
import binascii
import functools
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Request, Response, request
from werkzeug.exceptions import HTTPException

from platform_sim.core import errors
from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.web.context import Doors

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Response])

NO_LENGTH = (None, "", "0")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FAILED = "The simulator failed; its own log has the trace."
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


def door(shape: Callable[[errors.PlatformError], Response] = error_response) -> Callable[[View], View]:
    """For views outside the API: errors are answered in `shape`, a bug as a 500 in our words with a trace in our log.

    The log names the view, never the path: upload URLs are secrets.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def answer(*arguments: Any, **path: Any) -> Response:
            try:
                return view(*arguments, **path)
            except errors.PlatformError as problem:
                return shape(problem)
            except HTTPException:
                raise  # Flask's own refusals: the application puts them in our shape
            except Exception:
                log.exception("cannot answer %s %s", request.method, view.__name__)
                return shape(errors.Internal(FAILED))

        return answer  # type: ignore[return-value]

    return wrap


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


def asking_actor(doors: Doors) -> Actor:
    """Who the request's token stands for; Unauthorized without a good one."""
    token = token_of(request.headers.get("Authorization"))
    with doors.database.snapshot() as rows:
        return actor_for_token(rows, token)


def asking_customer(doors: Doors, what: str) -> Actor:
    """Like `asking_actor`, but Forbidden for a partner's token."""
    actor = asking_actor(doors)
    customers_only(actor, what)
    return actor


def only_local_names() -> None:
    """Refuse Host names that are not this machine's: a web page elsewhere must not reach us by a name of its own."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if host.lower() not in LOCAL_NAMES:
        raise errors.Forbidden("This page is only for browsers on this machine: open it as http://localhost:PORT/.")
