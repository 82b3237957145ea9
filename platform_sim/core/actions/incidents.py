"""Incidents, declared by an operator: what the status host tells (heroku-cli §15: status)."""

from collections.abc import Sequence
from typing import Any

from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.notices import SEVERITIES, SYSTEMS, Incident, Severity
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot, Transaction

LONGEST = 1000
"""Characters of a title or a text."""


def open_incidents(rows: Snapshot) -> list[Incident]:
    """Those that are not resolved, the newest first."""
    return rows.all(Incident, resolved_at=None)[::-1]


def incident_named(rows: Snapshot, identity: str) -> Incident:
    """By id; NotFound for all others."""
    found = rows.find(Incident, id=identity)
    if found is None:
        raise NotFound("incident")
    return found


def worst(rows: Snapshot, system: str) -> Severity:
    """How a system fares."""
    severities: list[Severity] = [each.severity for each in open_incidents(rows) if system in each.systems]
    return max(severities, key=SEVERITIES.index, default="green")


def declare(
    tx: Transaction, operator: Account, title: str, severity: str, systems: Sequence[str], contents: str
) -> Incident:
    """Something is wrong from now on; InvalidParams for a severity or system that there is not."""
    now, row_id = tx.now(), tx.uuid("incident")
    first = [_update(tx, row_id, "issue", _text("contents", contents))]
    made = tx.insert(
        Incident(row_id, _text("title", title), _systems(systems), _severity(severity), first, None, now, now)
    )
    told = {"title": made.title, "severity": made.severity, "systems": made.systems}
    tx.record("incident", "create", made.id, operator, told)
    return made


def update(
    tx: Transaction,
    operator: Account,
    incident: Incident,
    *,
    contents: str | None = None,
    severity: str | None = None,
    resolved: bool = False,
) -> Incident:
    """Say more about an incident, or that it is over. InvalidParams for one that is over already."""
    if incident.resolved_at is not None:
        raise InvalidParams("This incident is resolved: declare another one.")
    if contents is None and severity is None and not resolved:
        raise InvalidParams("Nothing to say: send contents, severity or resolved.")
    kind = "resolved" if resolved else "update"
    text = _text("contents", contents or ("This incident is over." if resolved else "The severity has changed."))
    changes: dict[str, Any] = {"updates": [_update(tx, incident.id, kind, text), *incident.updates]}
    if severity is not None:
        changes["severity"] = _severity(severity)
    if resolved:
        changes["resolved_at"] = tx.now()
    changed = tx.update(incident, **changes)
    told = {"title": changed.title, "severity": changed.severity, "resolved": resolved}
    tx.record("incident", "update", changed.id, operator, told, previous={"severity": incident.severity})
    return changed


def _update(tx: Transaction, incident_id: str, kind: str, contents: str) -> dict[str, Any]:
    moment = iso(tx.now())
    return {
        "contents": contents,
        "created_at": moment,
        "id": tx.uuid("incident-update", incident_id),
        "incident_id": incident_id,
        "update_type": kind,
        "updated_at": moment,
    }


def _text(name: str, value: str) -> str:
    if not value.strip() or len(value) > LONGEST:
        raise InvalidParams(f"{name} must have 1 to {LONGEST} characters.")
    return value


def _severity(name: str) -> Severity:
    for known in SEVERITIES[1:]:
        if known == name:
            return known
    raise InvalidParams(f"severity must be one of {', '.join(SEVERITIES[1:])}, not {name[:64]!r}.")


def _systems(names: Sequence[str]) -> list[str]:
    unknown = sorted(set(names) - set(SYSTEMS))
    if unknown or not names:
        raise InvalidParams(f"systems must be some of {', '.join(SYSTEMS)}, not {', '.join(unknown)[:64] or 'none'}.")
    return [each for each in SYSTEMS if each in names]
