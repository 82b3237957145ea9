"""Where the runner's tests put jobs and wait for what becomes of them."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from platform_sim.core.actions import jobs
from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database, Snapshot
from platform_sim.engines.jobs import Handler, JobRunner
from platform_sim.settings import load

LONG = 120.0
"""Wall seconds after which a test that waits has failed."""


class Desk:
    """A database, handlers that are written in the test, and ways to wait for what becomes of jobs."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self.clock = clock
        self.database = Database(path, clock, Chance(1), load({}))
        self.runners: list[JobRunner] = []
        self.did: list[str] = []
        self._lock = threading.Lock()

    def runner(
        self, handlers: Mapping[str, Handler] | None = None, boot: str = "boot-1", workers: int = 8, grace: float = LONG
    ) -> JobRunner:
        self.runners.append(JobRunner(self.database, boot, handlers or {"call": self.finish}, workers, grace))
        return self.runners[-1]

    def add(self, subject: str, kind: str = "call", after: float = 0) -> Job:
        with self.database.transaction() as tx:
            return tx.add_job(kind, subject, {}, tx.now() + timedelta(seconds=after))

    def finish(self, job: Job) -> None:
        """A handler that just does it."""
        with self._lock:
            self.did.append(job.id)
        with self.database.transaction() as tx:
            jobs.finish(tx, job, {"ok": True})

    def job(self, job: Job) -> Job:
        with self.database.snapshot() as rows:
            return rows.get(Job, job.id)

    def wait(self, holds: Callable[[Snapshot], bool]) -> None:
        """Until the rows are so."""
        while True:
            seen = self.database.version
            with self.database.snapshot() as rows:
                if holds(rows):
                    return
            assert self.database.wait_for_change(seen, LONG) != seen, "waited too long"

    def wait_for(self, job: Job, state: str = "done") -> Job:
        self.wait(lambda rows: rows.get(Job, job.id).state == state)
        return self.job(job)
