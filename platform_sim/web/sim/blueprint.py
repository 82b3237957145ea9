"""`/sim/...`: what an operator sees and sets. A customer's token is needed, as everywhere."""

import time
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.access import LIVE
from platform_sim.core.actions import apps
from platform_sim.core.actions.catalog import PlanSpec, service_named, set_abilities, set_client_secret, set_plans
from platform_sim.core.model.addons import Addon, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event, Exchange, Job
from platform_sim.core.model.values import PROCESS_TYPE
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import asking_customer, error_response, errors_as, json_response, read_body
from platform_sim.web.api.bodies import check, list_of, part, read_json, text, whole
from platform_sim.web.context import Doors

SERVICE = {
    "plans": list_of(part({"name": text, "cents": whole, "human_name": text, "description": text}, ("name",))),
    "client_secret": text,
    "abilities": list_of(text),
}
OPEN = ("todo", "doing")
MOST_CENTS = 10_000_000


def sim_blueprint(doors: Doors) -> Blueprint:
    """All of `/sim`."""
    blueprint = Blueprint("sim", __name__, url_prefix="/sim")
    errors_as(blueprint, error_response)

    @blueprint.before_request
    def customers_only() -> None:
        asking_customer(doors, "operate the simulator")

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
            found = [e for e in rows.all(Exchange) if addon in (None, e.addon_id)]
        return json_response([asdict(e) | {"created_at": e.created_at.isoformat()} for e in found])

    @blueprint.put("/services/<service>")
    def change_service(service: str) -> Response:
        return json_response(_change_service(doors, service))

    @blueprint.post("/reset")
    def reset() -> Response:
        return json_response(_reset(doors))

    return blueprint


def _status(doors: Doors, rows: Snapshot) -> dict[str, Any]:
    clock = doors.database.clock
    return {
        "url": doors.addresses.base,
        "boot_id": doors.boot_id,
        "version": doors.version,
        "data": doors.data,
        "seed": doors.database.chance.seed,
        "clock": {"now": clock.now().isoformat(), "frozen": clock.is_frozen},
        "jobs": {state: rows.count(Job, state=state) for state in OPEN},
        "waiting": [
            {"kind": j.kind, "subject": j.subject_id, "due": j.run_at.isoformat(), "attempts": j.attempts}
            for j in rows.all(Job, state=OPEN)
        ],
    }


def canonical(events: list[Event]) -> list[Event]:
    """The order that does not depend on which thread was quicker: by time, then subject, then its own count."""
    return sorted(events, key=lambda e: (e.created_at, e.kind, e.subject_id, e.seq))


def event_line(event: Event) -> dict[str, Any]:
    """One event for the log; without `number`, which tells only which thread was quicker."""
    body = asdict(event) | {"created_at": event.created_at.isoformat()}
    del body["number"]
    return body


def _change_service(doors: Doors, name: str) -> dict[str, Any]:
    limit = doors.database.rules.body_size_limit
    wish = check(read_json(read_body(request, limit), limit), SERVICE)
    specs = [_plan(plan) for plan in wish.get("plans", [])]
    with doors.database.transaction() as tx:
        service = service_named(tx, name)
        if wish.get("client_secret"):
            service = set_client_secret(tx, service, wish["client_secret"])
        if "abilities" in wish:
            service = set_abilities(tx, service, wish["abilities"])
        set_plans(tx, service, specs)
        plans = tx.all(Plan, service_id=service.id)
        return {
            "name": service.name,
            "plans": [{"name": p.name, "cents": p.cents} for p in plans],
            "client_secret": service.client_secret,
            "abilities": service.abilities,
        }


def _plan(plan: dict[str, Any]) -> PlanSpec:
    if PROCESS_TYPE.fullmatch(plan["name"]) is None or not 0 <= plan.get("cents", 0) <= MOST_CENTS:
        raise errors.InvalidParams(
            f"Plan {plan['name'][:64]!r}: use letters, digits, - and _ (at most 128); cents from 0 to {MOST_CENTS}."
        )
    return PlanSpec(plan["name"], plan.get("cents", 0), plan.get("human_name"), plan.get("description"))


def _reset(doors: Doors) -> dict[str, Any]:
    """End every app and add-on properly, partners being told; services stay. The waiting has one end for all."""
    actor = asking_customer(doors, "reset the simulator")
    with doors.database.transaction() as tx:
        owned = tx.all(App, owner_id=actor.account.id)
        for app in owned:
            apps.delete_app(tx, actor, app)
        pending = tx.all(Job, kind="deprovision", state=OPEN)
    end = time.monotonic() + doors.database.rules.customer_patience
    for job in pending:
        doors.job_settled(job.id, end - time.monotonic())
    with doors.database.snapshot() as rows:
        left = rows.count(Addon, state=LIVE)
    return {"apps_destroyed": len(owned), "addons_left": left}
