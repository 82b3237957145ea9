"""Everything is forgotten, and a platform begins as one that was just started with a seed. Partners are told before."""

from collections.abc import Callable
from datetime import datetime, timedelta

from platform_sim.core.access import LIVE
from platform_sim.core.actions.clock import CLOCK
from platform_sim.core.actions.first_rows import FirstRows
from platform_sim.core.errors import Conflict
from platform_sim.core.model.accounts import AccessToken
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, Dyno
from platform_sim.core.model.records import ClockState, Job
from platform_sim.core.store import Snapshot, Transaction


def begin_anew(
    tx: Transaction, seed: int, first: Callable[[Transaction], FirstRows], token: str, at: datetime | None, force: bool
) -> FirstRows:
    """No row is left but `first`'s. Ids, names and tokens repeat; `token`, with which this was asked, goes on working.

    `at`: the clock stands there, be it earlier than now; None: it stays as it is. Conflict, and nothing is done, while
    apps, add-ons, dynos or jobs at work are left, unless `force`.
    """
    left = _left(tx)
    if left and not force:
        raise Conflict(
            f"Nothing was forgotten: {left}. Let partners answer (platform-sim wait, platform-sim clock run) and ask "
            "again, or send force, and what they hold is theirs to clear up."
        )
    if at is not None:
        tx.clock = tx.clock.copy()
        tx.clock.put(at, timedelta(0))
    tx.forget_everything(seed)
    made = first(tx)
    known = tx.find(AccessToken, token=made.token)
    if token != made.token and known is not None:
        # An id that is drawn from no stream: what follows is as if this row were not there.
        tx.insert(AccessToken(tx.fresh(), known.authorization_id, token, None, tx.now()))
    frozen_at = tx.now() if tx.clock.is_frozen else None
    offset = timedelta(0) if frozen_at else tx.clock.offset()
    if frozen_at is not None or offset:
        tx.insert(ClockState(CLOCK, frozen_at, offset.total_seconds()))
    tx.move_clock(frozen_at, offset)
    return made


def _left(rows: Snapshot) -> str:
    """What stands in the way, in words."""
    counts = {
        "an app is there": rows.count(App),
        "a dyno is stopping": rows.count(Dyno),
        "a job is at work": rows.count(Job, state="doing"),
        "an add-on has not been acknowledged by its partner": rows.count(Addon, state=LIVE),
    }
    return ", ".join(words for words, count in counts.items() if count)
