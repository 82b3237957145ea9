"""The threads that answer calls: few while calls are quick, more for calls that wait. Touches threads only.

Threads that all want the interpreter at once take it from each other at every step into SQLite: with 64 of them a call
costs up to half as much again as with four. So only FEW quick calls run at a time, the others queue. A call that takes
longer than PATIENCE (a push, an upload, one that waits for a partner) is not counted among them any more.
"""

import logging
import threading
import time
from collections import deque
from typing import Protocol

log = logging.getLogger(__name__)

FEW = 4
MOST = 64
PATIENCE = 0.05
"""Wall seconds after which a call is taken for one that waits."""


class Task(Protocol):
    """What waitress wants done."""

    def service(self) -> None:
        """Answer one request."""

    def cancel(self) -> None:
        """It will not be answered."""


class Workers:
    """Waitress's dispatcher of tasks. `add_task` from any thread; `look` every PATIENCE while `is_crowded`."""

    def __init__(self, few: int = FEW, most: int = MOST, patience: float = PATIENCE) -> None:
        self._few = few
        self._most = most
        self._patience = patience
        self._lock = threading.Lock()
        self._queue: deque[Task] = deque()
        self._idle: list[_Worker] = []
        self._busy: dict[_Worker, float] = {}
        """Since when each has been with its task."""
        self._ending = False

    @property
    def is_crowded(self) -> bool:
        """Whether tasks wait for a thread."""
        return bool(self._queue)

    def add_task(self, task: Task) -> None:
        """Have a task done, in the order they come."""
        with self._lock:
            self._queue.append(task)
            self._put_to_work()

    def look(self) -> None:
        """Let queued tasks begin in place of calls that have turned out to wait."""
        with self._lock:
            self._put_to_work()

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Cancel what is queued, end the threads, wait at most `timeout` seconds for those that are busy."""
        end = time.monotonic() + timeout
        with self._lock:
            self._ending = True
            cancelled, self._queue = self._queue, deque()
            threads = [*self._busy, *self._idle]
            while self._idle:
                self._idle.pop().give(None)
        for task in cancelled:
            task.cancel()
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return bool(cancelled)

    def _put_to_work(self) -> None:
        while self._queue and not self._ending and self._may_begin(len(self._busy)):
            worker = self._idle.pop() if self._idle else _Worker(self)
            self._busy[worker] = time.monotonic()
            worker.give(self._queue.popleft())

    def _may_begin(self, others: int) -> bool:
        """Whether one more may run beside so many others."""
        if others < self._few:
            return True
        if others >= self._most:
            return False
        late = time.monotonic() - self._patience
        return sum(began > late for began in self._busy.values()) < self._few

    def next_for(self, worker: "_Worker") -> Task | None:
        """The task that a worker goes on with; None if it has to wait for one, or to end."""
        with self._lock:
            del self._busy[worker]
            if self._queue and not self._ending and self._may_begin(len(self._busy)):
                self._busy[worker] = time.monotonic()
                return self._queue.popleft()
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
        self._workers = workers
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
                task = self._workers.next_for(self)
