"""The factory: a Flask app over a wired service. Its workers are started by whoever serves it."""

from __future__ import annotations

from flask import Flask

from addon_service import sessions, web
from addon_service.admin import admin
from addon_service.clock import Clock
from addon_service.dashboard import dashboard
from addon_service.data_api import data_api
from addon_service.datastore.base import Engine
from addon_service.logs.drain_door import drain_door
from addon_service.partner_api import partner_api
from addon_service.pg_door import pg_door
from addon_service.platform_client import Send
from addon_service.service import EXTENSION, Service
from addon_service.settings import Settings
from addon_service.sso import sso
from addon_service.surroundings.webhooks import webhooks
from addon_service.wiring import build


def create_app(
    settings: Settings, clock: Clock | None = None, send: Send | None = None, engine: Engine | None = None
) -> Flask:
    """The partner as a WSGI app. `clock`, `send` and `engine` replace time, network and database server in tests.

    Raises EnvironmentProblem when the data folder cannot be used. `service_of(app)` gives the rooms behind it:
    `start()` begins its duties, `close()` ends them and closes the store.
    """
    service = build(settings, clock, send, engine)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    # "//" in a path is a path of its own: a redirect would be no answer for a program.
    app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = service
    sessions.prepare(app, service)
    web.prepare(app, service.addons)
    for door in (partner_api, pg_door, webhooks, drain_door, data_api, admin, sso, dashboard):
        app.register_blueprint(door)
    return app


def service_of(app: Flask) -> Service:
    """The service behind an app."""
    service: Service = app.extensions[EXTENSION]
    return service
