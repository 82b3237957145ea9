"""The Flask application of all doors: API, id host, login host, registry, SSO gateway, git, uploads, log input,
`/vendor`, buildpacks, status, ours. Before it the pages of the dashboard, an application of their own."""

import re
from collections.abc import Callable, Iterable
from copy import copy
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from platform_sim.web.answers import error_response, errors_as
from platform_sim.web.api.blueprint import api_blueprint
from platform_sim.web.buildpacks.blueprint import buildpacks_blueprint
from platform_sim.web.context import Doors
from platform_sim.web.dashboard.application import Annex
from platform_sim.web.git.blueprint import git_blueprint
from platform_sim.web.here import HERE, belongs_to
from platform_sim.web.identity.blueprint import identity_blueprint
from platform_sim.web.log_input.blueprint import log_input_blueprint
from platform_sim.web.login.blueprint import login_blueprint
from platform_sim.web.registry.blueprint import registry_blueprint
from platform_sim.web.sim.blueprint import sim_blueprint
from platform_sim.web.sso.blueprint import sso_blueprint
from platform_sim.web.status.blueprint import status_blueprint
from platform_sim.web.uploads.blueprint import uploads_blueprint
from platform_sim.web.vendor.blueprint import vendor_blueprint

_REQUEST_ID = re.compile(r"[\w\-., ]{1,8000}", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"})

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Rule(Rule):
    """Finds views and builds no URLs, for which werkzeug would compile two functions a rule."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        return _builds_nothing


def _builds_nothing(*_: object, **__: object) -> tuple[str, str]:
    raise NotImplementedError("rules build no URLs here: see core.model.addresses")


def front(app: Wsgi, new_id: Callable[[], str]) -> Wsgi:
    """What is the same for every answer, whoever gives it, before Flask picks a rule and after it has answered.

    `X-Http-Method-Override` on a POST replaces the method (platform-api §4.2). Each answer has its trace id, and
    is not to be kept on the way (§4.4).
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            wanted = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
            if wanted in _METHODS:
                environ["REQUEST_METHOD"] = wanted
        trace = _request_id(environ) or new_id()

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            headers.append(("Request-Id", trace))
            if not any(name.lower() == "cache-control" for name, _ in headers):
                headers.append(("Cache-Control", "private, no-cache"))
            return start_response(status, headers, *rest)

        return app(environ, start)

    return answer


def _request_id(environ: dict[str, Any]) -> str | None:
    """The client's own (the CLI sends a growing list), or the one the edge gave."""
    for name in ("HTTP_REQUEST_ID", "HTTP_X_REQUEST_ID"):
        given: str = environ.get(name, "")
        if given and _REQUEST_ID.fullmatch(given):
            return given
    return None


@cache
def _application() -> Flask:
    """All rules and views, made once: they hold nothing of any platform."""
    app = Flask("platform_sim", static_folder=None)
    app.url_map.merge_slashes = False
    app.url_rule_class = _Rule
    for make in (
        api_blueprint,
        identity_blueprint,
        login_blueprint,
        registry_blueprint,
        sso_blueprint,
        git_blueprint,
        uploads_blueprint,
        log_input_blueprint,
        vendor_blueprint,
        buildpacks_blueprint,
        status_blueprint,
        sim_blueprint,
    ):
        app.register_blueprint(make(HERE))
    errors_as(app, error_response)
    return app


def create_web(doors: Doors) -> Flask:
    """The application of one platform: a copy of the one there is, with doors of its own (`web.here`)."""
    app = copy(_application())
    belongs_to(app, doors)
    inner = Annex(doors, app.wsgi_app)
    app.wsgi_app = front(inner, doors.database.chance.fresh)  # type: ignore[method-assign, assignment]
    return app
