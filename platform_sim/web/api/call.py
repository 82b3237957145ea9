"""What a handler gets and gives: one request, already checked, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request
from werkzeug.datastructures import Headers

from platform_sim.core.access import Actor
from platform_sim.core.model.addresses import Addresses
from platform_sim.web.context import Doors

Json = Any


@dataclass(frozen=True)
class Call:
    """A request that has passed authentication and the checks of its body."""

    doors: Doors
    actor: Actor
    path: Mapping[str, str]
    body: Mapping[str, Any]
    request: Request

    @property
    def headers(self) -> Headers:
        """The request's headers."""
        return self.request.headers

    @property
    def second_factor(self) -> str | None:
        """The code of a second factor (heroku-cli §2)."""
        return self.headers.get("Heroku-Two-Factor-Code")

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters after `?`; of repeated ones the first."""
        return self.request.args.to_dict()

    @property
    def at(self) -> Addresses:
        """The platform's addresses."""
        return self.doors.addresses

    @property
    def expansion(self) -> frozenset[str]:
        """`Accept-Expansion: addon_service,plan` (platform-api §4.6)."""
        return _names(self.headers.get("Accept-Expansion"))

    @property
    def inclusion(self) -> frozenset[str]:
        """`Accept-Inclusion: addon:plan,config_vars`."""
        return _names(self.headers.get("Accept-Inclusion"))

    @property
    def wants_messages(self) -> bool:
        """Whether the partner's words belong into the answer (partner-api §2.2)."""
        return self.headers.get("X-Heroku-Legacy-Provider-Messages", "").lower() == "true"


def _names(header: str | None) -> frozenset[str]:
    return frozenset(part.strip() for part in (header or "").split(",") if part.strip())


@dataclass(frozen=True)
class Answer:
    """A body with a status, and headers, of its own, for handlers whose answer depends on what happened."""

    body: Json
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
