"""What goes wrong on purpose with log drains (docs/faults.md). Without faults: one look at a set."""

from platform_sim.core.actions.fault_facts import facts_of_addon, facts_of_app
from platform_sim.core.actions.faults import take
from platform_sim.core.model.drains import LogDrain
from platform_sim.core.store import Database

DROPPED = "drain-dropped"
CUT = "drain-cut"
_KINDS = frozenset({DROPPED, CUT})


def fault_of(database: Database, drain_id: str) -> str | None:
    """The kind of what is to happen to the batch that is about to be sent."""
    if database.faults.isdisjoint(_KINDS):
        return None
    with database.snapshot() as rows:
        drain = rows.find(LogDrain, id=drain_id)
        facts = {**facts_of_addon(rows, drain.addon_id), **facts_of_app(rows, drain.app_id)} if drain else {}
    fault = take(database, _KINDS, facts)
    return fault.kind if fault else None
