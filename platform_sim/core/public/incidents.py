"""What the status host shows, and what an operator sees (heroku-cli §15: status)."""

from platform_sim.core.actions.incidents import open_incidents, worst
from platform_sim.core.model.notices import SYSTEMS, Incident
from platform_sim.core.model.values import iso, iso_or_none
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def current_status(rows: Snapshot, base: str) -> Json:
    """Each system as its worst incident has it; nothing is ever scheduled."""
    return {
        "incidents": [incident(each, base) for each in open_incidents(rows)],
        "scheduled": [],
        "status": [{"status": worst(rows, system), "system": system} for system in SYSTEMS],
    }


def incident(row: Incident, base: str) -> Json:
    """`base`: the platform's own address."""
    return {
        "created_at": iso(row.created_at),
        "full_url": f"{base}/sim/incidents/{row.id}",
        "id": row.id,
        "resolved": row.resolved_at is not None,
        "resolved_at": iso_or_none(row.resolved_at),
        "severity": row.severity,
        "systems": row.systems,
        "title": row.title,
        "updated_at": iso(row.updated_at),
        "updates": row.updates,
    }
