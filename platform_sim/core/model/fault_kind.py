"""What a kind of fault says of itself (docs/faults.md). Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MATCH_KEYS: dict[str, str] = {
    "app": "name or id of the app",
    "addon": "name or id of the add-on",
    "service": "name of the add-on's service, as in `heroku addons:create SERVICE`",
    "method": "method of the request: `POST`",
    "path": "path of the request: `/apps/*`",
    "type": "type of the process (`web`), or of the webhook's event (`api:release`): see the kind",
}
"""What a fault can be narrowed to. Values may hold `*` for any text."""


METHODS: dict[str, tuple[str, ...]] = {
    "partner": ("POST", "PUT", "DELETE"),
    "platform": ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
}
"""Side -> what a request there can be made by."""


@dataclass(frozen=True)
class Amount:
    """The one number of a kind, and what it counts."""

    unit: str
    usual: float
    lowest: float
    highest: float
    whole: bool = False


@dataclass(frozen=True)
class FaultKind:
    """One thing that can go wrong. `gentle`, `rough`: out of how many of its moments a profile lets one go wrong, 0:
    none."""

    name: str
    side: Literal["partner", "platform"]
    sentence: str
    match: tuple[str, ...]
    amount: Amount | None = None
    gentle: float = 0.0
    rough: float = 0.0
    in_profile: Mapping[str, str] = field(default_factory=dict)
    """What a profile narrows it to."""
