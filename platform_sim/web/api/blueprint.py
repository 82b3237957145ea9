"""The API as one Flask rule: what no other door has is looked up in the table."""

from flask import Blueprint, Response, request

from platform_sim.web.api.dispatch import Dispatch
from platform_sim.web.context import Doors

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def api_blueprint(doors: Doors) -> Blueprint:
    """All rows of the table."""
    blueprint = Blueprint("api", __name__)
    dispatch = Dispatch(doors)

    @blueprint.route("/<path:_>", methods=METHODS, provide_automatic_options=False)
    def api(_: str) -> Response:
        # The request itself: each look through Flask's proxy costs, and there are a dozen.
        return dispatch.run(request._get_current_object())  # type: ignore[attr-defined]

    return blueprint
