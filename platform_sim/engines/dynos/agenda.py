"""Which apps the supervisor has to look after, and when: those with news, and those for which a moment has come."""

import threading
from collections.abc import Iterable
from datetime import datetime

from platform_sim.core.clock import Clock
from platform_sim.core.model.records import Event


class Agenda:
    """Apps by id. News may come from any thread; all else is the supervisor's own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._news: set[str] = set()
        self._moments: dict[str, datetime] = {}

    def committed(self, events: Iterable[Event]) -> None:
        """Whatever changes what an app should run is an event of that app."""
        self.add(event.app_id for event in events if event.app_id is not None)

    def add(self, apps: Iterable[str]) -> None:
        """Have a look at these."""
        with self._lock:
            self._news.update(apps)

    def set(self, app_id: str, moment: datetime | None) -> None:
        """When there is something to do for the app without news, on the platform's clock; None: never."""
        if moment is None:
            self._moments.pop(app_id, None)
        else:
            self._moments[app_id] = moment

    def take(self) -> list[str]:
        """The apps whose turn it is, once: their news and moments are taken."""
        now = self._clock.now()
        with self._lock:
            due = self._news | {app_id for app_id, moment in self._moments.items() if moment <= now}
            self._news = set()
        for app_id in due:
            self._moments.pop(app_id, None)
        return sorted(due)

    def patience(self) -> float | None:
        """Wall seconds until the next moment; None if there is none, or the clock stands."""
        waits = (self._clock.seconds_until(moment) for moment in self._moments.values())
        return min((wait for wait in waits if wait is not None), default=None)
