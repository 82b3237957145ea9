"""`/sim/clock`: the platform's clock is read, stopped, let run, moved."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from platform_sim.core.actions import clock
from platform_sim.core.actions.clock import Due
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.moments import read_length, read_moment
from platform_sim.core.public import clock as public
from platform_sim.web import passing
from platform_sim.web.answers import asking_customer, json_response, read_body
from platform_sim.web.api.bodies import check, read_json, text
from platform_sim.web.context import Doors

T = TypeVar("T")
IDLE = "idle"


def add_clock_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""

    def operator() -> Account:
        return asking_customer(doors, "operate the simulator").account

    def _answer(came: list[Due] | None = None, **more: Any) -> Response:
        with doors.database.snapshot() as rows:
            told = {} if came is None else {"came_due": public.shown(rows, came)}
            return json_response(public.clock(rows) | told | more)

    @blueprint.get("/clock")
    def show() -> Response:
        return _answer()

    @blueprint.post("/clock/freeze")
    def freeze() -> Response:
        at = check(_body(doors, "at"), {"at": _moment}).get("at")
        who = operator()
        with doors.database.transaction() as tx:
            came = clock.freeze(tx, who, at)
        return _answer(came)

    @blueprint.post("/clock/resume")
    def resume() -> Response:
        _body(doors)
        who = operator()
        with doors.database.transaction() as tx:
            came = clock.resume(tx, who)
        return _answer(came)

    @blueprint.post("/clock/advance")
    def advance() -> Response:
        by = check(_body(doors, "by"), {"by": _length}, ("by",))["by"]
        who = operator()
        with doors.database.transaction() as tx:
            came = clock.advance(tx, who, by)
        return _answer(came)

    @blueprint.post("/clock/run")
    def run() -> Response:
        until = check(_body(doors, "until"), {"until": _until}).get("until", IDLE)
        passed = passing.run(doors.database, operator(), None if until == IDLE else until)
        return _answer(passed.came_due, moves=passed.moves, done=not passed.left, left=passed.left)


def _body(doors: Doors, *known: str) -> dict[str, Any]:
    """InvalidParams for what no route knows: `hours` that nobody reads must not look as if it had been done."""
    limit = doors.database.rules.body_size_limit
    body = read_json(read_body(request, limit), limit)
    if unknown := sorted(body.keys() - set(known)):
        takes = " and ".join(known) or "nothing"
        raise InvalidParams(f"{unknown[0][:40]!r} is not known here: the body takes {takes}.")
    return body


def _moment(name: str, value: Any) -> datetime:
    return _read(name, value, read_moment)


def _length(name: str, value: Any) -> timedelta:
    return _read(name, value, read_length)


def _until(name: str, value: Any) -> datetime | str:
    return IDLE if value == IDLE else _read(name, value, read_moment, "; or say idle")


def _read(name: str, value: Any, read: Callable[[str], T], besides: str = "") -> T:
    try:
        return read(text(name, value))
    except ValueError as problem:
        raise InvalidParams(f"{name}: {problem}{besides}.") from None
