"""Makes reality match the rows: starts, stops and replaces dynos, and writes what became of them.

One thread. It sleeps until a commit concerns an app, a dyno reports something, or a moment on the platform's
clock comes; then it lets the policy adjust the rows, and the runtime follow the rows. No transaction is open while
it acts. A killed platform leaves rows with another boot id: their processes are ended first (`recover`).
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from platform_sim.core.actions.dynos import report_gone, report_started, report_state
from platform_sim.core.model.apps import App, Dyno
from platform_sim.core.model.records import Event
from platform_sim.core.model.seams import LogSink
from platform_sim.core.store import Database, Snapshot
from platform_sim.engines.dynos import lines
from platform_sim.engines.dynos.agenda import Agenda
from platform_sim.engines.dynos.faults import DynoFaults
from platform_sim.engines.dynos.live import Live
from platform_sim.engines.dynos.policy import cool_off
from platform_sim.engines.dynos.runtime import DynoSpec, DynoStartError, Known, Runtime
from platform_sim.engines.dynos.wanted import AppView, adjust, dyno_id, look, spec_of

logger = logging.getLogger(__name__)

_MOMENT = 0.02
"""Wall seconds in which most have finished. The others are not waited for: the new dyno boots meanwhile."""


class Supervisor:
    """The engine of all dynos of one platform. `start` and `close` once each; it closes its runtime."""

    def __init__(
        self,
        database: Database,
        runtime: Runtime,
        log: LogSink,
        *,
        slugs: Path,
        boot_id: str,
        wake: Callable[[], None] = lambda: None,
        let_finish: Callable[[int, Callable[[], None]], None] = lambda port, then: then(),
    ) -> None:
        """`slugs`: the folder that slugs' folders are relative to; `wake` is called when routes may have changed;
        `let_finish` calls back, from any thread, when the dyno on a port has answered what it had been sent."""
        self._database = database
        self._runtime = runtime
        self._log = log
        self._slugs = slugs
        self._boot_id = boot_id
        self._wake = wake
        self._let_finish = let_finish
        self._live: dict[str, Live] = {}
        self._faults = DynoFaults(database, runtime, log)
        self._agenda = Agenda(database.clock)
        self._reports: deque[Callable[[], None]] = deque()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="dyno-supervisor", daemon=True)
        self._lock = threading.Lock()
        self._at_rest = False
        """Whether the thread has yet to begin, with the first app."""
        database.on_commit(self._agenda.committed)
        database.on_commit(self._look_for_faults)

    def start(self) -> None:
        """Begin, with the first app; returns at once, what a killed platform left is ended in the background."""
        self._at_rest = True
        self._database.on_rows(App, self._look)
        self._look()

    def _look(self) -> None:
        if not self._at_rest:
            return
        with self._database.snapshot() as rows:
            is_needed = rows.count(App) or rows.count(Dyno)
        with self._lock:
            if is_needed and self._at_rest and not self._closing:
                self._at_rest = False
                self._thread.start()

    def close(self, grace_seconds: float | None = None) -> None:
        """Stop all dynos (SIGTERM, then SIGKILL after the grace) and write that they are gone."""
        with self._lock:
            self._closing, self._at_rest = True, False
        self._database.touch()
        if self._thread.ident is not None:
            self._thread.join()
        self._runtime.close(grace_seconds)
        self._hear()

    def _look_for_faults(self, events: list[Event]) -> None:
        if self._faults.made(events):
            self._report(lambda: self._faults.look(self._live.values()))

    # What the runtime reports, from its own thread.

    def on_ready(self, key: str) -> None:
        """See `DynoWatcher`."""
        self._report(partial(self._ready, key))

    def on_boot_timeout(self, key: str) -> None:
        """See `DynoWatcher`: the runtime has told it in the log, and the exit that follows is a crash."""

    def on_exit(self, key: str, status: int) -> None:
        """See `DynoWatcher`."""
        self._report(partial(self._ended, key, status))

    def _report(self, report: Callable[[], None]) -> None:
        self._reports.append(report)
        self._database.touch()

    # The supervisor's own thread from here on.

    def _run(self) -> None:
        self._guarded(self.recover)
        while not self._closing:
            seen = self._database.version
            self.step()
            self._database.wait_for_change(seen, self._patience())

    def recover(self) -> None:
        """Once, before the first step: end the dynos of a killed platform, and have a look at every app."""
        with self._database.snapshot() as rows:
            left = [dyno for dyno in rows.all(Dyno) if dyno.pid is not None and dyno.boot_id != self._boot_id]
            apps = {app.id for app in rows.all(App)} | {dyno.app_id for dyno in rows.all(Dyno)}
        ended = self._runtime.end_leftovers([Known(dyno.pid or 0, dyno.pid_started or 0.0) for dyno in left])
        for process in ended:
            logger.info("dynos: ended process %s (%s) of a killed platform", process.pid, process.command)
        with self._database.transaction() as tx:
            for dyno in left:
                report_gone(tx, dyno, None)
        self._agenda.add(apps)

    def step(self) -> None:
        """Do all that is to do now; returns when every app at rest matches its rows."""
        self._end_overdue()
        while not self._closing:
            self._hear()
            apps = self._agenda.take()
            for app_id in apps:
                self._guarded(partial(self._reconcile, app_id))
            if apps:
                self._wake()
            elif not self._reports:
                return

    def _hear(self) -> None:
        heard = False
        while self._reports:
            self._guarded(self._reports.popleft())
            heard = True
        if heard:
            self._wake()

    def _patience(self) -> float | None:
        """Wall seconds until something is to do without being told; None if nothing is."""
        waits = [self._agenda.patience()]
        waits += [max(0.0, live.ends_at - time.monotonic()) for live in self._live.values() if live.ends_at]
        return min((wait for wait in waits if wait is not None), default=None)

    def _guarded(self, act: Callable[[], None]) -> None:
        """A bug around one app must not stop the others' dynos."""
        try:
            act()
        except Exception:
            logger.exception("dynos: an app was not looked after; this is a bug of the platform")

    def _reconcile(self, app_id: str) -> None:
        now = self._database.clock.now()
        view, launches = self._read(app_id, now)
        for dyno in view.dynos:
            if not dyno.wanted and not view.holds(dyno):
                self._end(dyno, view)
        for dyno, spec in launches:
            self._launch(dyno, spec)
        self._agenda.set(app_id, view.next_moment(now))

    def _read(self, app_id: str, now: datetime) -> tuple[AppView, list[tuple[Dyno, DynoSpec]]]:
        """The app's rows once the policy has nothing against them, and what is still to be started."""
        with self._database.snapshot() as rows:
            view = look(rows, app_id)
            if view.is_right(now):
                return view, self._launches(rows, view)
        with self._database.transaction() as tx:
            adjust(tx, app_id)
            view = look(tx, app_id)
            return view, self._launches(tx, view)

    def _launches(self, rows: Snapshot, view: AppView) -> list[tuple[Dyno, DynoSpec]]:
        return [(dyno, spec_of(rows, dyno, self._slugs)) for dyno in view.dynos if self._is_missing(dyno)]

    def _is_missing(self, dyno: Dyno) -> bool:
        return dyno.wanted and dyno.state == "starting" and dyno.id not in self._live

    def _launch(self, dyno: Dyno, spec: DynoSpec) -> None:
        if dyno.crashes:
            self._say(dyno, lines.state_changed("crashed", "starting"))
        try:
            running = self._runtime.start(self._faults.as_started(dyno, spec), self)
        except DynoStartError as problem:
            self._say(dyno, str(problem))
            self._ended(spec.key, None)
            return
        live = self._live[dyno.id] = Live(spec.key, dyno, running.port)
        if dyno.kind == "release":
            live.ends_at = time.monotonic() + self._database.rules.release_phase_timeout
        with self._database.transaction() as tx:
            report_started(
                tx, dyno, pid=running.pid, pid_started=running.started, port=running.port, boot_id=self._boot_id
            )
        self._faults.has_started(dyno, spec.key)

    def _end(self, dyno: Dyno, view: AppView) -> None:
        live = self._live.get(dyno.id)
        if live is None:
            with self._database.transaction() as tx:
                report_gone(tx, dyno, dyno.exit_status)
            if dyno.attach_secret is not None:
                self._runtime.withdraw(dyno.attach_secret)
        elif not live.stopping:
            self._say_why(dyno, view)
            self._stop(live)

    def _say_why(self, dyno: Dyno, view: AppView) -> None:
        """As platform-api §7 has it for a restart and for scaling down; one-off dynos just get their signal."""
        if dyno.kind != "formation":
            return
        after = "starting" if view.wants(dyno) else "down"
        if after == "starting":
            self._say(dyno, lines.RESTARTING)
        if dyno.state != after:
            self._say(dyno, lines.state_changed(dyno.state, after))

    def _stop(self, live: Live) -> None:
        """The router sends it nothing new, since its row says that it has to go; what it has it may finish first."""
        live.stopping = True
        if live.port is None:
            self._signal(live)
            return
        finished = threading.Event()

        def then() -> None:
            finished.set()
            self._report(partial(self._signal, live))

        self._let_finish(live.port, then)
        if finished.wait(_MOMENT):
            self._signal(live)

    def _signal(self, live: Live) -> None:
        if not live.signalled:
            live.signalled = True
            self._runtime.stop(live.key)

    def _end_overdue(self) -> None:
        for live in self._live.values():
            if live.ends_at is not None and live.ends_at <= time.monotonic():
                live.ends_at = None
                self._say(live.dyno, lines.release_timeout(self._database.rules.release_phase_timeout))
                self._stop(live)

    def _ready(self, key: str) -> None:
        with self._database.transaction() as tx:
            dyno = tx.find(Dyno, id=dyno_id(key))
            if dyno is None or not dyno.wanted or dyno.state != "starting":
                return
            report_state(tx, dyno, "up")
        self._say(dyno, lines.state_changed("starting", "up"))
        self._faults.is_up(dyno, key)

    def _ended(self, key: str, status: int | None) -> None:
        self._live.pop(dyno_id(key), None)
        with self._database.transaction() as tx:
            dyno = tx.find(Dyno, id=dyno_id(key))
            if dyno is None:
                return
            if dyno.kind != "formation" or not dyno.wanted or self._closing:
                report_gone(tx, dyno, None if self._closing and status else status)  # a stop is no outcome
                after = "complete"
            else:
                crashes = dyno.crashes + 1
                retry_at = tx.now() + cool_off(crashes, tx.rules.crash_delays)
                report_state(tx, dyno, "crashed", exit_status=status, crashes=crashes, retry_at=retry_at)
                after = "crashed"
        if after == "crashed" or dyno.kind != "formation":
            self._say(dyno, lines.state_changed(dyno.state, after))

    def _say(self, dyno: Dyno, text: str) -> None:
        self._log(dyno.app_id, "heroku", dyno.name, text)
