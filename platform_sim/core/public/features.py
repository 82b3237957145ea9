"""Features in public."""

from platform_sim.core.actions.features import Owner, switch_of
from platform_sim.core.model.features import Feature
from platform_sim.core.model.places import FOUNDED
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def feature(rows: Snapshot, row: Feature, owner: Owner) -> Json:
    """`App Feature` or `Account Feature`."""
    switch = switch_of(rows, owner, row)
    return _shown(row, switch is not None and switch.enabled, iso(switch.updated_at if switch else FOUNDED))


def team_feature(row: Feature) -> Json:
    """`Team Feature`."""
    return _shown(row, True, iso(FOUNDED))


def _shown(row: Feature, enabled: bool, updated_at: str) -> Json:
    return {
        "created_at": iso(FOUNDED),
        "description": row.description,
        "display_name": row.display_name,
        "doc_url": row.doc_url,
        "enabled": enabled,
        "feedback_email": "",
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "updated_at": updated_at,
    }
