"""`/sim/services/SLUG/cassette`: what was said between platform and one partner, to keep and to play again."""

from datetime import datetime

from flask import Blueprint, Response, request

from platform_sim.core.actions.catalog import service_named
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.moments import read_moment
from platform_sim.core.public.cassettes import cassette
from platform_sim.web.answers import json_response
from platform_sim.web.context import Doors


def add_cassette_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The route, on the blueprint of `/sim`."""

    @blueprint.get("/services/<service>/cassette")
    def recorded(service: str) -> Response:
        since = _moment(request.args.get("since"))
        with doors.database.snapshot() as rows:
            kept = doors.database.rules.exchanges_kept
            return json_response(cassette(rows, service_named(rows, service), since, kept))


def _moment(given: str | None) -> datetime | None:
    try:
        return read_moment(given) if given else None
    except ValueError as problem:
        raise InvalidParams(f"since: {problem}.") from None
