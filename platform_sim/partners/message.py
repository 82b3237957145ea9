"""How much of a partner's words customers are shown (partner-api §2.4: the longest `message` is not known). Pure."""

from dataclasses import replace
from typing import TypeVar

from platform_sim.partners.outcome import Accepted202, PlanChanged, Provisioned, Refused

T = TypeVar("T")


def within(said: T, limit: int) -> T:
    """The same outcome with at most `limit` characters of message, and a warning where there were more."""
    if not isinstance(said, Provisioned | Accepted202 | PlanChanged | Refused) or len(said.message or "") <= limit:
        return said
    shown = (said.message or "")[: limit - 1] + "…"
    if isinstance(said, Refused):
        return replace(said, message=shown)
    cut = f"`message` has {len(said.message or '')} characters: customers are shown the first {limit}."
    return replace(said, message=shown, warnings=(*said.warnings, cut))
