"""`GET /vendor/resources/:uuid/oauth-grant`: a new grant where the first one was missed (partner-api §3.2)."""

from flask import Blueprint, Response

from platform_sim.core.actions.oauth import fresh_grant
from platform_sim.core.public.accounts import grant
from platform_sim.web.answers import asking_service, error_response, errors_as, json_response
from platform_sim.web.context import Doors


def vendor_blueprint(doors: Doors) -> Blueprint:
    """All of `/vendor`."""
    blueprint = Blueprint("vendor", __name__, url_prefix="/vendor")
    errors_as(blueprint, error_response)

    @blueprint.get("/resources/<uuid>/oauth-grant")
    def oauth_grant(uuid: str) -> Response:
        service = asking_service(doors)
        with doors.database.transaction() as tx:
            return json_response(grant(fresh_grant(tx, service, uuid)))

    return blueprint
