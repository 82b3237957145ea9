"""A step of the timeline: one exchange or one event, with what it follows from. Pure values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Party = Literal["customer", "platform", "partner", "app", "webhook"]
PARTIES: tuple[Party, ...] = ("customer", "platform", "partner", "app", "webhook")


@dataclass(frozen=True)
class Step:
    """What the timeline tells of one thing. `parent`: the id of the step that it follows from, None for a beginning."""

    id: str
    parent: str | None
    kind: Literal["exchange", "event"]
    sender: Party
    receiver: Party
    title: str
    """In few words: `POST /apps/acme/addons`, `release v7`."""
    sentence: str
    """What it means."""
    section: str
    """Where the protocol tells of it: a section of docs/partner-contract.md, or another page; empty if nowhere."""
    started: datetime
    milliseconds: int | None
    """Until the answer; None for events, and while it is awaited."""
    app_id: str | None
    addon_id: str | None
    place: tuple[int, int, int]
    """Its place in the order of all steps."""
    cursor: tuple[int, int] = (0, 0)
    """Number of an event, change of an exchange: where a reader that has seen it goes on."""
    is_open: bool = False
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tree:
    """A step and what followed from it, in order."""

    step: Step
    children: tuple["Tree", ...]

    def steps(self) -> list[Step]:
        """All of it, each before what follows from it."""
        return [self.step, *(each for child in self.children for each in child.steps())]

    @property
    def has_webhook(self) -> bool:
        """Whether a receiver of webhooks takes part in it."""
        return any("webhook" in (step.sender, step.receiver) for step in self.steps())
