"""The embedded server: one, ours, found again after a kill, gone after a stop."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from addon_service.datastore import embedded
from addon_service.datastore.base import DatastoreAway
from addon_service.datastore.embedded import EmbeddedServer
from addon_service.folder import DataFolder

from .client import is_refused, rows
from .servers import embedded_server

pytestmark = pytest.mark.processes
PATIENCE = 120.0
Runs = Callable[[], EmbeddedServer]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a service that has made its cluster and was stopped. To be copied."""
    folder = tmp_path_factory.mktemp("made")
    server = embedded_server(folder)
    server.start()
    server.stop()
    return folder


@pytest.fixture
def folder(cluster: Path, tmp_path: Path) -> Path:
    return shutil.copytree(cluster, tmp_path / "data")


@pytest.fixture
def run(folder: Path) -> Iterator[Runs]:
    """A run of the service after another: each time a new object on the same folder. Stops what was left."""
    runs: list[EmbeddedServer] = []

    def new() -> EmbeddedServer:
        runs.append(embedded_server(folder))
        return runs[-1]

    yield new
    for server in runs:
        server.stop()


def processes_in(folder: Path) -> list[int]:
    """Every process that works in or below the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def gone(pid: int) -> None:
    """Wait until a process that is not our child has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(PATIENCE)


def test_a_stop_leaves_no_process_and_a_start_finds_the_data_again(run: Runs, folder: Path) -> None:
    first = run()
    rows(first.admin_url(), "CREATE TABLE kept (a INT)")
    url = first.admin_url()
    first.stop()
    assert processes_in(folder) == []
    assert is_refused(url)
    second = run()
    assert second.admin_url() == url, "on the same port, so that apps need no new URL"
    assert rows(url, "SELECT * FROM kept") == []


def test_a_server_left_by_a_killed_service_is_gone_on_with(run: Runs, folder: Path) -> None:
    first = run()
    first.start()
    second = run()
    second.start()
    assert second.pid() == first.pid() is not None
    assert second.admin_url() == first.admin_url()
    second.stop()
    assert (first.pid(), processes_in(folder)) == (None, [])


def test_a_killed_server_is_started_again_when_it_is_asked_for(run: Runs, folder: Path) -> None:
    server = run()
    rows(server.admin_url(), "CREATE TABLE kept (a INT)")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    gone(pid)
    assert rows(server.admin_url(), "SELECT * FROM kept") == []
    assert server.pid() not in (None, pid)


def test_workers_that_have_not_noticed_its_kill_are_waited_for(
    run: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = run()
    server.start()
    pid = server.pid()
    assert pid is not None
    workers = psutil.Process(pid).children()
    look = server._has_workers

    def looked() -> bool:
        found = look()
        wake(workers)
        return found

    monkeypatch.setattr(server, "_has_workers", looked)
    for each in workers:
        each.suspend()
    try:
        os.kill(pid, signal.SIGKILL)
        gone(pid)
        assert rows(server.admin_url(), "SELECT 1") == [(1,)]
    finally:
        wake(workers)


def wake(processes: list[psutil.Process]) -> None:
    """Let those that are still there go on."""
    for each in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.resume()


def test_many_who_ask_at_once_start_one(run: Runs, folder: Path) -> None:
    server = run()
    urls: list[str] = []
    threads = [threading.Thread(target=lambda: urls.append(server.admin_url())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (len(urls), len(set(urls))) == (8, 1)


def test_a_port_that_was_taken_meanwhile_is_left_to_its_owner(run: Runs, folder: Path) -> None:
    before = run().address
    with socket.create_server(("127.0.0.1", int(before.rpartition(":")[2]))):
        server = run()
        rows(server.admin_url(), "SELECT 1")
        assert server.address not in (before, "")


def test_a_pid_file_with_the_number_of_a_stranger_stops_nobody(run: Runs, folder: Path) -> None:
    pid_file = folder / "postgres" / "cluster" / "postmaster.pid"
    for text in (f"{os.getpid()}\n", "999999999\n", "no number\n", ""):
        pid_file.write_text(text)
        server = run()
        assert server.pid() is None
        rows(server.admin_url(), "SELECT 1")
        server.stop()
    assert psutil.pid_exists(os.getpid())


def test_a_process_that_cannot_be_looked_at_is_not_taken_for_a_stranger(
    run: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(process: psutil.Process) -> str:
        raise psutil.AccessDenied(process.pid)

    (folder / "postgres" / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    monkeypatch.setattr(psutil.Process, "cwd", hidden)
    with pytest.raises(DatastoreAway, match="may be the embedded PostgreSQL"):
        run().start()
    monkeypatch.undo()


def test_a_making_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    left = tmp_path / "postgres" / "new-left" / "cluster"
    left.mkdir(parents=True)
    (left / "half").write_text("x")
    server = embedded_server(tmp_path)
    try:
        assert server.address == ""
        assert rows(server.admin_url(), "SELECT 1") == [(1,)]
        assert sorted(path.name for path in (tmp_path / "postgres").iterdir()) == ["cluster", "log"]
        secret = "admin-of-the-tests"
        texts = [path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
        assert texts == [], "the password is in no file but the service's own"
    finally:
        server.stop()


def test_passwords_are_checked_and_only_this_machine_is_served(run: Runs) -> None:
    server = run()
    url = server.admin_url()
    assert is_refused(url, password="wrong")
    port = int(server.address.rpartition(":")[2])
    others = [a.address for found in psutil.net_if_addrs().values() for a in found if a.family == socket.AF_INET]
    for address in set(others) - {"127.0.0.1"}:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, port), timeout=PATIENCE).close()


def test_what_customers_say_is_not_in_the_log(run: Runs, folder: Path) -> None:
    with pytest.raises(Exception, match="does not exist"):
        rows(run().admin_url(), "SELECT * FROM my_very_private_question")
    assert "very_private_question'" not in (folder / "postgres" / "log").read_text()
    assert "SELECT" not in (folder / "postgres" / "log").read_text()


def test_after_the_stop_nobody_starts_it_again(run: Runs) -> None:
    server = run()
    server.start()
    server.stop()
    with pytest.raises(DatastoreAway, match="being stopped"):
        server.admin_url()
    server.stop()


def test_programs_that_do_not_run_here_are_said_before_anything_is_promised(tmp_path: Path) -> None:
    for program, text in (("postgres", "#!/bin/sh\necho no such library >&2\nexit 127\n"), ("pg_ctl", "")):
        (tmp_path / program).write_text(text)
        (tmp_path / program).chmod(0o755)
    problem = EmbeddedServer(DataFolder(tmp_path / "data"), tmp_path, "p").check()
    assert problem is not None
    assert "no such library" in problem
    assert "DATABASE_ADMIN_URL" in problem
    missing = EmbeddedServer(DataFolder(tmp_path / "data"), tmp_path / "nowhere", "p").check()
    assert missing is not None


def test_a_server_that_does_not_start_says_why(run: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "STARTS", 1)
    with (folder / "postgres" / "cluster" / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(DatastoreAway, match="no_such_setting"):
        run().start()
