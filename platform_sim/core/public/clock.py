"""The clock, and what waits for it, as operators see them."""

from collections.abc import Iterable

from platform_sim.core.actions.clock import Due, waiting
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, Dyno
from platform_sim.core.store import Snapshot

Json = dict[str, object]
MOST = 50
"""Things that wait are told, of more the nearest."""


def clock(rows: Snapshot) -> Json:
    """`offset`: whole seconds ahead of the wall. `waiting`: what has a time and has not been done; `next`: the first
    of it that is still to come."""
    found, now = waiting(rows), rows.now()
    # What is due now has come due, and is being done: that is not what comes next.
    later = shown(rows, [due for due in found if due.at > now][:1])
    return {
        "now": now.isoformat(),
        "frozen": rows.clock.is_frozen,
        "offset": round(rows.clock.offset().total_seconds()),
        "next": later[0] if later else None,
        "waiting": shown(rows, found[:MOST]),
    }


def shown(rows: Snapshot, dues: Iterable[Due]) -> list[Json]:
    """`subject` is an id, `name` says whose that is if it has one; `bound`: it is there for what may not happen."""
    listed = list(dues)
    ids = sorted({due.subject_id for due in listed})
    found: list[Addon | App | Dyno] = [*rows.all(Addon, id=ids), *rows.all(App, id=ids), *rows.all(Dyno, id=ids)]
    names = {each.id: each.name for each in found}
    return [
        {
            "kind": due.kind,
            "subject": due.subject_id,
            "name": names.get(due.subject_id),
            "due": due.at.isoformat(),
            "bound": due.bound,
        }
        for due in listed
    ]
