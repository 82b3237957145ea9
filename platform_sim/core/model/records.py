"""What carries work and history: jobs (obligations to the outside), events (facts), exchanges (wire talk)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from platform_sim.core.model.secrecy import NAMED, PLACE, VALUES

JobState = Literal["todo", "doing", "done", "failed"]
SCENARIO = "scenario"
"""Kind of a job that acts on the platform from outside: who waits until nothing is to be done does not wait for it."""


@dataclass(frozen=True)
class Job:
    """An obligation. Claimed with the boot id of the running platform; `doing` of another boot is taken again."""

    id: str
    kind: str
    subject_id: str
    state: JobState
    payload: Annotated[dict[str, Any], NAMED]
    outcome: Annotated[dict[str, Any], NAMED]
    attempts: int
    run_at: datetime
    boot_id: str | None
    cause_id: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Event:
    """A fact that is never changed. `number` is the order of writing; `seq` counts within the subject."""

    number: int
    id: str
    kind: str
    action: str
    subject_id: str
    seq: int
    app_id: str | None
    addon_id: str | None
    actor_id: str | None
    actor_email: str | None
    data: dict[str, Any]
    previous: dict[str, Any]
    cause_id: str | None
    created_at: datetime


@dataclass(frozen=True)
class Exchange:
    """One request and its answer between the platform and somebody else, secrets masked before they get here.

    Written when it begins, again when it is answered: until then it has neither a status nor a problem.
    """

    id: str
    party: str
    addon_id: str | None
    method: str
    url: Annotated[str, PLACE]
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    response_headers: dict[str, str]
    response_body: str
    problem: str | None
    milliseconds: int
    cause_id: str | None
    created_at: datetime
    inbound: bool = False
    """Whether the party has called the platform; else it was called."""
    app_id: str | None = None
    actor_email: str | None = None
    """Of a call that came in: who has made it."""
    seq: int = 0
    """Rises with each row that is written or answered: who follows asks for what is beyond what it has seen."""
    after_event: int = 0
    """The number of the newest event when it began, by which exchanges and events are put in one order."""
    marked: Annotated[dict[str, str], VALUES] = field(default_factory=dict, repr=False)
    """Of an exchange with a partner: fields in which something is hidden, once more, with `masking.MARKED` in its
    place. For cassettes; shown to nobody, and left out where secrets are: a mark helps who guesses."""

    @property
    def is_open(self) -> bool:
        """Whether the answer is still awaited."""
        return self.status is None and self.problem is None


@dataclass(frozen=True)
class Sequence:
    """How far a seeded stream has run, so that a restart goes on where it stood."""

    id: str
    value: int


@dataclass(frozen=True)
class ClockState:
    """Where an operator has put the platform's clock, so that a restart finds it there. One row at most."""

    id: str
    frozen_at: datetime | None
    offset: float
    """Seconds by which it is ahead of the clock on the wall; counts only while it runs."""
