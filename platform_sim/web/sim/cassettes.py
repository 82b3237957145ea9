"""`/sim/services/SLUG/cassette`: what was said between platform and one partner, to keep and to play again."""

from datetime import datetime

from flask import Blueprint, Response, request

from platform_sim.core.actions.catalog import service_named
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.moments import read_moment
from platform_sim.core.public.cassettes import cassette
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import json_response
from platform_sim.web.context import Doors


def add_cassette_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The route, on the blueprint of `/sim`."""

    @blueprint.get("/services/<service>/cassette")
    def recorded(service: str) -> Response:
        since = _moment(request.args.get("since"))
        with doors.database.snapshot() as rows:
            kept = doors.database.rules.exchanges_kept
            owner, addon = service_named(rows, service), request.args.get("addon")
            ids = _ids(rows, owner, addon) if addon else None
            return json_response(cassette(rows, owner, since, kept, ids))


def _ids(rows: Snapshot, service: AddonService, named: str) -> list[str]:
    """Of the service's add-ons of this name or id, those that are gone included."""
    found = [each.id for each in rows.all(Addon, service_id=service.id) if named in (each.id, each.name)]
    if not found:
        raise NotFound("add_on", f"{service.name} has no add-on, and had none, of the name or id {named[:64]!r}.")
    return found


def _moment(given: str | None) -> datetime | None:
    try:
        return read_moment(given) if given else None
    except ValueError as problem:
        raise InvalidParams(f"since: {problem}.") from None
