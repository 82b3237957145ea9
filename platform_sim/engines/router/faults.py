"""What goes wrong on purpose between a dyno and a visitor (docs/faults.md). Without faults: one look at a set."""

from platform_sim.core.actions.fault_facts import facts_of_app
from platform_sim.core.actions.faults import take
from platform_sim.core.store import Database

CODES = {"router-h12": "H12", "router-h13": "H13"}


def fault_of(database: Database, app_id: str, method: bytes, target: bytes) -> str | None:
    """The code of the error that a visitor gets in place of the answer that a dyno has just begun."""
    if database.faults.isdisjoint(CODES):
        return None
    with database.snapshot() as rows:
        facts = facts_of_app(rows, app_id)
    path = target.partition(b"?")[0].decode("latin-1")
    fault = take(database, CODES.keys(), {**facts, "method": method.decode("latin-1"), "path": path})
    return CODES[fault.kind] if fault else None
