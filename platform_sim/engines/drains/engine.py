"""Keeps one worker for each active drain of the rows, all of them on one loop in one thread.

Reads rows; writes none. Which drains there are follows from the events of commits, so that a drain misses no line
said after the commit that made it.
"""

import asyncio
import contextlib
import logging
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count

from platform_sim.core.model.drains import LogDrain
from platform_sim.core.model.records import Event
from platform_sim.core.model.seams import LineFollower, LogFeed
from platform_sim.core.store import Database
from platform_sim.engines.drains.connection import Times
from platform_sim.engines.drains.faults import fault_of
from platform_sim.engines.drains.senders import Sender, sender_for
from platform_sim.engines.drains.target import target_of
from platform_sim.engines.drains.worker import DrainWorker

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[None]]


@dataclass
class _Running:
    """A drain as it is at work. `task` belongs to the loop's thread."""

    url: str
    worker: DrainWorker
    follower: LineFollower | None = None
    task: asyncio.Task[None] | None = None

    def pump(self) -> None:
        """On the loop: hand over what the app has said since the last time."""
        if self.follower is not None:
            lines, lost = self.follower.take()
            self.worker.add(lines, lost)


class DrainEngine:
    """`feed`: every app's lines. `boot_id`: of this start of the platform, so that no frame id comes twice.

    `authority`: a file with the authorities that receivers' certificates are checked against, None the system's.
    """

    def __init__(self, database: Database, feed: LogFeed, boot_id: str, *, authority: str | None = None) -> None:
        self._database = database
        self._feed = feed
        self._boot_id = boot_id
        self._authority = authority
        rules = database.rules
        self._times = Times(
            connect=rules.drain_connect_timeout,
            request=rules.drain_request_timeout,
            idle=rules.drain_idle,
            life=rules.drain_connection_life,
        )
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        """Made with the first drain, and its thread with it."""
        self._steps: asyncio.Queue[Step | None] = asyncio.Queue()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="drains", daemon=True)

    def start(self) -> None:
        """Begin to send for every active drain, and for those that come, until `stop`; without any, no thread."""
        self._database.on_commit(self._committed)
        self._database.clock.on_move(self._clock_moved)
        with self._database.snapshot() as rows:
            drains = rows.all(LogDrain, active=True)
        for drain in drains:
            self._match(drain.id, drain)

    def stop(self) -> None:
        """End everything at once, whatever receivers do; lines that wait are gone. Idempotent."""
        with self._lock:
            if self._stopping:
                return
            self._stopping = True
            running = list(self._running.values())
            self._running.clear()
        for each in running:
            self._end(each)
        self._soon(self._steps.put_nowait, None)
        if self._thread.ident is not None:
            self._thread.join()

    def _committed(self, events: list[Event]) -> None:
        """A listener for commits."""
        for drain_id in dict.fromkeys(event.subject_id for event in events if event.kind == "log-drain"):
            with self._database.snapshot() as rows:
                drain = rows.find(LogDrain, id=drain_id, active=True)
            self._match(drain_id, drain)

    def _match(self, drain_id: str, drain: LogDrain | None) -> None:
        """Bring what runs in line with a drain's row; None: it is not active any more."""
        with self._lock:
            if self._stopping:
                return
            known = self._running.get(drain_id)
            if drain is None or drain.url is None:
                if known is not None:
                    self._end(self._running.pop(drain_id))
            elif known is None:
                self._running[drain_id] = self._begin(drain, drain.url)
            elif known.url != drain.url:
                known.url = drain.url
                self._then(partial(self._move, known, self._sender(drain, drain.url)))

    def _begin(self, drain: LogDrain, url: str) -> _Running:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread.start()
        key = f"{drain.id}:{self._boot_id}"
        chance, numbers = self._database.chance, count(1)
        dice = chance.dice(f"drain-back-off:{key}")
        worker = DrainWorker(
            f"{drain.id} to {target_of(url).shown}",
            self._sender(drain, url),
            self._database.rules,
            self._database.clock,
            lambda most: dice.randint(1, most),
            lambda: chance.secret(f"drain-frame:{key}", next(numbers)).upper(),
            partial(fault_of, self._database, drain.id),
        )
        made = _Running(url, worker)
        _, made.follower = self._feed.follow(drain.app_id, partial(self._soon, made.pump))
        self._soon(made.pump)  # what was said before the line above was through has woken nobody
        self._then(partial(self._start, made))
        return made

    def _sender(self, drain: LogDrain, url: str) -> Sender:
        return sender_for(target_of(url), drain.token, self._times, lambda: self._trust)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._authority)

    def _end(self, running: _Running) -> None:
        if running.follower is not None:
            running.follower.close()
        self._then(partial(self._halt, running))

    def _clock_moved(self) -> None:
        with self._lock:
            workers = [each.worker for each in self._running.values()]
        for worker in workers:
            self._soon(worker.clock_moved)

    def _then(self, step: Step) -> None:
        """Have the loop do a step, after all those before it."""
        self._soon(self._steps.put_nowait, step)

    def _soon(self, act: Callable[..., object], *given: object) -> None:
        """From any thread; never blocks, never raises."""
        if self._loop is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended: there is nothing to do any more
            self._loop.call_soon_threadsafe(act, *given)

    # --- in the loop's thread

    def _run(self) -> None:
        assert self._loop is not None
        try:
            self._loop.run_until_complete(self._work())
        finally:
            self._loop.close()

    async def _work(self) -> None:
        while (step := await self._steps.get()) is not None:
            await step()

    async def _start(self, running: _Running) -> None:
        running.task = asyncio.get_running_loop().create_task(running.worker.run())
        running.task.add_done_callback(_tell_of_bug)

    async def _halt(self, running: _Running) -> None:
        if running.task is not None:
            running.task.cancel()
            await asyncio.gather(running.task, return_exceptions=True)

    async def _move(self, running: _Running, sender: Sender) -> None:
        """To another URL; what waits goes there."""
        await self._halt(running)
        running.worker.sender = sender
        await self._start(running)


def _tell_of_bug(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (bug := task.exception()) is not None:
        log.error("a log drain has stopped working", exc_info=bug)
