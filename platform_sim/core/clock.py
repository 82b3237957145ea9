"""Time and chance: the only source of the hour, of ids, tokens, names and random numbers (design §3).

A `Clock` is real until it is frozen; a frozen one moves only when told to. `Chance` is real randomness
unless it was given a seed; then the n-th value of a named stream is always the same. Streams are named by
what they are for (`release` of app X), never by who asks first: two threads cannot disturb each other.
"""

import hashlib
import random
import secrets
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Where a seeded, frozen platform starts unless it is told otherwise."""


class Clock:
    """The platform's time. Thread-safe. All values are aware datetimes in UTC."""

    def __init__(self, frozen_at: datetime | None = None, offset: timedelta = timedelta(0)) -> None:
        """`offset`: how far it is ahead of the clock on the wall while it runs."""
        self._frozen_at = None if frozen_at is None else _in_utc(frozen_at)
        self._offset = offset
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_frozen(self) -> bool:
        """Whether time stands still until `advance`."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        """The platform's time; never the caller's own idea of it."""
        with self._lock:
            if self._frozen_at is not None:
                return self._frozen_at
            return datetime.now(UTC) + self._offset

    def offset(self) -> timedelta:
        """How far it is ahead of the clock on the wall, now."""
        with self._lock:
            if self._frozen_at is not None:
                return self._frozen_at - datetime.now(UTC)
            return self._offset

    def milliseconds(self) -> int:
        """Unix milliseconds of `now()`, as the router's X-Request-Start wants them."""
        return int(self.now().timestamp() * 1000)

    def seconds_until(self, moment: datetime | None) -> float | None:
        """Wall seconds until `moment` comes by itself; None if it never will (no moment, frozen clock)."""
        if moment is None:
            return None
        left = (moment - self.now()).total_seconds()
        if left <= 0:
            return 0.0
        return None if self.is_frozen else left

    def freeze(self, at: datetime | None = None) -> None:
        """Stop time here, or at the given moment; ValueError for one without a time zone."""
        moment = self.now() if at is None else _in_utc(at)
        with self._lock:
            self._frozen_at = moment
        self._tell()

    def resume(self) -> None:
        """Let time run again from where it stands."""
        with self._lock:
            if self._frozen_at is not None:
                self._offset = self._frozen_at - datetime.now(UTC)
                self._frozen_at = None
        self._tell()

    def advance(self, by: timedelta) -> datetime:
        """Move time forward, frozen or not; ValueError for a step back. Returns the new time."""
        if by < timedelta(0):
            raise ValueError(f"cannot move the clock by {by}: time only goes forward")
        with self._lock:
            if self._frozen_at is not None:
                self._frozen_at += by
            else:
                self._offset += by
        self._tell()
        return self.now()

    def copy(self) -> "Clock":
        """One that shows the same; nobody waits on it."""
        with self._lock:
            return Clock(self._frozen_at, self._offset)

    def put(self, frozen_at: datetime | None, offset: timedelta) -> None:
        """Stand at that time or (None) run so far ahead of the clock on the wall; whoever waits looks again."""
        with self._lock:
            self._frozen_at, self._offset = frozen_at, offset
        self._tell()

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each freeze, resume and advance, so that waiters look again."""
        self._listeners.append(listener)

    def listening(self) -> Callable[[], None]:
        """Who hears of moves now; call the result to be left with these alone."""
        kept = list(self._listeners)

        def back() -> None:
            self._listeners = list(kept)

        return back

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"cannot set the clock to {moment}: it has no time zone; write it with Z or an offset")
    return moment.astimezone(UTC)


class Chance:
    """Ids, tokens and dice. With a seed, value n of stream `key` is a pure function of (seed, key, n)."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    @property
    def is_seeded(self) -> bool:
        """Whether values repeat; then callers must pass the stream's running number."""
        return self.seed is not None

    def uuid(self, key: str = "", number: int = 0) -> str:
        """A lower-case version 4 UUID."""
        if self.seed is None:
            return str(uuid.uuid4())
        return str(uuid.UUID(bytes=self._digest(key, number)[:16], version=4))

    def fresh(self) -> str:
        """A random UUID even under a seed: for trace ids and page nonces, which no row or event ever holds."""
        return str(uuid.uuid4())

    def secret(self, key: str = "", number: int = 0) -> str:
        """32 hex digits that nobody can guess (unless the seed is known)."""
        if self.seed is None:
            return secrets.token_hex(16)
        return self._digest(key + "/secret", number).hex()[:32]

    def dice(self, key: str = "", number: int = 0) -> random.Random:
        """A random generator for picking names and the like."""
        if self.seed is None:
            return random.Random()
        return random.Random(self._digest(key + "/dice", number))

    def _digest(self, key: str, number: int) -> bytes:
        return hashlib.sha256(f"{self.seed}/{key}/{number}".encode()).digest()
