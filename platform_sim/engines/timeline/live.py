"""`GET /sim/timeline/live`: steps as server-sent events as they come, for programs with a token; for pages of this
machine's own origin `/dashboard/timeline/live`, where the browser says whom it stands for.

All who follow share one reader of the rows: a commit costs one look, however many pages are open. An event's id says
how far its reader is, so that `Last-Event-ID` (or `since`) goes on without a gap.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from platform_sim.core.access import check_standing, customers_only
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.browsers import COOKIE, customer_of
from platform_sim.core.actions.timeline import Followed, cursor_of, newest_place, newest_steps, wish_for
from platform_sim.core.errors import Forbidden, PlatformError
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addresses import is_this_machine
from platform_sim.core.model.scopes import GLOBAL
from platform_sim.core.model.seams import Stream
from platform_sim.core.model.steps import Step
from platform_sim.core.public import timeline as public
from platform_sim.core.store import Database, Snapshot

LIVE = "/sim/timeline/live"
PAGE = "/dashboard/timeline/live"
REST = 0.05
"""Wall seconds between two looks at the rows, so that a burst of commits costs few."""
SHARE = 0.0001
"""Wall seconds of rest for each step that was told to somebody: a flood of steps, which nobody could read anyway,
leaves the processor to those who cause it."""
LONGEST_REST = 1.0
MOST = 100
"""Steps that a page is told of one look: of more it gets the newest, and how many it has missed. Programs get all."""
HEARTBEAT = 15.0
"""Seconds of silence after which a reader gets a comment."""
BACKLOG = 500
"""Looks at the rows that may wait for a slow reader; one that is further behind is let go, and comes back."""
Cursor = tuple[int, int]
Texts = dict[tuple[str, Cursor], str]
"""Steps as they are sent: made once for all who follow."""


class Batch(NamedTuple):
    """What one look at the rows has found: new since `since`, as far as `seen`; `page` is what a page is told of it."""

    steps: list[Step]
    since: Cursor
    seen: Cursor
    texts: Texts
    page: bytes


class TimelineStreams:
    """The `Streams` of those who follow the timeline. `customer`: whose id a browser without a cookie
    stands for; raises for nobody's."""

    def __init__(
        self,
        database: Database,
        *,
        customer: Callable[[], str | None] = lambda: None,
        rest: float = REST,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self._database = database
        self._customer = customer
        self._rest = rest
        self._heartbeat = heartbeat
        self._wake: Callable[[], None] | None = None
        self._queues: set[asyncio.Queue[Batch | None]] = set()
        self._reader: asyncio.Task[None] | None = None
        self._placed = asyncio.Event()
        database.on_commit(lambda events: self._committed())

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        """The stream, or the refusal as JSON."""
        if path not in (LIVE, PAGE):
            return None
        try:
            with self._database.snapshot() as rows:
                if path == PAGE:
                    _check_page(rows, headers, self._customer)
                else:
                    _check_token(rows, headers)
                wish = wish_for(rows, query.get("app"), query.get("addon"), query.get("party"))
        except PlatformError as problem:
            return Stream(problem.status, "application/json", _one(problem.body()))
        since = public.read_cursor(headers.get("last-event-id") or query.get("since"))
        return Stream(
            200, "text/event-stream; charset=utf-8", self._told(Followed(wish), since, MOST if path == PAGE else None)
        )

    async def _told(self, wish: Followed, since: Cursor | None, most: int | None) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[Batch | None] = asyncio.Queue(BACKLOG)
        await self._join(queue)
        try:
            place = await asyncio.to_thread(self._place)
            # A cursor from before a reset or of another platform may lie beyond the end: nothing would ever be new.
            seen = place if since is None else (min(since[0], place[0]), min(since[1], place[1]))
            # Whoever wants only some has to know how what is there belongs together.
            before = await asyncio.to_thread(self._read, (0, 0) if wish.is_picky else seen)
            wish.fitting(step for step in before if not _is_beyond(step, seen))
            missed = _beyond(before, seen)
            seen = cursor_of(missed, seen)
            yield b"retry: 1000\n\n" + _lines(wish.fitting(missed), seen, {}, most)
            while True:
                try:
                    async with asyncio.timeout(self._heartbeat):
                        batch = await queue.get()
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if batch is None:
                    return
                if most is not None and seen == batch.since and not wish.is_picky:
                    seen = batch.seen
                    yield batch.page
                    continue
                fitting, seen = wish.fitting(_beyond(batch.steps, seen)), cursor_of(batch.steps, seen)
                if fitting:
                    yield _lines(fitting, seen, batch.texts, most)
        finally:
            self._queues.discard(queue)

    async def _join(self, queue: asyncio.Queue[Batch | None]) -> None:
        """From here on the queue gets what is written: the reader's place is known before the first look."""
        self._queues.add(queue)
        if self._reader is None or self._reader.done():
            self._placed = asyncio.Event()
            self._reader = asyncio.get_running_loop().create_task(self._read_on(self._placed))
        await self._placed.wait()

    async def _read_on(self, placed: asyncio.Event) -> None:
        """Until nobody follows any more."""
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and who followed with it
                loop.call_soon_threadsafe(woken.set)

        self._wake = wake
        seen = await asyncio.to_thread(self._place)
        placed.set()
        while self._queues:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat):
                    await woken.wait()
            woken.clear()
            batch = await asyncio.to_thread(self._look, seen)
            seen = batch.seen
            told = list(self._queues) if batch.steps else []
            for queue in told:
                _put(queue, batch)
            await asyncio.sleep(min(LONGEST_REST, self._rest + SHARE * len(told) * len(batch.steps)))

    def _look(self, since: Cursor) -> Batch:
        steps, texts = self._read(since), Texts()
        seen = cursor_of(steps, since)
        return Batch(steps, since, seen, texts, _lines(steps, seen, texts, MOST))

    def _read(self, since: Cursor) -> list[Step]:
        with self._database.snapshot() as rows:
            return newest_steps(rows, since=since)

    def _place(self) -> Cursor:
        with self._database.snapshot() as rows:
            return newest_place(rows)

    def _committed(self) -> None:
        """In the writer's thread: must be quick."""
        if self._queues and self._wake is not None:
            self._wake()


def _put(queue: asyncio.Queue[Batch | None], batch: Batch) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
        return
    queue.put_nowait(batch)


def _check_page(rows: Snapshot, headers: Mapping[str, str], customer: Callable[[], str | None]) -> None:
    """A page of ours, of this machine, in the browser of somebody who may open it: as the dashboard answers itself."""
    host, origin = headers.get("host", ""), headers.get("origin")
    is_ours = is_this_machine(urlsplit(f"//{host}").hostname or "") and (
        origin is None or origin.partition("://")[2] == host
    )
    if not is_ours or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("This is only for pages of the platform itself: open it as http://localhost:PORT/.")
    cookies = (each.strip().partition("=") for each in headers.get("cookie", "").split(";"))
    cookie = next((value for name, _, value in cookies if name == COOKIE), None)
    if cookie:
        check_standing(customer_of(rows, cookie))
    elif (first := customer()) is not None:
        check_standing(rows.get(Account, first))


def _check_token(rows: Snapshot, headers: Mapping[str, str]) -> None:
    """A customer's, for everything."""
    actor = actor_for_token(rows, headers.get("authorization", "").removeprefix("Bearer ").strip())
    customers_only(actor, "operate the simulator")
    if GLOBAL not in actor.scope:
        raise Forbidden(f"This token's scope ({', '.join(actor.scope)}) is too narrow for this: it takes global.")


def _beyond(steps: list[Step], seen: Cursor) -> list[Step]:
    return [step for step in steps if _is_beyond(step, seen)]


def _is_beyond(step: Step, seen: Cursor) -> bool:
    return step.cursor[0] > seen[0] or step.cursor[1] > seen[1]


def _lines(steps: list[Step], seen: Cursor, texts: Texts, most: int | None) -> bytes:
    """An event a step, the newest `most`, after one that says how many are left out; only the last has an id, so that
    who loses the rest asks for all of them again."""
    if not steps:
        return b""
    left_out = 0 if most is None else max(0, len(steps) - most)
    skipped = f"event: skipped\ndata: {left_out}\n\n" if left_out else ""
    told = "\n".join(_text(step, texts) for step in steps[left_out:])
    return (f"{skipped}{told}id: {public.cursor(seen)}\n\n").encode()


def _text(step: Step, texts: Texts) -> str:
    key = (step.id, step.cursor)
    if key not in texts:
        texts[key] = f"data: {json.dumps(public.step(step), ensure_ascii=False)}\n"
    return texts[key]


async def _one(body: Mapping[str, object]) -> AsyncIterator[bytes]:
    yield json.dumps(body).encode()
