"""`/sim/reset`: back to a platform without apps; with a seed, to one that was just started with it."""

import shutil
import time
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core.access import LIVE, Actor
from platform_sim.core.actions import apps, faults, pipelines
from platform_sim.core.actions.begin_anew import begin_anew
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.moments import read_start
from platform_sim.core.model.pipelines import Pipeline
from platform_sim.core.model.records import Job
from platform_sim.web import passing
from platform_sim.web.answers import asking_customer, json_response, read_body, token_of
from platform_sim.web.api.bodies import check, flag, read_json, text, whole
from platform_sim.web.context import Doors, RatePools
from platform_sim.web.here import doors_here

OPEN = ("todo", "doing")


def add_reset_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The route, on the blueprint of `/sim`."""

    @blueprint.post("/reset")
    def reset() -> Response:
        limit = doors.database.rules.body_size_limit
        body = read_json(read_body(request, limit), limit)
        wish = check(body, {"seed": whole, "at": _moment, "force": flag})
        if "seed" not in wish and wish:
            raise InvalidParams("at and force go with seed: without one, nothing is forgotten and the clock stays.")
        told: dict[str, Any] = _end_all(doors)
        if "seed" in wish:
            told |= _begin(doors_here(), **wish)
        return json_response(told)


def _moment(name: str, value: Any) -> datetime:
    try:
        return read_start(text(name, value))
    except ValueError as problem:
        raise InvalidParams(f"{name}: {problem}.") from None


def _end_all(doors: Doors) -> dict[str, int]:
    """End every app, add-on and pipeline properly, partners being told, each in its owner's name. Services, customers
    and teams stay, faults do not. The waiting has one end for all.
    """
    operator = asking_customer(doors, "operate the simulator").account
    with doors.database.transaction() as tx:
        faults.clear(tx, operator)
        ended = tx.all(App)
        for app in ended:
            apps.delete_app(tx, Actor(apps.owner_of(tx, app), "operator"), app)
        for pipeline in tx.all(Pipeline):
            pipelines.delete_pipeline(tx, Actor(tx.get(Account, pipeline.owner_id), "operator"), pipeline)
        pending = tx.all(Job, kind="deprovision", state=OPEN)
    end = time.monotonic() + doors.database.rules.customer_patience
    for job in pending:
        doors.job_settled(job.id, end - time.monotonic())
    with doors.database.snapshot() as rows:
        left = rows.count(Addon, state=LIVE)
    return {"apps_destroyed": len(ended), "addons_left": left}


def _begin(doors: Doors, seed: int, at: datetime | None = None, force: bool = False) -> dict[str, Any]:
    """Wait for what is still at work, then forget everything but the token of whoever asks."""
    passing.settle(doors.database, doors.database.rules.customer_patience)
    token = token_of(request.headers.get("Authorization"))
    with doors.database.transaction() as tx:
        first = begin_anew(tx, seed, doors.begin, token, at, force)
    doors.customer_id, doors.pools = first.customer_id, RatePools()
    for folder in doors.layout.of_apps():
        shutil.rmtree(folder, ignore_errors=True)
    return {"seed": seed, "token": first.token}
