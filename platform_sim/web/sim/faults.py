"""`/sim/faults`: what is to go wrong on purpose."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core.actions import faults
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.values import kind
from platform_sim.core.public import faults as public
from platform_sim.web.answers import asking_customer, json_response, read_body
from platform_sim.web.api.bodies import Check, OrNull, check, read_json, string_map, text, whole
from platform_sim.web.context import Doors


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidParams(f"{name} must be a number, not {kind(value)}.")
    return float(value)


ADD: dict[str, Check] = {"kind": text, "match": string_map, "times": OrNull(whole), "amount": _number}
PROFILE: dict[str, Check] = {"name": text, "seed": whole}


def add_fault_routes(blueprint: Blueprint, doors: Doors) -> None:
    """The routes, on the blueprint of `/sim`."""
    _add_more(blueprint, doors)

    @blueprint.get("/faults")
    def all_faults() -> Response:
        with doors.database.snapshot() as rows:
            return json_response([public.fault(each) for each in rows.all(Fault)])

    @blueprint.get("/faults/kinds")
    def kinds() -> Response:
        return json_response(public.kinds())

    @blueprint.get("/faults/<fault>")
    def one(fault: str) -> Response:
        with doors.database.snapshot() as rows:
            return json_response(public.fault(faults.fault_named(rows, fault)))

    @blueprint.post("/faults")
    def add() -> Response:
        wish = check(_body(doors, *ADD), ADD, ("kind",))
        times, amount = wish.get("times", 1), wish.get("amount")
        who = _operator(doors)
        with doors.database.transaction() as tx:
            return json_response(
                public.fault(faults.add(tx, who, wish["kind"], wish.get("match", {}), times, amount)), 201
            )


def _add_more(blueprint: Blueprint, doors: Doors) -> None:
    """Profiles, and how faults end."""

    @blueprint.post("/faults/profile")
    def profile() -> Response:
        wish = check(_body(doors, *PROFILE), PROFILE, ("name",))
        who = _operator(doors)
        with doors.database.transaction() as tx:
            made = faults.use_profile(tx, who, wish["name"], wish.get("seed"))
        told = {"name": wish["name"], "seed": made[0].seed if made else wish.get("seed")}
        return json_response(told | {"faults": [public.fault(each) for each in made]}, 201)

    @blueprint.delete("/faults/<fault>")
    def remove(fault: str) -> Response:
        who = _operator(doors)
        with doors.database.transaction() as tx:
            found = faults.fault_named(tx, fault)
            faults.remove(tx, who, found)
        return json_response(public.fault(found))

    @blueprint.delete("/faults")
    def clear() -> Response:
        who = _operator(doors)
        with doors.database.transaction() as tx:
            return json_response({"removed": faults.clear(tx, who)})


def _operator(doors: Doors) -> Account:
    return asking_customer(doors, "operate the simulator").account


def _body(doors: Doors, *known: str) -> dict[str, Any]:
    """InvalidParams for what is not known: a `count` that nobody reads must not look as if it had been taken."""
    limit = doors.database.rules.body_size_limit
    body = read_json(read_body(request, limit), limit)
    if unknown := sorted(body.keys() - set(known)):
        raise InvalidParams(f"{unknown[0][:40]!r} is not known here: the body takes {', '.join(known)}.")
    return body
