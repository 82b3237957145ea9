"""`up --coverage`: who watches is loaded only where somebody is to be watched."""

import importlib
from typing import Any


def watch_if(wanted: bool) -> Any:
    """A `coverage.Watch`, or None."""
    return importlib.import_module("platform_sim.coverage.watch").Watch() if wanted else None
