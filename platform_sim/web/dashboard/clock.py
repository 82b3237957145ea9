"""The clock on the operator's pages: it is stopped, let run, moved, and says what came due and what is due next."""

from flask import Blueprint, Response

from platform_sim.core import errors
from platform_sim.core.actions import clock
from platform_sim.core.actions.clock import Due
from platform_sim.core.model.moments import ahead, length, read_length
from platform_sim.core.public import clock as public
from platform_sim.core.store import Database
from platform_sim.web import passing
from platform_sim.web.dashboard.desk import Desk, field

LENGTHS = ("5m", "1h", "8h", "12h", "72h")
"""A grant's life, a short while, an access token's, a partner's that answered 202, a webhook's retries."""
HERE = "/dashboard/operator/clock"
NAMED = 3
"""Things that came due are named in the message; of more so many."""


def clock_pages(desk: Desk) -> Blueprint:
    """`/dashboard/operator/clock`."""
    blueprint = Blueprint("clock", __name__, url_prefix=HERE)
    database = desk.doors.database

    @blueprint.get("")
    def show() -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            dues = clock.waiting(rows)[: public.MOST]
            named = zip(dues, public.shown(rows, dues), strict=True)
            now = rows.now()
        shown = {
            "now": now,
            "frozen": database.clock.is_frozen,
            "ahead": ahead(round(database.clock.offset().total_seconds())),
        }
        shown["waiting"] = [(due, told["name"], length((due.at - now).total_seconds())) for due, told in named]
        return desk.page("clock.html", actor, view="clock", lengths=LENGTHS, **shown)

    _add_buttons(blueprint, desk)
    return blueprint


def _add_buttons(blueprint: Blueprint, desk: Desk) -> None:
    database = desk.doors.database

    @blueprint.post("/freeze")
    def freeze() -> Response:
        with database.transaction() as tx:
            clock.freeze(tx, desk.actor(tx).account)
        return desk.go(HERE, "The clock stands.")

    @blueprint.post("/resume")
    def resume() -> Response:
        with database.transaction() as tx:
            clock.resume(tx, desk.actor(tx).account)
        return desk.go(HERE, "The clock runs.")

    @blueprint.post("/advance")
    def advance() -> Response:
        try:
            by = read_length(field("by"))
        except ValueError as problem:
            raise errors.InvalidParams(f"The clock was not moved: {problem}.") from None
        with database.transaction() as tx:
            came = clock.advance(tx, desk.actor(tx).account, by)
        left = passing.settle(database, desk.patience) if came else []
        return desk.go(HERE, f"The clock was moved by {field('by')}. {_told(database, came)}{_rest(left)}")

    @blueprint.post("/run")
    def run() -> Response:
        with database.snapshot() as rows:
            operator = desk.actor(rows).account
        passed = passing.run(database, operator, None)
        return desk.go(HERE, f"Moves: {passed.moves}. {_told(database, passed.came_due)}{_rest(passed.left)}")


def _told(database: Database, came: list[Due]) -> str:
    if not came:
        return "Nothing came due."
    with database.snapshot() as rows:
        told = public.shown(rows, came[:NAMED])
    named = [f"{each['kind']} of {each['name'] or str(each['subject'])[:8]}" for each in told]
    more = f" and {len(came) - NAMED} more" if len(came) > NAMED else ""
    return f"Came due: {', '.join(named)}{more}."


def _rest(left: list[str]) -> str:
    return f" Not done yet: {', '.join(left)[:120]}." if left else ""
