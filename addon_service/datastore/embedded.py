"""The embedded PostgreSQL: a real server of our own, in the data folder, reached over TCP on this machine.

It is made and started when the first database is asked for, and stopped with the service. It outlives a service that
was killed: the next one finds it by its `postmaster.pid` and goes on with it. It may start and end that one server.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil

from addon_service.datastore.base import DatastoreAway
from addon_service.folder import DataFolder

HOST = "127.0.0.1"
PASSWORD_FILE, PORT_FILE = "postgres-password", "postgres-port"
PROGRAM_SECONDS = 60
STARTS = 3
END_LOOKS = 3000
"""At whether a process has ended, a hundredth of a second apart."""
# Statements are kept out of the log: they hold what customers store.
CONF = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
log_min_error_statement = panic
"""


class EmbeddedServer:
    """One cluster in `folder`. `binaries`: where PostgreSQL's programs are; `password`: the administrator's; `host`:
    what apps are told it is called."""

    def __init__(self, folder: DataFolder, binaries: Path, password: str, host: str = HOST) -> None:
        self._folder = folder
        self._home = folder.path.resolve() / "postgres"
        self._cluster = self._home / "cluster"
        self._binaries = binaries
        self._password = password
        self._host = host
        self._guard = threading.Lock()
        self._stopped = False

    @property
    def label(self) -> str:
        """What it is."""
        return "PostgreSQL, embedded"

    @property
    def query(self) -> str:
        """The wheels are built without TLS, and many apps ask for it unless told otherwise."""
        return "?sslmode=disable"

    @property
    def address(self) -> str:
        """Host and port; empty before the first start."""
        port = self._folder.read(PORT_FILE)
        return f"{self._host}:{port}" if port else ""

    def check(self) -> str | None:
        """Why it cannot run on this machine, or None: the program itself is asked."""
        try:
            self._run("postgres", "-V")
        except DatastoreAway as problem:
            return problem.message
        return None

    def admin_url(self) -> str:
        """The administrator's URL of the server, which runs when this returns. Raises DatastoreAway."""
        self.start()
        at = f"{HOST}:{self._folder.read(PORT_FILE)}"
        return f"postgres://postgres:{quote(self._password, safe='')}@{at}/postgres{self.query}"

    def start(self) -> None:
        """Make the cluster if there is none, and have the server run. Raises DatastoreAway."""
        with self._guard:
            if self._stopped:
                raise DatastoreAway("the embedded PostgreSQL is being stopped with this service")
            if self.pid() is None:
                if not self._cluster.exists():
                    self._make()
                self._forget_the_killed()
                self._start()

    def stop(self) -> None:
        """Stop the server, also one that an earlier run has left; it does not start again."""
        with self._guard:
            self._stopped = True
            pid = self.pid()
            if pid is not None:
                try:
                    self._control("-m", "fast", "stop")
                except DatastoreAway:
                    self._control("-m", "immediate", "stop")
                _wait_for_the_end_of(pid)

    def pid(self) -> int | None:
        """The process id of the server, if it runs: a process of that number that works in our cluster.

        Raises DatastoreAway when that cannot be told: a second server on one cluster would destroy it.
        """
        lines = self._pid_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        number = int(lines[0])
        try:
            return number if Path(psutil.Process(number).cwd()) == self._cluster else None
        except psutil.NoSuchProcess:
            return None
        except psutil.AccessDenied:
            raise DatastoreAway(f"process {number} may be the embedded PostgreSQL, and is not ours; stop it") from None

    def _pid_lines(self) -> list[str]:
        try:
            return (self._cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _forget_the_killed(self) -> None:
        """A killed server leaves its file; the number may meanwhile belong to some other process, and then PostgreSQL
        would not start. Nor would it while one of the workers has not noticed yet: it holds the shared memory."""
        file = self._cluster / "postmaster.pid"
        if file.exists():
            _look_until(lambda: not self._has_workers())
            file.unlink(missing_ok=True)

    def _has_workers(self) -> bool:
        """Whether any process works in our cluster."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if Path(process.cwd()) == self._cluster:
                    return True
        return False

    def _make(self) -> None:
        """initdb beside the place, and a rename: a kill leaves a cluster that is whole, or none."""
        self._home.mkdir(mode=0o700, exist_ok=True)
        for old in self._home.glob("new-*"):
            shutil.rmtree(old, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="new-", dir=self._home))
        secret = draft / "password"
        secret.touch(mode=0o600)
        secret.write_text(self._password + "\n")
        words = ["-U", "postgres", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8"]
        # No sync: should the whole machine die in the next seconds, there is nothing in the cluster to be lost.
        words += ["--no-sync"]
        # The same order of text on every system.
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run("initdb", "-D", str(draft / "cluster"), *words)
        with (draft / "cluster" / "postgresql.conf").open("a") as conf:
            conf.write(CONF)
        (draft / "cluster").rename(self._cluster)
        shutil.rmtree(draft)

    def _start(self) -> None:
        """On the port that apps know, and on another one when that is taken meanwhile."""
        problem = DatastoreAway("no attempt")
        for attempt in range(STARTS):
            known = self._folder.read(PORT_FILE) if attempt == 0 else None
            port = known if known and _is_free(int(known)) else str(_free_port())
            self._folder.write(PORT_FILE, port)
            (self._home / "log").unlink(missing_ok=True)
            try:
                return self._control("-l", str(self._home / "log"), "-o", f"-p {port}", "start")
            except DatastoreAway as error:
                problem = error
        raise problem

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-D", str(self._cluster), "-w", "-t", str(PROGRAM_SECONDS), *words)

    def _run(self, program: str, *words: str) -> None:
        """A program of PostgreSQL to its end. It refuses to run as root, and does not look further than the user
        number that it sees: in a user namespace of its own root is somebody else, and still owns its files."""
        prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
        try:
            done = subprocess.run(
                [*prefix, str(self._binaries / program), *words],
                env={"PATH": os.defpath, "LC_ALL": "C"},
                cwd=self._folder.path.resolve(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=PROGRAM_SECONDS + 10,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DatastoreAway(f"cannot run PostgreSQL's {program}: {error}{self._advice(prefix)}") from None
        if done.returncode:
            raise DatastoreAway(f"PostgreSQL's {program} failed: {self._said(done.stdout)}{self._advice(prefix)}")

    def _said(self, output: str) -> str:
        """The last words of a program, or of the server's own log."""
        with contextlib.suppress(OSError):
            output += (self._home / "log").read_text(errors="replace")
        return " ".join(output.split())[-400:]

    def _advice(self, prefix: list[str]) -> str:
        other = "set DATABASE_ADMIN_URL to a server of yours"
        return f"; run as another user than root, or {other}" if prefix else f"; {other} if this stays so"


def _wait_for_the_end_of(pid: int) -> None:
    """`pg_ctl` is content when the pid file is gone, which is a moment earlier."""
    _look_until(lambda: _has_ended(pid))


def _has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _look_until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(END_LOOKS):
        if is_so():
            return
        pause.wait(0.01)


def _is_free(port: int) -> bool:
    try:
        with socket.create_server((HOST, port)):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])
