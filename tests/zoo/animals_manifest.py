"""Manifests with one mistake each: what replaces a part of the zoo's own, by the rule that it breaks."""

from copy import deepcopy
from typing import Any

from .partner import MANIFEST

GONE = object()
"""Takes a field out."""
ANIMALS: dict[str, Any] = {}


def manifest_with(changes: dict[str, Any]) -> dict[str, Any]:
    """The zoo's manifest with other values at some paths (`api.regions`)."""
    found = deepcopy(MANIFEST)
    for path, value in changes.items():
        *above, name = path.split(".")
        place = found
        for each in above:
            place = place[each]
        if value is GONE:
            del place[name]
        else:
            place[name] = value
    return found
