"""What the platform has for a person beside the API itself: notifications, favorites, incidents of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from platform_sim.core.model.secrecy import WITHIN

TargetType = Literal["app", "team"]

KEPT = 100
"""Notifications that an account keeps, the newest."""


@dataclass(frozen=True)
class Notification:
    """What Heroku would send by mail, and its host telex shows (heroku-cli §15): no mail is sent here."""

    id: str
    account_id: str
    target_type: TargetType
    target_id: str
    title: str
    body: Annotated[str, WITHIN]
    read: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Favorite:
    """An app that somebody has marked, which the host particleboard keeps (heroku-cli §16)."""

    id: str
    account_id: str
    app_id: str
    created_at: datetime
    updated_at: datetime


SystemName = Literal["Apps", "Data", "Tools"]
SYSTEMS: tuple[SystemName, ...] = ("Apps", "Data", "Tools")
"""What `heroku status` names."""

Severity = Literal["green", "blue", "yellow", "red"]
SEVERITIES: tuple[Severity, ...] = ("green", "blue", "yellow", "red")
"""From well to bad: an incident has one of the last three, a system the worst of its incidents."""


@dataclass(frozen=True)
class Incident:
    """What an operator says is wrong with the platform: `heroku status` shows it, and nothing else feels it."""

    id: str
    title: str
    systems: list[str]
    severity: Severity
    updates: list[dict[str, Any]]
    """Newest first: `{id, update_type, contents, created_at}`."""
    resolved_at: datetime | None
    created_at: datetime
    updated_at: datetime
