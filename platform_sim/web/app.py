"""The Flask application of all doors: API, id host, registry, SSO gateway, git, uploads, the simulator's own paths."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from platform_sim.core import errors
from platform_sim.web.answers import error_response
from platform_sim.web.api.blueprint import api_blueprint
from platform_sim.web.context import Doors
from platform_sim.web.git.blueprint import git_blueprint
from platform_sim.web.identity.blueprint import identity_blueprint
from platform_sim.web.registry.blueprint import registry_blueprint
from platform_sim.web.sim.blueprint import sim_blueprint
from platform_sim.web.sso.blueprint import sso_blueprint
from platform_sim.web.uploads.blueprint import uploads_blueprint

_REQUEST_ID = re.compile(r"[\w\-., ]{1,8000}")
_METHODS = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"})

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def method_override(app: Wsgi) -> Wsgi:
    """`X-Http-Method-Override` on a POST replaces the method, before Flask picks a rule (platform-api §4.2)."""

    def overridden(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        wanted = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if environ["REQUEST_METHOD"] == "POST" and wanted in _METHODS:
            environ["REQUEST_METHOD"] = wanted
        return app(environ, start_response)

    return overridden


def create_web(doors: Doors) -> Flask:
    """One application per platform."""
    app = Flask("platform_sim", static_folder=None)
    app.url_map.merge_slashes = False
    for make in (
        api_blueprint,
        identity_blueprint,
        registry_blueprint,
        sso_blueprint,
        git_blueprint,
        uploads_blueprint,
        sim_blueprint,
    ):
        app.register_blueprint(make(doors))
    app.register_error_handler(HTTPException, _http_error)

    @app.after_request
    def finish(response: Response) -> Response:
        """Headers of every answer: the trace id, and no caching on the way (platform-api §4.4)."""
        response.headers["Request-Id"] = _request_id(doors)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    app.wsgi_app = method_override(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def _http_error(problem: HTTPException) -> Response:
    """What Flask itself refuses, in the API's shape."""
    if isinstance(problem, NotFound | MethodNotAllowed):
        return error_response(errors.EndpointNotFound())
    if problem.code == 413:
        return error_response(errors.TooLarge("The request body is too large."))
    return error_response(errors.BadRequest(problem.description or "The request cannot be understood."))


def _request_id(doors: Doors) -> str:
    """The client's own (the CLI sends a growing list), or the one the edge gave, or a new one."""
    for name in ("Request-Id", "X-Request-Id"):
        given = request.headers.get(name, "")
        if _REQUEST_ID.fullmatch(given):
            return given
    return doors.database.chance.fresh()
