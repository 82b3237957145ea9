"""What is in a snapshot, for people: counts and names, nothing of what it keeps secret."""

from typing import Any

from platform_sim.core.store.tables import NOUNS
from platform_sim.snapshots.reading import Opened
from platform_sim.snapshots.words import Names, word


def told(snapshot: Opened) -> dict[str, Any]:
    """As `platform-sim snapshot show --json` prints it."""
    still = snapshot.still
    names = Names(still.rows)
    counts = {word(noun): still.rows.count(noun) for noun in NOUNS}
    return {
        "now": still.now.isoformat(),
        "frozen": still.stands,
        "seed": still.seed,
        "secrets": snapshot.has_secrets,
        "logs": snapshot.logs is not None,
        "rows": {name: count for name, count in counts.items() if count},
        "files": [
            {"kind": each.kind, "of": names.by_id(each.id), "digest": each.digest, "where": each.where}
            for each in snapshot.files
        ],
    }
