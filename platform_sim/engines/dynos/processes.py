"""A `Runtime` of plain processes on this machine: one selector thread for all dynos, however many.

Each dyno is a session and process group of its own, in a folder of its own. The thread reads output, looks for
bound ports, keeps the boot and stop limits and reaps; a second one clears up after dynos that have ended (`lodgings`).
Writes the lines of platform-api §7 about processes; what the lines about states say is the supervisor's.
"""

import collections
import logging
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from platform_sim.core.model.seams import LogSink
from platform_sim.engines.dynos import lines
from platform_sim.engines.dynos.bell import Bell
from platform_sim.engines.dynos.dyno_process import DynoProcess, spawn
from platform_sim.engines.dynos.environment import DEFAULT_PATH, command_line, dyno_environment
from platform_sim.engines.dynos.lodgings import Lodging, Lodgings
from platform_sim.engines.dynos.orphans import end_orphans
from platform_sim.engines.dynos.ready import Probe, best_probe
from platform_sim.engines.dynos.runtime import DynoSpec, DynoStartError, DynoWatcher, Ended, Known, Limits, Running
from platform_sim.engines.dynos.terminals import TerminalDesk, open_ends

logger = logging.getLogger(__name__)

_PROBE_SECONDS = 0.005
_SLOW_PROBE_SECONDS = 0.02
_SLOW_AFTER_SECONDS = 10.0
_LEFTOVER_GRACE_SECONDS = 5.0
"""Shorter than a dyno's own: whoever would have waited for its last words was killed, and the app must run again."""
_POLL_SECONDS = 0.02
"""How often to ask for ended processes where the system does not tell (no pidfd)."""
_HOST_IS_GONE = "the dyno that it was to run inside of has ended"


class ProcessRuntime:
    """Runs dynos as processes of this machine. Thread-safe; `close` leaves no process, port or folder."""

    def __init__(
        self,
        folder: Path,
        log: LogSink,
        limits: Limits,
        path: str = DEFAULT_PATH,
        desk: TerminalDesk | None = None,
        probe: Probe | None = None,
    ) -> None:
        """`folder` takes one folder a dyno and belongs to this runtime alone; `path` is the dynos' PATH; the terminals
        of attached dynos are left at the `desk`."""
        self._lodgings = Lodgings(folder)
        self._log = log
        self._limits = limits
        self._path = path
        self._shell = Path(shutil.which("bash", path=path) or "/bin/sh")
        self._desk = desk or TerminalDesk(lambda secret: False)
        self._probe = probe or best_probe()
        self._lock = threading.Lock()
        self._dynos: dict[str, DynoProcess] = {}
        self._inbox: collections.deque[Callable[[], None]] = collections.deque()
        self._closing = False
        self._selector = selectors.DefaultSelector()
        self._watched: dict[str, DynoProcess] = {}
        self._bell = Bell()
        self._selector.register(self._bell.reading, selectors.EVENT_READ, self._woken)
        self._thread = threading.Thread(target=self._run, name="dynos", daemon=True)
        self._thread.start()

    def end_leftovers(self, known: Iterable[Known]) -> list[Ended]:
        """See `Runtime.end_leftovers`. Also removes the folders that were left."""
        return end_orphans(known, self._lodgings.folder, _LEFTOVER_GRACE_SECONDS)

    def start(self, spec: DynoSpec, watcher: DynoWatcher) -> Running:
        """See `Runtime.start`. Copies the app's files and starts the process in the caller's thread."""
        self._say(spec, lines.starting(spec.command))
        lodging, name = self._lodging_of(spec)
        try:
            self._lodgings.fill(lodging, spec.slug_dir)
            env = dyno_environment(spec.env, name, lodging.home, lodging.port, self._path)
            popen, pipe = self._spawn(spec, lodging.home, env)
        except (OSError, ValueError, shutil.Error) as problem:
            self._lodgings.clear(lodging)
            raise self._refusal(
                spec, f"{problem}; deploy the app again, or look at the platform's data folder"
            ) from problem
        dyno = DynoProcess.begun(spec, watcher, lodging, popen, pipe)
        self._admit(dyno)
        return dyno.as_running()

    def _lodging_of(self, spec: DynoSpec) -> tuple[Lodging, str]:
        """Where a new dyno is to live, and what it is to be called there."""
        if spec.inside is None:
            return self._lodgings.take(spec.key, web=spec.web), spec.name
        with self._lock:
            host = self._dynos.get(spec.inside)
        if host is None:
            raise self._refusal(spec, _HOST_IS_GONE)
        return replace(host.lodging, guest=True), host.spec.name

    def _refusal(self, spec: DynoSpec, why: str) -> DynoStartError:
        """Whoever waits for its terminal waits no more."""
        if spec.attach_secret:
            self._desk.withdraw(spec.attach_secret)
        return DynoStartError(f"cannot start {spec.name}: {why}")

    def _spawn(self, spec: DynoSpec, home: Path, env: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
        if spec.attach_secret is None:
            return spawn(command_line(self._shell, home, spec.line), self._shell, home, env)
        with open_ends(spec.tty, spec.env) as ends:
            arguments = command_line(self._shell, home, spec.line, ends.tty_name())
            started = spawn(arguments, self._shell, home, env, ends.inner)
            self._desk.offer(spec.attach_secret, ends.hand_out(partial(self.stop, spec.key)))
            return started

    def stop(self, key: str, grace_seconds: float | None = None) -> None:
        """See `Runtime.stop`. A second stop never lengthens the grace. What runs inside a dyno is told as well."""
        grace = self._limits.stop_seconds if grace_seconds is None else grace_seconds
        with self._lock:
            dyno = self._dynos.get(key)
            for each in [dyno, *self._guests(key)] if dyno else ():
                if each.end_within(grace):
                    self._say(each.spec, lines.TERMINATING)
                    each.signal(signal.SIGTERM)
        self._bell.ring()

    def _guests(self, key: str) -> list[DynoProcess]:
        """What runs inside a dyno. Only with the lock."""
        return [dyno for dyno in self._dynos.values() if dyno.spec.inside == key]

    def kill(self, key: str) -> None:
        """See `Runtime.kill`."""
        with self._lock:
            if (dyno := self._dynos.get(key)) is not None:
                self._inbox.append(dyno.kill)
        self._bell.ring()

    def withdraw(self, attach_secret: str) -> None:
        """See `Runtime.withdraw`."""
        self._desk.withdraw(attach_secret)

    def running(self) -> list[Running]:
        """See `Runtime.running`."""
        with self._lock:
            return [dyno.as_running() for dyno in self._dynos.values()]

    def close(self, grace_seconds: float | None = None) -> None:
        """Stop all dynos and wait until their processes, ports and folders are gone. May be repeated."""
        with self._lock:
            self._closing = True
            keys = list(self._dynos)
        for key in keys:
            self.stop(key, grace_seconds)
        self._bell.ring()
        self._thread.join()
        self._desk.close()
        self._lodgings.close()

    def _admit(self, dyno: DynoProcess) -> None:
        inside = dyno.spec.inside
        with self._lock:
            gone = inside is not None and inside not in self._dynos
            late = self._closing or gone
            if not late:
                self._dynos[dyno.spec.key] = dyno
                self._inbox.append(partial(self._watch, dyno))
        if late:
            dyno.signal(signal.SIGKILL)
            dyno.reap()
            self._lodgings.clear(dyno.lodging)
            raise self._refusal(dyno.spec, _HOST_IS_GONE if gone else "the platform is stopping")
        self._bell.ring()

    # From here on: only the selector thread.

    def _run(self) -> None:
        while not self._is_done():
            events = self._selector.select(self._timeout())
            for key, _ in events:
                self._guarded(key.data)
            self._guarded(self._keep_limits)
        self._selector.close()
        self._probe.close()
        self._bell.close()

    def _guarded(self, act: Callable[[], None]) -> None:
        """A bug around one dyno must not stop the thread that watches all of them."""
        try:
            act()
        except Exception:
            logger.exception("dynos: an event was not handled; this is a bug of the platform")

    def _is_done(self) -> bool:
        with self._lock:
            return self._closing and not self._dynos and not self._inbox

    def _timeout(self) -> float | None:
        """Seconds until the next thing to look at without being told."""
        now = time.monotonic()
        waits = []
        for dyno in self._watched.values():
            if dyno.killed:
                continue
            if dyno.kill_at is not None:
                waits.append(max(0.0, dyno.kill_at - now))
            elif dyno.port is not None and not dyno.ready:
                young = now - dyno.born < _SLOW_AFTER_SECONDS
                waits.append(_PROBE_SECONDS if young else _SLOW_PROBE_SECONDS)
        if any(dyno.pidfd is None for dyno in self._watched.values()):
            waits.append(_POLL_SECONDS)
        return min(waits, default=None)

    def _woken(self) -> None:
        self._bell.hush()
        while self._inbox:
            self._guarded(self._inbox.popleft())

    def _watch(self, dyno: DynoProcess) -> None:
        self._watched[dyno.spec.key] = dyno
        self._selector.register(dyno.pipe, selectors.EVENT_READ, partial(self._read, dyno))
        if dyno.pidfd is not None:
            self._selector.register(dyno.pidfd, selectors.EVENT_READ, partial(self._exited, dyno))
        if dyno.port is None:
            self._is_ready(dyno)

    def _read(self, dyno: DynoProcess) -> None:
        if dyno.gone:  # in the same round of events as its end
            return
        texts = dyno.read()
        if texts is None:
            self._selector.unregister(dyno.pipe)
            return
        self._tell(dyno, texts)

    def _keep_limits(self) -> None:
        now = time.monotonic()
        for dyno in tuple(self._watched.values()):
            if dyno.pidfd is None and dyno.has_exited():
                self._exited(dyno)
            elif dyno.killed:
                continue
            elif dyno.kill_at is not None:
                if now >= dyno.kill_at:
                    self._kill_late(dyno)
            elif dyno.port is not None and not dyno.ready:
                self._look_at_port(dyno, dyno.port, now)

    def _look_at_port(self, dyno: DynoProcess, port: int, now: float) -> None:
        if self._probe.listens(port):
            self._is_ready(dyno)
        elif now - dyno.born >= self._limits.boot_seconds:
            self._say(dyno.spec, lines.boot_timeout(self._limits.boot_seconds))
            self._kill(dyno)
            dyno.watcher.on_boot_timeout(dyno.spec.key)

    def _is_ready(self, dyno: DynoProcess) -> None:
        dyno.ready = True
        dyno.watcher.on_ready(dyno.spec.key)

    def _kill_late(self, dyno: DynoProcess) -> None:
        if dyno.grace:
            self._say(dyno.spec, lines.exit_timeout(dyno.grace))
        self._kill(dyno)

    def _kill(self, dyno: DynoProcess) -> None:
        self._say(dyno.spec, lines.KILLING)
        dyno.kill()

    def _exited(self, dyno: DynoProcess) -> None:
        """The leader ended: so do its children, as a container would; then the last output, then the status."""
        dyno.signal(signal.SIGKILL)
        self._tell(dyno, dyno.drain())
        for descriptor in (dyno.pipe, dyno.pidfd):
            if descriptor is not None and descriptor in self._selector.get_map():
                self._selector.unregister(descriptor)
        with self._lock:
            status = dyno.reap()
            del self._dynos[dyno.spec.key], self._watched[dyno.spec.key]
            guests = self._guests(dyno.spec.key)
        self._say(dyno.spec, lines.exited(status))
        for guest in guests:
            self._kill(guest)
        self._lodgings.sweep(dyno.lodging, self._guarded)
        dyno.watcher.on_exit(dyno.spec.key, status)

    def _tell(self, dyno: DynoProcess, texts: list[str]) -> None:
        for text in texts:
            self._log(dyno.spec.app_id, "app", dyno.spec.name, text)

    def _say(self, spec: DynoSpec, text: str) -> None:
        self._log(spec.app_id, "heroku", spec.name, text)
