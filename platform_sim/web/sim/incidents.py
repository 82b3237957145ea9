"""`/sim/incidents`: an operator says that something is wrong with the platform, and that it is over."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core.actions import incidents
from platform_sim.core.model.notices import SYSTEMS, Incident
from platform_sim.core.public.incidents import incident as shown
from platform_sim.web.answers import asking_customer, json_response, read_body
from platform_sim.web.api.bodies import check, flag, list_of, read_json, text
from platform_sim.web.context import Doors

DECLARE = {"title": text, "severity": text, "systems": list_of(text), "contents": text}
UPDATE = {"contents": text, "severity": text, "resolved": flag}


def add_incident_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""

    def _shown(row: Incident) -> dict[str, Any]:
        return shown(row, doors.addresses.base)

    @blueprint.get("/incidents")
    def all_incidents() -> Response:
        with doors.database.snapshot() as rows:
            return json_response([_shown(each) for each in rows.all(Incident)])

    @blueprint.get("/incidents/<incident>")
    def one_incident(incident: str) -> Response:
        with doors.database.snapshot() as rows:
            return json_response(_shown(incidents.incident_named(rows, incident)))

    @blueprint.post("/incidents")
    def declare() -> Response:
        operator = asking_customer(doors, "operate the simulator").account
        wish = check(_body(doors), DECLARE, ("title",))
        severity, systems = wish.get("severity", "yellow"), wish.get("systems", SYSTEMS)
        contents = wish.get("contents", wish["title"])
        with doors.database.transaction() as tx:
            return json_response(
                _shown(incidents.declare(tx, operator, wish["title"], severity, systems, contents)), 201
            )

    @blueprint.patch("/incidents/<incident>")
    def update(incident: str) -> Response:
        operator = asking_customer(doors, "operate the simulator").account
        wish = check(_body(doors), UPDATE)
        with doors.database.transaction() as tx:
            found = incidents.incident_named(tx, incident)
            return json_response(_shown(incidents.update(tx, operator, found, **wish)))


def _body(doors: Doors) -> dict[str, Any]:
    limit = doors.database.rules.body_size_limit
    return read_json(read_body(request, limit), limit)
