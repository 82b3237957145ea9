"""`GET /api/v4/current-status` of status.heroku.com (heroku-cli §14, §15). No token."""

from flask import Blueprint, Response

from platform_sim.core.public.incidents import current_status
from platform_sim.web.answers import error_response, errors_as, json_response
from platform_sim.web.context import Doors


def status_blueprint(doors: Doors) -> Blueprint:
    """The one question there is."""
    blueprint = Blueprint("status", __name__)
    errors_as(blueprint, error_response)

    @blueprint.get("/api/v4/current-status")
    def status() -> Response:
        with doors.database.snapshot() as rows:
            return json_response(current_status(rows, doors.addresses.base))

    return blueprint
