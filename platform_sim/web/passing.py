"""Lets time pass for a door: from one thing that is due to the next, each being done before the clock goes on.

No engine is called: what they are about is read in the rows, and waited for there.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from platform_sim.core.actions import clock
from platform_sim.core.actions.clock import Due
from platform_sim.core.model.accounts import Account
from platform_sim.core.store import Database
from platform_sim.web.workers import waiting

MOVES = 1000
"""Of one run at most: a dyno that crashes again and again is never at rest."""
SECONDS = 25.0
"""Wall seconds of one run at most: clients give up after 30."""


@dataclass(frozen=True)
class Passed:
    """How a run has ended. `left`: what was still to do when time was up, in words; empty if all was done."""

    moves: int
    came_due: list[Due]
    left: list[str]


def settle(database: Database, seconds: float) -> list[str]:
    """Wait until nothing is to be done now, at most so many wall seconds; returns what is left, in words."""
    end = time.monotonic() + seconds
    with waiting() as may_wait:
        while True:
            seen = database.version
            with database.snapshot() as rows:
                left = clock.unfinished(rows)
            wait = end - time.monotonic()
            if not left or wait <= 0 or not may_wait:
                return left
            database.wait_for_change(seen, wait)


def run(
    database: Database, operator: Account, until: datetime | None, seconds: float = SECONDS, moves: int = MOVES
) -> Passed:
    """Until that time; with None until nothing waits but what is there for what may not happen.

    InvalidParams for a time to which the clock cannot go.
    """
    if until is not None:
        clock.check_move(database.clock.now(), until)
    end = time.monotonic() + seconds
    passed = Passed(0, [], [])
    while True:
        left = settle(database, end - time.monotonic())
        following = _next(database, until)
        if left or following is None:
            return Passed(passed.moves, passed.came_due, left)
        moment, what = following
        if passed.moves >= moves or time.monotonic() >= end:
            return Passed(passed.moves, passed.came_due, [f"{what} at {moment.isoformat()}"])
        with database.transaction() as tx:
            # A clock that runs may have come there by itself, another run may have moved it.
            by = moment - tx.now()
            came = clock.advance(tx, operator, by) if by > timedelta(0) else []
        passed = Passed(passed.moves + 1, passed.came_due + came, [])


def _next(database: Database, until: datetime | None) -> tuple[datetime, str] | None:
    """Where the clock goes next, and what is there; None when it has arrived."""
    with database.snapshot() as rows:
        now = rows.now()
        dues = [due for due in clock.waiting(rows) if due.at > now]
    if until is None and all(due.bound for due in dues):
        return None
    if until is not None and now >= until:
        return None
    if until is not None and (not dues or until < dues[0].at):
        return until, "the end of the way is"
    return dues[0].at, f"{dues[0].kind} is due"
