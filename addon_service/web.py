"""What every door shares: Basic auth, JSON bodies in, JSON errors out, the headers on each answer.

It may touch Flask; it decides nothing about resources.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Mapping
from typing import Any, Never
from uuid import UUID

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from addon_service import json_text
from addon_service.addons.base import Addon
from addon_service.errors import BadRequest, EnvironmentProblem, Invalid, ServiceError, Unauthorized
from addon_service.vault import same

log = logging.getLogger("addon_service.web")
# Behind manifest credentials, whatever lies below and whether it exists or not.
BASIC_PREFIXES = ("/heroku/resources", "/admin")
PAGES = ("/dashboard", "/heroku/sso", "/static")
TITLES = {403: "You are not let in", 404: "There is no such add-on", 410: "This add-on is gone"}
_ACCOUNT = re.compile(r"(?<=^/accounts/)[^/]+")
_CSP = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def prepare(app: Flask, addons: Mapping[str, Addon]) -> None:
    """Put the shared rules on the app."""

    @app.before_request
    def _authenticate() -> None:
        if request.path.startswith(BASIC_PREFIXES):
            g.addon = basic_auth(addons)

    @app.after_request
    def _finish(response: Response) -> Response:
        # Answers hold config vars and customers' data: no cache may keep them.
        if not request.path.startswith("/static"):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Content-Security-Policy", _CSP)
        log.info("%s %s -> %d", request.method, _ACCOUNT.sub("[token]", request.path), response.status_code)
        return response

    app.register_error_handler(ServiceError, lambda error: failed(error.status, error.id, error.message))
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(sqlite3.OperationalError, _store_problem)
    app.register_error_handler(Exception, _fault)


def basic_auth(addons: Mapping[str, Addon]) -> Addon:
    """The add-on whose manifest credentials the request carries. Raises Unauthorized (partner-api §2.1).

    Every name and password is compared, in constant time, so that the time tells nothing.
    """
    given = request.authorization
    user = (given.username or "") if given is not None and given.type == "basic" else ""
    password = (given.password or "") if given is not None and given.type == "basic" else ""
    found: Addon | None = None
    for slug, addon in addons.items():
        if same(user, slug) & same(password, addon.identity.password):
            found = addon
    if found is None:
        raise Unauthorized("wrong or missing credentials: use the manifest's id and password as Basic auth")
    return found


def json_object() -> dict[str, Any]:
    """The request's body as a JSON object, whatever its content type says.

    Raises BadRequest when it is not JSON, Invalid when it is JSON of another kind; over the limit Flask raises 413.
    """
    raw = request.get_data()
    try:
        body = json_text.read(raw, _no_constant)
        # A lone surrogate can be written in JSON, but neither stored nor sent.
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    except ValueError:
        raise BadRequest("cannot read the body: it is not valid JSON") from None
    if not isinstance(body, dict):
        raise Invalid("cannot use the body: it must be a JSON object")
    return body


def text(body: dict[str, Any], name: str, *, required: bool = False, within: str = "") -> str | None:
    """A field that is text, or absent or null when not required. Raises Invalid, naming `within` + `name`."""
    value = body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or (required and not value.strip()):
        kind = "a text that is not empty" if required else "a text"
        raise Invalid(f"cannot use '{within}{name}': it must be {kind}")
    return value


def canonical_uuid(value: str) -> str | None:
    """The uuid in its usual spelling, or None when it is none."""
    try:
        found = str(UUID(value))
    except ValueError:
        return None
    return found if found == value.lower() else None


def failed(status: int, id: str, message: str) -> ResponseReturnValue:
    """An error, as a page where people look and as JSON everywhere else."""
    if request.path == "/" or request.path.startswith(PAGES):
        title = TITLES.get(status, "That did not work")
        return render_template("message.html", title=title, status=status, message=message.rstrip(".")), status
    response = jsonify({"id": id, "message": message})
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="addon_service"'
    return response, status


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def _http_problem(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, RequestEntityTooLarge):
        return failed(413, "too_large", "cannot take the body: it is larger than this service allows")
    answer = failed(
        error.code, error.name.lower().replace(" ", "_"), f"cannot {request.method} here: {error.description}"
    )
    response = current_app.make_response(answer)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _store_problem(error: sqlite3.OperationalError) -> ResponseReturnValue:
    log.error("the database failed: %s", error)
    return failed(503, "unavailable", "the database is busy or cannot be written; try again")


def _fault(error: Exception) -> ResponseReturnValue:
    log.error("fault: %s", type(error).__name__, exc_info=error)
    hint = str(error) if isinstance(error, EnvironmentProblem) else "the log of this service says more"
    return failed(500, "internal", f"internal error: {hint}")
