"""Puts a platform together: the only file that knows every room. Many platforms can live in one process."""

import contextlib
import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from platform_sim import settings
from platform_sim.claim import claim, let_go
from platform_sim.core.actions.app_setups import wake
from platform_sim.core.actions.clock import restore
from platform_sim.core.actions.first_rows import FirstRows, first_rows
from platform_sim.core.actions.notifications import notify
from platform_sim.core.actions.webhook_deliveries import fan_out
from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.addresses import Addresses, is_heroku_host, is_this_machine
from platform_sim.core.model.apps import Build, Dyno, Release
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.snapshots import Restored, Wanted
from platform_sim.core.public.webhooks import subject
from platform_sim.core.store import Database
from platform_sim.engines.dynos.routes import DynoRoutes
from platform_sim.engines.dynos.terminals import TerminalDesk
from platform_sim.engines.logins.polls import LoginPolls
from platform_sim.engines.logs.api_lines import forget_gone, write_events
from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.logs.output_streams import OutputStreams
from platform_sim.engines.logs.outputs import OutputStore
from platform_sim.engines.logs.sessions import LogSessions, session_in
from platform_sim.engines.logs.streams_table import StreamsTable
from platform_sim.engines.router.authority import Authority
from platform_sim.engines.router.edge import Edge
from platform_sim.engines.router.faults import fault_of
from platform_sim.engines.timeline.live import TimelineStreams
from platform_sim.machinery import Machinery
from platform_sim.options import Options
from platform_sim.partners.manifest import sso_target
from platform_sim.partners.manifest_check import sentences
from platform_sim.scenarios.glue import LANGUAGE
from platform_sim.snapshots.album import Album
from platform_sim.snapshots.reading import Opened
from platform_sim.watched import watched
from platform_sim.web.app import create_web
from platform_sim.web.context import Doors
from platform_sim.web.server import ControlServer

log = logging.getLogger(__name__)


class Platform:
    """A fake Heroku. `start` answers once everything listens; `stop` leaves no process, port or temporary file."""

    def __init__(self, options: Options | None = None, like: Opened | None = None) -> None:
        """`like`: begin as that copy of another platform (see `fork`)."""
        self.options = options or Options()
        rules = settings.load(self.options.environment, **self.options.rules)
        folder = self.options.data
        self._temporary = None if folder else tempfile.mkdtemp(prefix="platform-sim-")
        self.layout = Layout(Path(folder or self._temporary or "").resolve())
        self.layout.root.mkdir(parents=True, exist_ok=True)
        if folder:
            claim(self.layout.root)
        self.clock = Clock(self.options.frozen_at)
        self._undo: list[Any] = [self._let_go]
        self._started: list[Any] = []
        self.machinery: Machinery | None = None
        self._lock = threading.Lock()
        self._made_authority: Authority | None = None
        self._stopping = threading.Event()
        self._begin = partial(first_rows, token=self.options.token, services=self.options.services)
        self._changing = threading.RLock()
        """Held while a snapshot is put in place."""
        self.on_restored: Callable[[], None] = lambda: None
        """Called when a snapshot was put in place of a running platform: its token may be another one."""
        try:
            chance = Chance(self.options.seed)
            self.database = Database(self.layout.database if folder else None, self.clock, chance, rules)
            self._undo.append(self.database.close)
            self.logs = LogHub(self.clock.now, self.layout.logs if folder else None)
            self._undo.append(self.logs.close)
            self.outputs = OutputStore(self.layout.outputs if folder else None, expected=self._output_expected)
            self._undo.append(self.outputs.close)
            self.album = Album(self.database, self.layout, self.logs, self.outputs)
            self.boot_id, self.customer_id, self.token = self._first_rows(self.options.snapshot or like)
        except BaseException:
            self._close()
            raise

    def _first_rows(self, source: IO[bytes] | Opened | None) -> FirstRows:
        if source is not None:
            with self.album.ready(source) as ready:
                ready.check_fits(self.options.seed, self.options.frozen_at)
                return ready.put(self.options.token, self._begin)[0]
        if self.options.frozen_at is None:
            restore(self.database)
        with self.database.transaction() as tx:
            return self._begin(tx)

    @property
    def url(self) -> str:
        """The platform's own URL, known once it has started."""
        return self.doors.addresses.base

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that ends TLS here, for whoever shall trust it."""
        return self._authority.file

    @property
    def _authority(self) -> Authority:
        """Made when somebody first speaks TLS or asks for the file: most platforms of tests never hear any."""
        with self._lock:
            if self._made_authority is None:
                self._made_authority = Authority(
                    self.layout.authority,
                    lambda name: is_heroku_host(name) or is_this_machine(name) or self._routes.is_app_host(name),
                    self._routes.certificate,
                )
            return self._made_authority

    def start(self) -> "Platform":
        """Bind the port, end what a killed platform left, take up open jobs and dynos."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        self.doors = self._doors()
        doors = create_web(self.doors)
        self.options, doors = watched(self.options, self.database, self.doors, doors)
        around = self.options.around
        largest = max(self.database.rules.source_size_limit, self.database.rules.snapshot_size_limit)
        control = ControlServer(around(doors) if around else doors, largest)
        self._ends(control.close)
        routes = self._routes = DynoRoutes(self.database, self.boot_id)
        self._ends(routes.close)
        sessions = LogSessions(self.logs, partial(session_in, self.database), self.clock.now)
        self.clock.on_move(sessions.clock_moved)
        timeline = TimelineStreams(self.database, customer=lambda: self.doors.browsers_customer())
        streams = StreamsTable(sessions, OutputStreams(self.outputs), LoginPolls(self.database), timeline)
        desk = TerminalDesk(self._terminal_expected)
        self.edge = Edge(
            routes,
            control.open,
            streams,
            self.logs,
            new_id=self.database.chance.fresh,
            now_ms=self.clock.milliseconds,
            tls=lambda: self._authority.context,
            terminals=desk,
            connect_elsewhere=self.database.rules.connect_elsewhere,
            fault=partial(fault_of, self.database),
            port=self._port(),
        )
        self._start_edge()
        self._ends(self.edge.stop)
        self._ends(desk.close)
        if self.options.data:
            (self.layout.root / "port").write_text(str(self.edge.port))
            assert self.ca_file  # programs look for it in the folder
        addresses = self.doors.addresses = Addresses(f"http://localhost:{self.edge.port}")
        self.database.on_record(wake)
        self.database.on_record(notify)
        self.database.on_record(partial(fan_out, show=partial(subject, at=addresses)))
        self.database.on_commit(partial(write_events, self.logs))
        self.database.on_commit(partial(forget_gone, self.logs.forget))
        self.machinery = Machinery(
            self.options, self.database, self.layout, addresses, self.edge, desk, self.logs, self.outputs
        )
        self.machinery.start(self.boot_id)

    def take(self, target: IO[bytes], wanted: Wanted) -> None:
        """See `Snapshots.take`."""
        self.album.take(target, wanted)

    def restore(self, source: IO[bytes]) -> Restored:
        """See `Snapshots.restore`. What runs is ended; then dynos, jobs and drains begin as the snapshot has them."""
        with self._changing, self.album.ready(source) as ready:
            if self.machinery is None:
                raise RuntimeError("the platform does not run: start it first, or begin with Options(snapshot=)")
            self.machinery.stop()
            try:
                first, told = ready.put(self.token, partial(first_rows, token=None, services=()))
                self.boot_id, self.customer_id, self.token = first
                self.doors.boot_id = self._routes.boot_id = self.boot_id
                self.doors.customer_id = self.customer_id
            finally:
                self.machinery.start(self.boot_id)
        self.on_restored()
        return told

    def fork(self, options: Options) -> "Platform":
        """Another platform that begins as this one is now, and shares nothing with it from then on; start it."""
        with self.album.copied() as like:
            return Platform(options, like)

    def _ends(self, end: Any) -> None:
        self._started.append(end)

    def stop(self) -> None:
        """End everything, newest first; safe to call twice."""
        self._stopping.set()
        with self._changing:
            if self.machinery is not None:
                self.machinery.stop()
                self.machinery = None
            while self._started:
                self._started.pop()()
            self._close()

    def _close(self) -> None:
        while self._undo:
            self._undo.pop()()

    def __enter__(self) -> "Platform":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _let_go(self) -> None:
        if self._temporary is None:
            let_go(self.layout.root)
        else:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _doors(self) -> Doors:
        return Doors(
            database=self.database,
            layout=self.layout,
            addresses=Addresses("http://localhost"),
            customer_id=self.customer_id,
            open_to_browsers=self.options.open_to_browsers,
            begin=self._begin,
            manifest_problems=lambda manifest: sentences("error", manifest),
            manifest_warnings=lambda manifest: sentences("warning", manifest),
            sso_target=sso_target,
            boot_id=self.boot_id,
            version=own_version(),
            data=str(self.options.data) if self.options.data else None,
            git_environment=self._git_environment(),
            python=sys.executable,
            log=self.logs,
            lines=self.logs.lines,
            output=self.outputs.read,
            metrics=self.logs.counts,
            scenarios=LANGUAGE,
            snapshots=self,
            stopping=self._stopping,
        )

    def _git_environment(self) -> dict[str, str]:
        """PATH only: no person's git configuration decides what a push does here."""
        path = self.options.environment.get("PATH", "/usr/local/bin:/usr/bin:/bin")
        return {"PATH": path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LANG": "C.UTF-8"}

    def _port(self) -> int:
        """A folder's platform comes back on its port when it can: partners have been told that address."""
        if self.options.port == 0 and self.options.data:
            with contextlib.suppress(OSError, ValueError):
                return int((self.layout.root / "port").read_text())
        return self.options.port

    def _start_edge(self) -> None:
        try:
            self.edge.start()
        except OSError:
            if self.options.port != 0 or self.edge.port == 0:
                raise
            self.edge.port = 0
            self.edge.start()

    def _output_expected(self, secret: str) -> bool:
        """Whether a build or release has this output, perhaps one that waits for its turn."""
        with self.database.snapshot() as rows:
            found = (rows.find(noun, output_secret=secret, status="pending") for noun in (Build, Release))
            return any(found)

    def _terminal_expected(self, secret: str) -> bool:
        with self.database.snapshot() as rows:
            return rows.find(Dyno, attach_secret=secret) is not None


@cache
def own_version() -> str:
    """The installed version of this package; looked up once, as many platforms may start in one process."""
    try:
        return version("platform-sim")
    except PackageNotFoundError:
        return "0"
