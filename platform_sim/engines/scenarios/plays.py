"""One playing: a token for it, each step's outcome on its row, and its end."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from platform_sim.core.actions import scenarios
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.records import SCENARIO, Job
from platform_sim.core.store import Database

log = logging.getLogger(__name__)

Json = dict[str, Any]
INTERRUPTED = "The platform was stopped while it was played. Load it again."
LOOKS = 0.2
"""Wall seconds between two looks whether somebody wants it to stop."""


class Play(Protocol):
    """Plays a file on the platform at `url`, as the customer of `token`; `told` hears each step's outcome."""

    def __call__(
        self, text: str, name: str, url: str, token: str, told: Callable[[Json], None], stopped: Callable[[], bool]
    ) -> None:
        """See above."""
        ...


def scenario_handlers(
    database: Database, addresses: Addresses, play: Play, stopping: threading.Event
) -> dict[str, Callable[[Job], None]]:
    """The handler by its kind of job. `stopping`: the platform ends."""
    return {SCENARIO: partial(_play, database, addresses, play, stopping)}


def _play(database: Database, addresses: Addresses, play: Play, stopping: threading.Event, job: Job) -> None:
    """The only attempt: who has loaded it sees that it was cut off, and loads it again."""
    problem = INTERRUPTED
    if job.attempts <= 1:
        with database.transaction() as tx:
            token = scenarios.begin(tx, job)
        problem = _played(database, addresses, play, stopping, job, token)
    with database.transaction() as tx:
        scenarios.end(tx, job.id, problem)


def _played(
    database: Database, addresses: Addresses, play: Play, stopping: threading.Event, job: Job, token: str
) -> str:
    """What has kept it from its end; "" if nothing has."""

    def told(step: Json) -> None:
        with database.transaction() as tx:
            scenarios.tell(tx, job.id, step)

    wish, stopped = job.payload, _Stopped(database, job.id, stopping)
    try:
        play(wish["secret_text"], wish["name"], addresses.base, token, told, stopped)
    except Exception as error:
        # Not its text: that may quote what the file holds.
        log.exception("a scenario has broken off")
        return f"It has broken off: a bug of ours, {type(error).__name__}. The platform's own log has more."
    if stopping.is_set():
        return INTERRUPTED
    return "Somebody has stopped it." if stopped.is_wished else ""


class _Stopped:
    """Asked often; looks at the row now and then."""

    def __init__(self, database: Database, job_id: str, stopping: threading.Event) -> None:
        self._database, self._job_id, self._stopping = database, job_id, stopping
        self._next = 0.0
        self.is_wished = False

    def __call__(self) -> bool:
        if self._stopping.is_set():
            return True
        if time.monotonic() >= self._next and not self.is_wished:
            with self._database.snapshot() as rows:
                self.is_wished = scenarios.is_stopped(rows, self._job_id)
            self._next = time.monotonic() + LOOKS
        return self.is_wished
