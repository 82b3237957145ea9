"""The whole table, and all schemas that its rows name. Whoever adds a file adds it here."""

from platform_sim.web.sim.table import (
    cassettes,
    clock,
    coverage,
    faults,
    history,
    scenarios,
    services,
    snapshots,
    state,
    users,
)
from platform_sim.web.sim.table.row import TEXT, Row, Schema

_SUBJECTS = {
    "state": (state.ROWS, state.SCHEMAS),
    "clock": (clock.ROWS, clock.SCHEMAS),
    "faults": (faults.ROWS, faults.SCHEMAS),
    "snapshots": (snapshots.ROWS, snapshots.SCHEMAS),
    "services": (services.ROWS, services.SCHEMAS),
    "cassettes": (cassettes.ROWS, cassettes.SCHEMAS),
    "coverage": (coverage.ROWS, coverage.SCHEMAS),
    "users": (users.ROWS, users.SCHEMAS),
    "scenarios": (scenarios.ROWS, scenarios.SCHEMAS),
    "history": (history.ROWS, history.SCHEMAS),
}

ERROR: Schema = {
    "type": "object",
    "properties": {"id": TEXT, "message": TEXT, "url": TEXT},
    "required": ["id", "message"],
}
"""What every error looks like; docs/errors.md has the ids."""

SUBJECTS: dict[str, tuple[Row, ...]] = {name: rows for name, (rows, _) in _SUBJECTS.items()}
"""Subject -> its rows."""
SCHEMAS: dict[str, Schema] = {"Error": ERROR} | {
    name: schema for _, schemas in _SUBJECTS.values() for name, schema in schemas.items()
}
TABLE: tuple[Row, ...] = tuple(row for rows in SUBJECTS.values() for row in rows)
