"""What all doors share: the rows, the addresses, where uploads go. Made by `assemble`, handed to `create_web`."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from platform_sim.core.actions.first_rows import FirstRows, first_rows
from platform_sim.core.errors import Unauthorized
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.records import Job
from platform_sim.core.model.seams import LogSink, Metrics, NoMetrics, SaidLine, ScenarioLanguage
from platform_sim.core.model.snapshots import Snapshots
from platform_sim.core.model.sso import SsoTarget
from platform_sim.core.store import Database, Snapshot, Transaction
from platform_sim.web.workers import waiting


@dataclass
class Doors:
    """`addresses` are final once the edge's port is known, before the first request."""

    database: Database
    layout: Layout
    addresses: Addresses
    customer_id: str
    """The account that a browser on this machine acts for, until it has been made another's."""
    manifest_problems: Callable[[dict[str, Any]], list[str]]
    """What is wrong with a pushed manifest, one sentence a finding; empty when it can be registered."""
    sso_target: Callable[[dict[str, Any], str], SsoTarget | None]
    """Where a manifest wants browsers to sign in to the resource with this id of the partner's; None: nowhere."""
    manifest_warnings: Callable[[dict[str, Any]], list[str]] = field(default=lambda manifest: [])
    """What is doubtful about it, in the same way: told, and taken all the same."""
    begin: Callable[[Transaction], FirstRows] = field(default=lambda tx: first_rows(tx, None, ()))
    """Writes what this platform has before anybody asks."""
    open_to_browsers: bool = True
    """Whether a browser that nobody has logged in with is let in at all."""
    boot_id: str = ""
    version: str = ""
    data: str | None = None
    """The data folder as the operator named it, None in memory."""
    git_environment: dict[str, str] = field(default_factory=dict)
    """The environment of git and its hooks: PATH and what git needs, nothing secret."""
    python: str = "python3"
    """The interpreter that runs the hooks."""
    log: LogSink = field(default=lambda app_id, source, dyno, text: None)
    """Takes what partners write into the logs of apps."""
    lines: Callable[[str], Sequence[SaidLine]] = field(default=lambda app_id: [])
    """The lines of an app's log that are kept, oldest first."""
    output: Callable[[str], str] = field(default=lambda key: "")
    """What a build has said so far, by its secret; LookupError if nothing is known of it."""
    scenarios: ScenarioLanguage = field(default_factory=ScenarioLanguage)
    """Reads scenario files."""
    metrics: Metrics = field(default_factory=NoMetrics)
    """What router and dynos have been heard to say."""
    snapshots: Snapshots | None = None
    """Takes the whole platform, and puts it back; None where only rows and doors are there."""
    coverage: Callable[..., dict[str, Any]] | None = None
    """What of the contract was touched (`seams.Watching.report`); None where nobody watches."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the platform ends: who makes a call wait on purpose waits no longer."""
    pools: "RatePools" = field(default_factory=lambda: RatePools())

    def browsers_customer(self) -> str:
        """Whom a browser stands for that nobody has logged in with; Unauthorized if that is nobody."""
        if not self.open_to_browsers:
            raise Unauthorized(
                "This platform opens to a browser by a link only: platform-sim users open, POST /sim/users/EMAIL/links."
            )
        return self.customer_id

    def job_settled(self, job_id: str, seconds: float | None = None) -> Job:
        """Wait on a job's row until it is done, failed, or waits for a time that a frozen clock will not reach.

        At most `customer_patience` wall seconds (or `seconds`), and not at all if very many calls wait already: the
        row is then returned as it stands.
        """
        patience = self.database.rules.customer_patience if seconds is None else seconds
        with self.database.eras.in_this_one():
            return self._settled(job_id, time.monotonic() + patience)

    def _settled(self, job_id: str, end: float) -> Job:
        with self.database.snapshot() as rows:
            job = rows.get(Job, job_id)
            concerned = [job_id, *(each.id for each in _open_jobs(rows, job))]
        with waiting() as may_wait, self.database.watch(concerned) as changed:
            while True:
                changed.clear()
                with self.database.snapshot() as rows:
                    job = rows.get(Job, job_id)
                    stands = self._stands_still(rows, job)
                left = end - time.monotonic()
                if job.state in ("done", "failed") or stands or left <= 0 or not may_wait:
                    return job
                changed.wait(left)

    def _stands_still(self, rows: Snapshot, job: Job) -> bool:
        """Whether the job, or one of its subject that goes before it, waits for a time that never comes by itself."""
        held = next((each for each in _open_jobs(rows, job) if not each.kind.endswith("_deadline")), job)
        return held.state == "todo" and self.database.clock.seconds_until(held.run_at) is None


def _open_jobs(rows: Snapshot, job: Job) -> list[Job]:
    """Those of the same subject, as they will be done; what is written later goes before none of them."""
    return rows.all(Job, subject_id=job.subject_id, state=("todo", "doing"))


class RatePools:
    """Requests left per account: a pool that refills by the minute, on the platform's clock (platform-api §4.4)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pools: dict[str, tuple[float, float]] = {}

    def left(self, account_id: str, now: float, size: int, per_minute: int, take: int = 1) -> int:
        """Take requests from an account's pool at `now` (Unix seconds); -1 when it is empty."""
        with self._lock:
            level, at = self._pools.get(account_id, (float(size), now))
            level = min(float(size), level + (now - at) * per_minute / 60)
            if level < take:
                self._pools[account_id] = (level, now)
                return -1
            self._pools[account_id] = (level - take, now)
            return int(level - take)
