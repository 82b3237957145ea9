"""`/sim/...`: what an operator sees and sets. A customer's token is needed, as everywhere."""

import functools
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.actions import apps
from platform_sim.core.actions.catalog import PlanSpec, service_named, set_plans
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event, Exchange, Job
from platform_sim.core.model.values import PROCESS_TYPE
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import asking_customer, error_response, json_response
from platform_sim.web.api.bodies import check, list_of, part, read_json, text, whole
from platform_sim.web.context import Doors

SERVICE = {
    "plans": list_of(part({"name": text, "cents": whole, "human_name": text, "description": text}, ("name",))),
    "client_secret": text,
}
OPEN = ("todo", "doing")
View = Callable[..., Response]


def sim_blueprint(doors: Doors) -> Blueprint:
    """All of `/sim`."""
    blueprint = Blueprint("sim", __name__, url_prefix="/sim")

    def door(act: View) -> View:
        @functools.wraps(act)
        def answer(**path: str) -> Response:
            try:
                asking_customer(doors, "operate the simulator")
                return act(**path)
            except errors.PlatformError as problem:
                return error_response(problem)

        return answer

    @blueprint.get("/status")
    @door
    def status() -> Response:
        with doors.database.snapshot() as rows:
            return json_response(_status(doors, rows))

    @blueprint.get("/events")
    @door
    def events() -> Response:
        with doors.database.snapshot() as rows:
            return json_response([event_line(each) for each in canonical(rows.all(Event))])

    @blueprint.get("/exchanges")
    @door
    def exchanges() -> Response:
        addon = request.args.get("addon")
        with doors.database.snapshot() as rows:
            found = [e for e in rows.all(Exchange) if addon in (None, e.addon_id)]
        return json_response([asdict(e) | {"created_at": e.created_at.isoformat()} for e in found])

    @blueprint.put("/services/<service>")
    @door
    def change_service(service: str) -> Response:
        return json_response(_change_service(doors, service))

    @blueprint.post("/reset")
    @door
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
    body = read_json(request.get_data(cache=False), doors.database.rules.body_size_limit)
    wish = check(body, SERVICE)
    specs = []
    for plan in wish.get("plans", []):
        if PROCESS_TYPE.fullmatch(plan["name"]) is None or plan.get("cents", 0) < 0:
            raise errors.InvalidParams(f"Plan {plan['name'][:64]!r}: use letters, digits, - and _; cents from 0.")
        specs.append(PlanSpec(plan["name"], plan.get("cents", 0), plan.get("human_name"), plan.get("description")))
    with doors.database.transaction() as tx:
        service = service_named(tx, name)
        if "client_secret" in wish:
            service = tx.update(service, client_secret=wish["client_secret"])
        plans = set_plans(tx, service, specs)
        return {
            "name": service.name,
            "plans": [{"name": p.name, "cents": p.cents} for p in plans],
            "client_secret": service.client_secret,
        }


def _reset(doors: Doors) -> dict[str, Any]:
    """End every app and add-on properly, partners being told; services stay."""
    actor = asking_customer(doors, "reset the simulator")
    with doors.database.transaction() as tx:
        owned = tx.all(App, owner_id=actor.account.id)
        for app in owned:
            apps.delete_app(tx, actor, app)
        pending = tx.all(Job, kind="deprovision", state=OPEN)
    for job in pending:
        doors.job_settled(job.id)
    with doors.database.snapshot() as rows:
        left = rows.count(Addon, state=("provisioning", "provisioned", "deprovisioning"))
    return {"apps_destroyed": len(owned), "addons_left": left}
