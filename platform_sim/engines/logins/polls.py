"""`GET /auth/cli/<secret>`: a program waits until a person has said in a browser who it is (heroku-cli §3).

The answer is JSON with blanks before it, one now and then: the client gives up after a minute of silence, and so one
request lasts as long as the login does. Served by the edge on its loop; rows are looked at in a thread beside it.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from platform_sim.core.actions.browser_logins import is_answered, login_of_program, take_answer
from platform_sim.core.errors import PlatformError
from platform_sim.core.model.addresses import LOGIN_POLL
from platform_sim.core.model.records import Event
from platform_sim.core.model.seams import Stream
from platform_sim.core.store import Database

HEARTBEAT = 15.0
"""Seconds of silence after which a client that waits gets a blank."""
_JSON = "application/json"


class LoginPolls:
    """The `Streams` of programs that wait for a login."""

    def __init__(self, database: Database, *, prefix: str = LOGIN_POLL, heartbeat: float = HEARTBEAT) -> None:
        self._database = database
        self._prefix = prefix
        self._heartbeat = heartbeat
        self._lock = threading.Lock()
        self._waiting: dict[Callable[[], None], str] = {}
        """What wakes each that waits, and for which login."""
        database.on_commit(self._committed)
        database.clock.on_move(lambda: self._wake(None))

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        """The answer that comes once the person has given one; refused at once without the login's token."""
        secret = path.removeprefix(self._prefix)
        if secret == path:
            return None
        token = headers.get("authorization", "").removeprefix("Bearer ")
        try:
            with self._database.snapshot() as rows:
                login = login_of_program(rows, secret, token)
        except PlatformError as problem:
            return Stream(problem.status, _JSON, _one(problem.body()))
        return Stream(200, _JSON, self._answer(login.id))

    async def _answer(self, login_id: str) -> AsyncIterator[bytes]:
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and who waited with it
                loop.call_soon_threadsafe(woken.set)

        with self._lock:
            self._waiting[wake] = login_id
        try:
            while (said := await asyncio.to_thread(self._said, login_id)) is None:
                if not await self._woken(woken):
                    yield b" "
            yield json.dumps(said).encode()
        finally:
            with self._lock:
                del self._waiting[wake]

    async def _woken(self, woken: asyncio.Event) -> bool:
        try:
            async with asyncio.timeout(self._heartbeat):
                await woken.wait()
        except TimeoutError:
            return False
        woken.clear()
        return True

    def _said(self, login_id: str) -> dict[str, str] | None:
        """What there is to tell; None while there is nothing."""
        with self._database.snapshot() as rows:
            if not is_answered(rows, login_id):
                return None
        with self._database.transaction() as tx:
            return take_answer(tx, login_id)

    def _committed(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.kind == "browser-login":
                self._wake(event.subject_id)

    def _wake(self, login_id: str | None) -> None:
        """Let look again who waits for this login, or (None) everybody."""
        with self._lock:
            woken = [wake for wake, waits_for in self._waiting.items() if login_id in (None, waits_for)]
        for wake in woken:
            wake()


async def _one(body: Mapping[str, object]) -> AsyncIterator[bytes]:
    yield json.dumps(body).encode()
