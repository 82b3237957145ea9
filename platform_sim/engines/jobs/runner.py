"""Claims jobs that are due and runs each one's handler in a worker thread, outside any transaction.

A handler meets the obligation and writes its outcome *and* the job's new state in one transaction; so there is no
moment in which a kill loses either. What a handler leaves open or breaks comes back later, by itself.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from queue import SimpleQueue

from platform_sim.core.actions import jobs
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database

log = logging.getLogger(__name__)

Handler = Callable[[Job], None]
"""Does what a job asks for, with no transaction open when called. Must be safe to repeat (partner-api §2.6).
May raise PutBack."""

LONGEST_DELAY = 3600.0
"""Seconds on the platform's clock between two tries of a handler that breaks."""
CANNOT_LOOK = "cannot look for jobs, trying again: %s"
REST = 1.0
"""Wall seconds before the dispatcher looks again when the database could not be asked."""


class JobRunner:
    """`handlers`: kind -> handler; other kinds of jobs are left alone. `boot_id`: of this start of the platform.

    `workers`: how many jobs run at once; one waits up to 25 s for a partner, and must not hold up the others.
    `grace`: wall seconds that `stop` gives to handlers in flight.
    """

    def __init__(
        self,
        database: Database,
        boot_id: str,
        handlers: Mapping[str, Handler],
        workers: int = 8,
        grace: float = 5.0,
    ) -> None:
        self._database = database
        self._boot_id = boot_id
        self._handlers = dict(handlers)
        self._grace = grace
        self._claimed: SimpleQueue[Job | None] = SimpleQueue()
        self._free = threading.Semaphore(workers)
        self._idle = threading.Semaphore(0)
        """Workers that have no job."""
        self._stopping = False
        self._dispatcher = threading.Thread(target=self._dispatch, name="jobs-dispatcher", daemon=True)
        self._workers: list[threading.Thread] = []
        self._lock = threading.Lock()
        """Held to begin, and to stop."""
        self._at_rest = False
        """Whether the dispatcher has yet to begin, with the first job."""

    def start(self) -> None:
        """Take again what a killed platform was doing, then run jobs until `stop`. Without jobs there is no thread."""
        self.recover()
        self._at_rest = True
        self._database.on_rows(Job, self._look)
        self._look()

    def _look(self) -> None:
        if not self._at_rest or not self._may_have_jobs():
            return
        with self._lock:  # not while rows are read: whoever writes holds them, and comes here
            if self._at_rest:
                self._at_rest = False
                self._dispatcher.start()

    def _may_have_jobs(self) -> bool:
        try:
            return self.next_due() is not None
        except Exception as error:
            log.error(CANNOT_LOOK, _told(error))
            return True

    def stop(self) -> None:
        """Take no more jobs and wait for those in flight, at most `grace` wall seconds in all.

        What is not finished by then stays `doing`; the next start takes it again.
        """
        with self._lock:
            self._stopping, self._at_rest = True, False
        if self._dispatcher.ident is None:
            return
        self._database.touch()
        self._free.release()
        end = time.monotonic() + self._grace
        self._dispatcher.join(self._grace)
        for _ in self._workers:
            self._claimed.put(None)
        for worker in self._workers:
            worker.join(max(0.0, end - time.monotonic()))

    def recover(self) -> int:
        """Put back what other boots left `doing`; returns how many. `start` does it."""
        with self._database.snapshot() as rows:
            left = rows.count(Job, state="doing")
        if not left:
            return 0
        with self._database.transaction() as tx:
            return jobs.take_again(tx, self._boot_id)

    def run_until_idle(self, limit: int = 10_000) -> int:
        """Run jobs in the calling thread until none is due; returns how many ran. For tests without threads.

        RuntimeError after `limit` jobs: they make each other for ever.
        """
        for count in range(limit):
            job = self._claim(self.next_due())
            if job is None:
                return count
            self._run(job)
        raise RuntimeError(f"{limit} jobs ran and there are still more: do they make each other?")

    def next_due(self) -> datetime | None:
        """When the next job can run, on the platform's clock; None if none waits."""
        with self._database.snapshot() as rows:
            job = jobs.next_job(rows, self._handlers)
        return job.run_at if job else None

    def _dispatch(self) -> None:
        while True:
            self._free.acquire()
            job = self._next_claimed()
            if job is None:
                return
            self._claimed.put(job)
            if not self._idle.acquire(blocking=False):
                self._begin_worker()

    def _begin_worker(self) -> None:
        """Only when a job finds none: most platforms never need as many as they may have."""
        worker = threading.Thread(target=self._work, name=f"jobs-{len(self._workers)}", daemon=True)
        self._workers.append(worker)
        worker.start()

    def _next_claimed(self) -> Job | None:
        """Wait until a job is due and claim it; None when it is time to stop."""
        while not self._stopping:
            seen = self._database.version
            try:
                due = self.next_due()
                job = self._claim(due)
                if job is not None:
                    return job
                wait = self._database.clock.seconds_until(due)
            except Exception as error:
                log.error(CANNOT_LOOK, _told(error))
                wait = REST
            if not self._stopping:
                self._database.wait_for_change(seen, wait, Job)
        return None

    def _claim(self, due: datetime | None) -> Job | None:
        """Writes only when something is due: each commit wakes everybody who waits on rows."""
        if due is None or due > self._database.clock.now():
            return None
        with self._database.transaction() as tx:
            return jobs.claim(tx, self._boot_id, self._handlers)

    def _work(self) -> None:
        while (job := self._claimed.get()) is not None:
            self._run(job)
            self._idle.release()
            self._free.release()

    def _run(self, job: Job) -> None:
        try:
            with self._database.eras.in_this_one():
                self._handlers[job.kind](job)
                self._check_settled(job)
        except jobs.PutBack:
            log.debug("job %s (%s) was put back", job.id, job.kind)
        except Exception as error:
            self._put_back(job, error)

    def _check_settled(self, job: Job) -> None:
        with self._database.snapshot() as rows:
            if self._is_ours(rows.find(Job, id=job.id), job):
                raise RuntimeError("the handler neither finished the job nor put it back")

    def _is_ours(self, row: Job | None, job: Job) -> bool:
        """Whether nobody has done anything with the job since this runner claimed it."""
        taken = ("doing", self._boot_id, job.attempts)
        return row is not None and (row.state, row.boot_id, row.attempts) == taken

    def _put_back(self, job: Job, error: Exception) -> None:
        """An obligation is never lost: it comes back, later each time, and its row says why."""
        if self._stopping:
            log.info("job %s (%s) was interrupted by the stop; the next start takes it again", job.id, job.kind)
            return
        told = _told(error)
        delay = min(LONGEST_DELAY, 2.0 ** min(job.attempts - 1, 30))
        log.error("job %s (%s) broke and comes back in %g s: %s", job.id, job.kind, delay, told)
        try:
            with self._database.transaction(job.cause_id) as tx:
                row = tx.find(Job, id=job.id)
                if row is not None and self._is_ours(row, job):
                    jobs.try_again(tx, row, delay, {**row.outcome, "error": told})
        except Exception as again:
            log.error("job %s (%s) stays `doing` until the next start: %s", job.id, job.kind, _told(again))


def _told(error: Exception) -> str:
    """Type and place of an exception. Not its text: that may quote credentials (design §8 rule 22)."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " > ".join(f"{frame.name} ({frame.filename.rpartition('/')[2]}:{frame.lineno})" for frame in frames)
    return f"{type(error).__name__} in {places}"
