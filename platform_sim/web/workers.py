"""The threads that answer calls: few while calls are quick, more for calls that wait. Touches threads only.

Threads that all want the interpreter at once take it from each other at every step into SQLite: with 64 of them a call
costs up to half as much again as with four. So only FEW quick calls run at a time, the others queue. One read does not
stand behind fifty writes: it and other calls are let in by turns, and there is one more place that only reads have.

A call that says that it waits (`waiting`: for a partner) gives its place to the next one as long as it does. One that
takes longer than PATIENCE without saying so (a push, an upload) is not counted any more either.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

log = logging.getLogger(__name__)

FEW = 4
MOST = 64
MOST_WAITING = 192
"""Beside MOST: however many wait for partners, the partners' own calls are let in (design §9)."""
PATIENCE = 0.05
"""Wall seconds after which a call is taken for one that waits."""


class Task(Protocol):
    """What waitress wants done."""

    @property
    def is_read(self) -> bool:
        """Whether it only looks at something."""

    def service(self) -> None:
        """Answer one request."""

    def cancel(self) -> None:
        """It will not be answered."""


class Workers:
    """Waitress's dispatcher of tasks. `add_task` from any thread; `look` every PATIENCE while `is_crowded`."""

    def __init__(
        self, few: int = FEW, most: int = MOST, patience: float = PATIENCE, most_waiting: int = MOST_WAITING
    ) -> None:
        self._few = few
        self._most = most
        self._most_waiting = most_waiting
        self._patience = patience
        self._lock = threading.Lock()
        self._reads: deque[Task] = deque()
        self._others: deque[Task] = deque()
        self._read_was_last = False
        """Whether the one that was let in last is a read."""
        self._idle: list[_Worker] = []
        self._busy: dict[_Worker, float] = {}
        """Since when each has been with its task."""
        self._waiting: set[_Worker] = set()
        self._ending = False

    @property
    def is_crowded(self) -> bool:
        """Whether tasks wait for a thread."""
        return bool(self._reads or self._others)

    def add_task(self, task: Task) -> None:
        """Have a task done; reads in the order they come, and so the others."""
        with self._lock:
            (self._reads if task.is_read else self._others).append(task)
            self._put_to_work()

    def look(self) -> None:
        """Let queued tasks begin in place of calls that have turned out to wait."""
        with self._lock:
            self._put_to_work()

    @contextmanager
    def wait(self, worker: "_Worker") -> Iterator[bool]:
        """The worker's call waits in the block, and another may run meanwhile. False if too many wait already: then
        it must not."""
        with self._lock:
            may_wait = len(self._waiting) < self._most_waiting
            if may_wait:
                del self._busy[worker]
                self._waiting.add(worker)
                self._put_to_work()
        try:
            yield may_wait
        finally:
            if may_wait:
                with self._lock:
                    self._waiting.remove(worker)
                    self._busy[worker] = time.monotonic()

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Cancel what is queued, end the threads, wait at most `timeout` seconds for those that are busy."""
        end = time.monotonic() + timeout
        with self._lock:
            self._ending = True
            cancelled = [*self._reads, *self._others]
            self._reads.clear()
            self._others.clear()
            threads = [*self._busy, *self._waiting, *self._idle]
            while self._idle:
                self._idle.pop().give(None)
        for task in cancelled:
            task.cancel()
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return bool(cancelled)

    def _put_to_work(self) -> None:
        while task := self._take():
            worker = self._idle.pop() if self._idle else _Worker(self)
            self._begins(worker, task)
            worker.give(task)

    def _begins(self, worker: "_Worker", task: Task) -> None:
        worker.is_reading = task.is_read
        self._busy[worker] = time.monotonic()

    def _take(self) -> Task | None:
        """The next task, if there is one that may begin now."""
        if self._ending or not self.is_crowded or len(self._busy) >= self._most:
            return None
        late = time.monotonic() - self._patience
        reading = [worker.is_reading for worker, began in self._busy.items() if began > late]
        if len(reading) > self._few:
            return None
        has_other = bool(self._others) and reading.count(False) < self._few
        self._read_was_last = bool(self._reads) and (not has_other or not self._read_was_last)
        if self._read_was_last:
            return self._reads.popleft()
        return self._others.popleft() if has_other else None

    def next_for(self, worker: "_Worker") -> Task | None:
        """The task that a worker goes on with; None if it has to wait for one, or to end."""
        with self._lock:
            del self._busy[worker]
            if task := self._take():
                self._begins(worker, task)
                return task
            if self._ending:
                worker.give(None)
            else:
                # The last to rest is the first to work: its stack and its database connection are warm.
                self._idle.append(worker)
            return None


class _Worker(threading.Thread):
    """One thread; it starts with the first task it is given."""

    def __init__(self, workers: Workers) -> None:
        super().__init__(name="control-worker", daemon=True)
        self.workers = workers
        self.is_reading = False
        self._given: Task | None = None
        self._go = threading.Semaphore(0)

    def give(self, task: Task | None) -> None:
        """Wake it for a task, or for its end (None)."""
        self._given = task
        self._go.release()
        if self.ident is None:
            self.start()

    def run(self) -> None:
        """Tasks until the end."""
        while True:
            self._go.acquire()
            task, self._given = self._given, None
            if task is None:
                return
            while task is not None:
                try:
                    task.service()
                except BaseException:  # as waitress's own threads do: one call must not cost a thread
                    log.exception("an answer could not be given; this is a bug of the platform")
                task = self.workers.next_for(self)


@contextmanager
def waiting() -> Iterator[bool]:
    """The call of this thread waits in the block: others are let in meanwhile. False if it must not wait, since too
    many do; elsewhere than in a worker's thread it always may."""
    thread = threading.current_thread()
    if not isinstance(thread, _Worker):
        yield True
        return
    with thread.workers.wait(thread) as may_wait:
        yield may_wait
