"""The first request that each release answers, as an event: with it a change has arrived (docs/timeline.md).

The edge tells of answers on its loop, where nothing may wait; a thread writes, once a release.
"""

import logging
import threading
from queue import SimpleQueue

from platform_sim.core.actions.dynos import report_first_request
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database

logger = logging.getLogger(__name__)


class FirstRequests:
    """Thread-safe. `close` writes what was told before it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[str] = set()
        self._told: SimpleQueue[tuple[str, str, int] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        database.on_commit(self._committed)

    def _committed(self, events: list[Event]) -> None:
        """With an app its releases go: under a seed another app's may have their ids one day."""
        if any((event.kind, event.action) == ("app", "destroy") for event in events):
            self._known = set()

    def is_known(self, release_id: str) -> bool:
        """Whether nobody needs to tell of this release any more."""
        return release_id in self._known

    def served(self, release_id: str, dyno_id: str, method: str, status: int) -> None:
        """A dyno of this release has answered a request."""
        if release_id in self._known:
            return
        self._known.add(release_id)
        self._told.put((dyno_id, method[:16], status))
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="first-requests", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._told.put(None)
        if self._thread is not None:
            self._thread.join()

    def _write(self) -> None:
        while (told := self._told.get()) is not None:
            try:
                with self._database.transaction() as tx:
                    report_first_request(tx, *told)
            except Exception:
                logger.exception("a release's first request was not recorded; this is a bug of the platform")
