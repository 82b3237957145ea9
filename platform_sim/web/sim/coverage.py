"""`/sim/coverage`: what of the contract this run has touched."""

from flask import Blueprint, Response, request

from platform_sim.core.errors import InvalidParams
from platform_sim.web.answers import json_response
from platform_sim.web.context import Doors

OFF = "Nobody watches this platform. Start it with `platform-sim up --coverage`."


def add_coverage_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The route, on the blueprint of `/sim`."""

    @blueprint.get("/coverage")
    def coverage() -> Response:
        if doors.coverage is None:
            raise InvalidParams(OFF)
        whole_api, played = (request.args.get(name) == "true" for name in ("api", "scripted"))
        return json_response(doors.coverage(whole_api=whole_api, played=played))
