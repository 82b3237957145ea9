"""What all connections of one edge share: settings, collaborators, and the requests that wait for a dyno.

Used on the edge's loop only.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from platform_sim.core.model.seams import LogSink, Routes, Streams, Terminals
from platform_sim.engines.router.limits import RouterLimits
from platform_sim.engines.router.upstream import Address, Pool


class Waiter(Protocol):
    """A request that wants to hear when routes may have changed."""

    def woken(self) -> None:
        """Ask for the route again."""


class Abortable(Protocol):
    """Something that holds sockets and must let go of them when the edge stops."""

    def abort(self) -> None:
        """Close at once."""


class WaitingRoom:
    """Requests held until their app has a dyno; asked again when woken, and slowly by itself."""

    def __init__(self, loop: asyncio.AbstractEventLoop, poll: float) -> None:
        self._loop = loop
        self._poll = poll
        self._waiters: dict[Waiter, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiters)

    def add(self, waiter: Waiter) -> None:
        """Hold a request."""
        self._waiters[waiter] = None
        if self._timer is None:
            self._timer = self._loop.call_later(self._poll, self._tick)

    def discard(self, waiter: Waiter) -> None:
        """A request waits no more."""
        self._waiters.pop(waiter, None)

    def wake(self) -> None:
        """Routes changed: let every held request look again, in the order they came."""
        for waiter in list(self._waiters):
            if waiter in self._waiters:
                waiter.woken()

    def close(self) -> None:
        """Wake nobody again."""
        self._waiters.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _tick(self) -> None:
        self._timer = None
        self.wake()
        if self._waiters and self._timer is None:
            self._timer = self._loop.call_later(self._poll, self._tick)


FaultOf = Callable[[str, bytes, bytes], str | None]
"""Of an app's id, method and target: the code of what is to go wrong on purpose with a dyno's answer."""


def no_fault(app_id: str, method: bytes, target: bytes) -> str | None:
    """Nothing ever goes wrong on purpose."""
    return None


@dataclass(slots=True, eq=False)
class Shared:
    """One edge's world, made on its loop when it starts."""

    loop: asyncio.AbstractEventLoop
    limits: RouterLimits
    routes: Routes
    streams: Streams
    terminals: Terminals
    control: Address
    log: LogSink
    new_id: Callable[[], str]
    now_ms: Callable[[], int]
    pool: Pool
    waiting: WaitingRoom
    fault: FaultOf = no_fault
    port: int = 0
    """The port clients connected to, for X-Forwarded-Port."""
    connect_elsewhere: bool = False
    """Whether CONNECT goes to hosts that are neither the platform's nor this machine."""
    stopping: bool = False
    """Whether the edge itself closes the connections (H24, not H27)."""
    open: set[Abortable] = field(default_factory=set)
    """Client connections and tunnels."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """Running streams."""
    turns: dict[str, int] = field(default_factory=dict)
    """Whose turn it is: requests given to each app so far, for round robin."""
