"""The pages as an application of their own: made when the first browser comes, since most platforms never see one."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Flask, Response, redirect, render_template, request, send_from_directory

from platform_sim.core import errors
from platform_sim.web.answers import check_origin, errors_as, only_local_names
from platform_sim.web.context import Doors
from platform_sim.web.dashboard import words
from platform_sim.web.dashboard.access import access_pages
from platform_sim.web.dashboard.activity import activity_pages
from platform_sim.web.dashboard.addons import addon_pages
from platform_sim.web.dashboard.again import typed, way_back
from platform_sim.web.dashboard.apps import app_pages
from platform_sim.web.dashboard.clicks import begin_click, end_clicks
from platform_sim.web.dashboard.clock import clock_pages
from platform_sim.web.dashboard.config import config_pages
from platform_sim.web.dashboard.deploy import deploy_pages
from platform_sim.web.dashboard.desk import Desk
from platform_sim.web.dashboard.faults import fault_pages
from platform_sim.web.dashboard.guard import Guard, fence
from platform_sim.web.dashboard.learn import learn_pages
from platform_sim.web.dashboard.logs import log_pages
from platform_sim.web.dashboard.marketplace import marketplace_pages
from platform_sim.web.dashboard.operator import operator_pages
from platform_sim.web.dashboard.ready import COMPILED, PageRule
from platform_sim.web.dashboard.resources import resource_pages
from platform_sim.web.dashboard.scenarios import scenario_pages
from platform_sim.web.dashboard.settings import settings_pages
from platform_sim.web.dashboard.snapshots import snapshot_pages
from platform_sim.web.dashboard.sso_lab import sso_lab_pages
from platform_sim.web.dashboard.timeline import timeline_pages
from platform_sim.web.sso.browser import forget

ROOT = "/dashboard"
TOPICS = (
    app_pages,
    resource_pages,
    addon_pages,
    deploy_pages,
    activity_pages,
    access_pages,
    settings_pages,
    config_pages,
    log_pages,
    marketplace_pages,
    operator_pages,
    clock_pages,
    fault_pages,
    snapshot_pages,
    scenario_pages,
    timeline_pages,
    sso_lab_pages,
    learn_pages,
)
UPLOADS = {"deploy.archive": "source_size_limit", "snapshots.restore": "snapshot_size_limit"}
"""Forms with a file, and the setting that says how long that may be."""
BESIDES = 65_536
"""Bytes of such a form beside the file."""
TITLES = {401: "Who are you?", 403: "You may not", 404: "Not there", 422: "That cannot be done", 423: "Please confirm"}
STATIC = Path(__file__).parent / "static"

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Annex:
    """Before the other doors: what lies at `/dashboard` is answered by the pages, made at the first request."""

    def __init__(self, doors: Doors, others: Wsgi) -> None:
        self._doors = doors
        self._others = others
        self._lock = Lock()
        self._made: Flask | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """See `Wsgi`."""
        path = environ.get("PATH_INFO", "")
        if path == ROOT or path.startswith(ROOT + "/") or (path == "/" and _is_browsing(environ)):
            return self._pages()(environ, start_response)
        return self._others(environ, start_response)

    def _pages(self) -> Flask:
        with self._lock:
            self._made = self._made or create_dashboard(self._doors)
        return self._made


def _is_browsing(environ: dict[str, Any]) -> bool:
    """Whether somebody looks for a page, not a program for the API."""
    return environ["REQUEST_METHOD"] in ("GET", "HEAD") and "text/html" in environ.get("HTTP_ACCEPT", "")


def create_dashboard(doors: Doors) -> Flask:
    """One a platform. Only for browsers on this machine, whatever name a page elsewhere gives to it."""
    app = Flask("platform_sim.web.dashboard", static_folder=None, template_folder="templates")
    app.url_map.merge_slashes = False
    app.url_rule_class = PageRule
    app.config["MAX_CONTENT_LENGTH"] = doors.database.rules.body_size_limit
    app.jinja_env.bytecode_cache = COMPILED
    app.jinja_env.filters.update(price=words.price, moment=words.moment, plain=words.plain)
    app.jinja_env.globals.update(typed=typed)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    desk = Desk(doors, Guard(doors.database.chance.fresh().encode()))
    app.before_request(partial(_let_in, desk))
    app.after_request(fence)
    end_clicks(app)
    errors_as(app, _problem)

    @app.get("/")
    def front_door() -> Response:
        answer = redirect(ROOT)
        assert isinstance(answer, Response)
        answer.headers["Vary"] = "Accept"
        return answer

    @app.get(f"{ROOT}/static/<name>")
    def static(name: str) -> Response:
        answer = send_from_directory(STATIC, name)
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    for topic in TOPICS:
        app.register_blueprint(topic(desk))
    return app


def _let_in(desk: Desk) -> None:
    """Every request; a form is read whole before any rows are held."""
    only_local_names()
    if request.method != "POST":
        return
    check_origin()
    if request.endpoint in UPLOADS:
        _admit_file(getattr(desk.doors.database.rules, UPLOADS[request.endpoint]))
    request.form.to_dict()
    with desk.doors.database.snapshot() as rows:
        account = desk.actor(rows).account
        desk.guard.check_form(account)
    begin_click(desk, account)


def _admit_file(limit: int) -> None:
    """A form with a file may be longer; none of it is held in memory: the file goes into one of its own as it comes."""
    request.max_content_length = limit + BESIDES
    if (request.content_length or 0) > request.max_content_length:
        raise errors.TooLarge(f"The upload has {request.content_length} bytes; at most {limit} are taken.")


def _problem(problem: errors.PlatformError) -> Response:
    message = "There is no such page." if isinstance(problem, errors.EndpointNotFound) else problem.message
    title = TITLES.get(problem.status, "That did not work")
    answer = Response(render_template("problem.html", message=message, title=title, back=way_back()), problem.status)
    return forget(answer) if isinstance(problem, errors.Unauthorized) else answer
