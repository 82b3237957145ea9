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
        moment = _next(database, until)
        if left or moment is None:
            return Passed(passed.moves, passed.came_due, left)
        if passed.moves >= moves or time.monotonic() >= end:
            return Passed(passed.moves, passed.came_due, [f"something is due at {moment.isoformat()}"])
        # A clock that runs may have come there by itself.
        by = moment - database.clock.now()
        came = clock.advance(database, operator, by) if by > timedelta(0) else []
        passed = Passed(passed.moves + 1, passed.came_due + came, [])


def _next(database: Database, until: datetime | None) -> datetime | None:
    """Where the clock goes next; None when it has arrived."""
    with database.snapshot() as rows:
        now = rows.now()
        dues = [due for due in clock.waiting(rows) if due.at > now]
    if until is None:
        return dues[0].at if any(not due.bound for due in dues) else None
    if now >= until:
        return None
    return min(dues[0].at, until) if dues else until
