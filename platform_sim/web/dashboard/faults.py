"""Faults on the operator's pages: what is to go wrong on purpose and what has; asked for, by chance, and ended."""

from flask import Blueprint, Response

from platform_sim.core import errors
from platform_sim.core.actions import faults
from platform_sim.core.model.fault_kind import MATCH_KEYS
from platform_sim.core.model.fault_kinds import KINDS, PROFILES
from platform_sim.core.model.faults import SCRIPT, Fault
from platform_sim.web.dashboard.desk import Desk, field
from platform_sim.web.dashboard.paging import part_of

HERE = "/dashboard/operator/faults"
FOREVER = "forever"
LONGEST = 12
"""Characters of a number."""


def fault_pages(desk: Desk) -> Blueprint:
    """`/dashboard/operator/faults`."""
    blueprint = Blueprint("faults", __name__, url_prefix=HERE)
    database = desk.doors.database

    @blueprint.get("")
    def show() -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            found = rows.all(Fault)
        part = part_of([each for each in found if each.origin == SCRIPT], 40)
        by_chance = [each for each in found if each.origin != SCRIPT]
        shown = {"part": part, "by_chance": by_chance, "kinds": KINDS.values(), "profiles": PROFILES}
        return desk.page("faults.html", actor, view="faults", **shown)

    _add_buttons(blueprint, desk)
    return blueprint


def _add_buttons(blueprint: Blueprint, desk: Desk) -> None:
    database = desk.doors.database

    @blueprint.post("/add")
    def add() -> Response:
        match, times, amount = _match(field("match")), _times(field("times")), _amount(field("amount"))
        with database.transaction() as tx:
            made = faults.add(tx, desk.actor(tx).account, field("kind"), match, times, amount)
        return desk.go(HERE, f"Next: {made.kind}.")

    @blueprint.post("/remove")
    def remove() -> Response:
        with database.transaction() as tx:
            gone = faults.fault_named(tx, field("fault"))
            faults.remove(tx, desk.actor(tx).account, gone)
        return desk.go(HERE, f"Removed: {gone.kind}.")

    @blueprint.post("/clear")
    def clear() -> Response:
        with database.transaction() as tx:
            count = faults.clear(tx, desk.actor(tx).account)
        return desk.go(HERE, f"Nothing goes wrong on purpose any more. Removed: {count}.")

    @blueprint.post("/profile")
    def profile() -> Response:
        seed = field("seed")
        with database.transaction() as tx:
            made = faults.use_profile(tx, desk.actor(tx).account, field("name"), _whole("seed", seed) if seed else None)
        told = made[0].seed if made else seed
        return desk.go(HERE, f"Things go wrong by chance: {field('name')}, with the seed {told}.")

    @blueprint.post("/profile/end")
    def end() -> Response:
        with database.transaction() as tx:
            faults.end_profile(tx, desk.actor(tx).account)
        return desk.go(HERE, "Nothing goes wrong by chance any more.")


def _match(given: str) -> dict[str, str]:
    """`service=acme method=POST`, spaces between."""
    pairs = [each.partition("=") for each in given.split()]
    wrong = next(("".join(each) for each in pairs if not each[0] or not each[1]), None)
    if wrong is not None:
        raise errors.InvalidParams(
            f"{wrong[:64]!r} is not KEY=VALUE, as in service=acme; keys: {', '.join(MATCH_KEYS)}."
        )
    return {key: value for key, _, value in pairs}


def _times(given: str) -> int | None:
    return None if given == FOREVER else _whole("times", given or "1", f", or {FOREVER}")


def _whole(name: str, given: str, besides: str = "") -> int:
    if not given.isascii() or not given.isdigit() or len(given) > LONGEST:
        raise errors.InvalidParams(f"{name} must be a whole number{besides}, not {given[:64]!r}.")
    return int(given)


def _amount(given: str) -> float | None:
    digits = given.replace(".", "", 1)
    if given and (not digits.isascii() or not digits.isdigit() or len(digits) > LONGEST):
        raise errors.InvalidParams(f"amount must be a number, not {given[:64]!r}.")
    return float(given) if given else None
