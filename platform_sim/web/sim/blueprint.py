"""`/sim/...`: what an operator sees and sets. A customer's token is needed, as everywhere."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core.model.records import SCENARIO, Event, Exchange, Job
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import asking_customer, error_response, errors_as, json_response
from platform_sim.web.context import Doors
from platform_sim.web.sim import openapi
from platform_sim.web.sim.cassettes import add_cassette_routes
from platform_sim.web.sim.clock import add_clock_routes
from platform_sim.web.sim.coverage import add_coverage_routes
from platform_sim.web.sim.faults import add_fault_routes
from platform_sim.web.sim.incidents import add_incident_routes
from platform_sim.web.sim.lessons import add_lesson_routes
from platform_sim.web.sim.reset import add_reset_routes
from platform_sim.web.sim.scenarios import SCHEMA, add_scenario_routes
from platform_sim.web.sim.services import add_service_routes
from platform_sim.web.sim.snapshots import add_snapshot_routes
from platform_sim.web.sim.timeline import add_timeline_routes
from platform_sim.web.sim.users import add_user_routes

OPEN = ("todo", "doing")


def sim_blueprint(doors: Doors) -> Blueprint:
    """All of `/sim`."""
    blueprint = Blueprint("sim", __name__, url_prefix="/sim")
    errors_as(blueprint, error_response)

    @blueprint.before_request
    def customers_only() -> None:
        if request.path not in (openapi.PATH, SCHEMA):  # what can be asked is no secret
            asking_customer(doors, "operate the simulator")

    @blueprint.get(openapi.PATH.removeprefix("/sim"))
    def openapi_document() -> Response:
        return json_response(openapi.document(doors.addresses.base, doors.version))

    @blueprint.get("/status")
    def status() -> Response:
        with doors.database.snapshot() as rows:
            return json_response(_status(doors, rows))

    @blueprint.get("/events")
    def events() -> Response:
        with doors.database.snapshot() as rows:
            return json_response([event_line(each) for each in canonical(rows.all(Event))])

    @blueprint.get("/exchanges")
    def exchanges() -> Response:
        addon = request.args.get("addon")
        with doors.database.snapshot() as rows:
            found = [e for e in rows.all(Exchange, inbound=False) if addon in (None, e.addon_id)]
        return json_response([_exchange(each) for each in found])

    add_reset_routes(blueprint, doors)
    add_coverage_routes(blueprint, doors)
    add_service_routes(blueprint, doors)
    add_cassette_routes(blueprint, doors)
    add_user_routes(blueprint, doors)
    add_incident_routes(blueprint, doors)
    add_clock_routes(blueprint, doors)
    add_fault_routes(blueprint, doors)
    add_scenario_routes(blueprint, doors)
    add_snapshot_routes(blueprint, doors)
    add_timeline_routes(blueprint, doors)
    add_lesson_routes(blueprint, doors)
    return blueprint


def _status(doors: Doors, rows: Snapshot) -> dict[str, Any]:
    clock, waiting = doors.database.clock, [each for each in rows.all(Job, state=OPEN) if each.kind != SCENARIO]
    # A deadline is nothing to do: it is there for what may not happen.
    work: list[str] = [each.state for each in waiting if not each.kind.endswith("_deadline")]
    return {
        "url": doors.addresses.base,
        "boot_id": doors.boot_id,
        "version": doors.version,
        "data": doors.data,
        "seed": doors.database.chance.seed,
        "clock": {"now": clock.now().isoformat(), "frozen": clock.is_frozen},
        "jobs": {state: work.count(state) for state in OPEN},
        "waiting": [
            {"kind": j.kind, "subject": j.subject_id, "due": j.run_at.isoformat(), "attempts": j.attempts}
            for j in waiting
        ],
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    body = asdict(exchange) | {"created_at": exchange.created_at.isoformat()}
    del body["marked"]
    return body


def canonical(events: list[Event]) -> list[Event]:
    """The order that does not depend on which thread was quicker: by time, then subject, then its own count."""
    return sorted(events, key=lambda e: (e.created_at, e.kind, e.subject_id, e.seq))


def event_line(event: Event) -> dict[str, Any]:
    """One event for the log; without `number`, which tells only which thread was quicker."""
    body = asdict(event) | {"created_at": event.created_at.isoformat()}
    del body["number"]
    return body
