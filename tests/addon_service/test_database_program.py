"""The program with a real database server: its manifest, its end, and a kill in the middle of the making."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from addon_service.platform_client import Answer, Request

from .customer import AUTH, DATABASE_ENVIRONMENT, DATABASE_ORDER
from .datastore.client import is_refused, rows
from .datastore.servers import embedded_server, given_url
from .datastore.test_embedded import gone, processes_in
from .heroku import FakeHeroku, served
from .partner import UUID
from .test_main import PATIENCE, Program, run

pytestmark = pytest.mark.processes
KINDS = {"embedded": "", "postgres": "TEST_POSTGRES_URL", "mysql": "TEST_MYSQL_URL"}


@pytest.fixture
def heroku() -> FakeHeroku:
    """A Heroku that keeps the program waiting where a test says so."""
    return FakeHeroku()


@pytest.fixture(params=KINDS)
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Program]:
    """The program over each kind of server; its database is dropped in the end."""
    if request.param == "embedded":
        embedded_server(tmp_path / "looked-at")
        url = ""
    else:
        url = given_url(KINDS[request.param])
    environment = {**DATABASE_ENVIRONMENT, "DATABASE_ADMIN_URL": url, "ADDON_DATABASE_ROTATION_OVERLAP": "0"}
    del environment["PUBLIC_URL"]
    program = Program(tmp_path, environment)
    with program.ports:
        yield program
        for process in list(program.running):
            program.end(process, signal.SIGTERM)


def provision(url: str) -> None:
    grant = {"code": "grant-1", "expires_at": "2999-01-01T00:00:00Z"}
    order = {**DATABASE_ORDER, "oauth_grant": grant}
    answer = requests.post(f"{url}/heroku/resources", json=order, auth=AUTH, timeout=PATIENCE)
    assert answer.status_code == 202, answer.text


def wait_for(what: str, ask: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not ask():
        assert time.monotonic() < deadline, f"never: {what}"
        pause.wait(0.02)


def shown(url: str) -> dict[str, Any]:
    body: dict[str, Any] = requests.get(f"{url}/admin/resources/{UUID}", auth=AUTH, timeout=PATIENCE).json()
    return body


def destroy(url: str) -> None:
    assert requests.delete(f"{url}/heroku/resources/{UUID}", auth=AUTH, timeout=PATIENCE).status_code == 204
    wait_for("the database is dropped", lambda: shown(url)["duties"][0]["state"] == "done")


def test_a_whole_life(program: Program, heroku: FakeHeroku) -> None:
    with served(heroku) as platform:
        program.environment["HEROKU_API_URL"] = platform
        process, url = program.serve()
        provision(url)
        wait_for("provisioned", lambda: heroku.state == "provisioned")
        first = heroku.config["DATABASE_URL"]
        assert urlsplit(first).scheme in ("postgres", "mysql")
        rows(first, "CREATE TABLE t (a INT)")
        wait_for("the service knows it too", lambda: shown(url)["state"] == "provisioned")
        requests.post(f"{url}/admin/resources/{UUID}/rotate", auth=AUTH, timeout=PATIENCE)
        wait_for("a new credential", lambda: heroku.config["DATABASE_URL"] != first)
        second = heroku.config["DATABASE_URL"]
        assert rows(second, "SELECT * FROM t") == []
        wait_for("the old one is refused, as there is no overlap", lambda: is_refused(first))
        destroy(url)
        assert is_refused(second)
        assert program.end(process, signal.SIGTERM)[0] == 0
    assert processes_in(program.folder) == []


def test_a_kill_in_the_middle_of_the_making_ends_with_exactly_one_database(
    program: Program, heroku: FakeHeroku
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def held(request: Request) -> Answer:
        if request.method == "PATCH" and not go_on.is_set():
            asked.set()
            go_on.wait(PATIENCE)
        return heroku(request)

    with served(held) as platform:
        program.environment["HEROKU_API_URL"] = platform
        process, url = program.serve()
        provision(url)
        assert asked.wait(PATIENCE), "the database is made, and Heroku is being told"
        program.end(process)
        before = server_of(program.folder)
        go_on.set()
        assert heroku.state == "provisioning"
        process, url = program.serve()
        wait_for("provisioned", lambda: heroku.state == "provisioned")
        assert server_of(program.folder) == before, "the server was gone on with"
        config = heroku.config["DATABASE_URL"]
        rows(config, "CREATE TABLE t (a INT)")
        assert databases_like(config) == 1
        destroy(url)
        assert program.end(process, signal.SIGTERM)[0] == 0
    assert processes_in(program.folder) == []


def test_apps_notice_nothing_of_a_killed_service(program: Program, heroku: FakeHeroku) -> None:
    with served(heroku) as platform:
        program.environment["HEROKU_API_URL"] = platform
        process, url = program.serve()
        provision(url)
        wait_for("provisioned", lambda: heroku.state == "provisioned")
        program.end(process)
        config = heroku.config["DATABASE_URL"]
        assert rows(config, "SELECT 1") == [(1,)]
        process, url = program.serve()
        assert rows(config, "SELECT 1") == [(1,)]
        destroy(url)
        assert program.end(process, signal.SIGTERM)[0] == 0
    assert processes_in(program.folder) == []


def test_an_embedded_server_that_died_with_the_service_is_there_after_the_start(
    tmp_path: Path, heroku: FakeHeroku
) -> None:
    embedded_server(tmp_path / "looked-at")
    environment = {key: value for key, value in DATABASE_ENVIRONMENT.items() if key != "PUBLIC_URL"}
    program = Program(tmp_path, environment)
    with program.ports, served(heroku) as platform:
        program.environment["HEROKU_API_URL"] = platform
        process, url = program.serve()
        provision(url)
        wait_for("provisioned", lambda: heroku.state == "provisioned")
        program.end(process)
        for pid in server_of(tmp_path):
            psutil.Process(pid).kill()
            gone(pid)
        process, url = program.serve()
        assert rows(heroku.config["DATABASE_URL"], "SELECT 1") == [(1,)], "started again before the first request"
        program.end(process, signal.SIGTERM)
    assert processes_in(tmp_path) == []


def server_of(folder: Path) -> list[int]:
    """The embedded server's process, if it is embedded."""
    file = folder / "data" / "postgres" / "cluster" / "postmaster.pid"
    return [int(file.read_text().splitlines()[0])] if file.exists() else []


def databases_like(url: str) -> int:
    """How many databases an app can see that this partner may have made in this test."""
    name = urlsplit(url).path.strip("/")
    if url.startswith("mysql"):
        return len(rows(url, f"SHOW DATABASES LIKE '{name[:6]}%'"))
    return len(rows(url, f"SELECT 1 FROM pg_database WHERE datname LIKE '{name[:6]}%'"))


def test_the_manifest_of_the_database(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path), "manifest", "--product", "database"]
    result = run(*data, DATABASE_ADMIN_URL="mysql://root@127.0.0.1/", ADDON_DATABASE_SLUG="mysql")
    made = json.loads(result.stdout)
    assert (made["id"], made["api"]["config_vars"]) == ("mysql", ["MYSQL_URL"])
    assert made["api"]["password"] == (tmp_path / "database-password").read_text().strip()


def test_without_a_server_the_manifest_command_says_why_and_the_other_product_is_there(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path), "manifest"]
    result = run(*data, "--product", "database", DATABASE_ADMIN_URL="none")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "the add-on `database` is not available: DATABASE_ADMIN_URL is `none`" in result.stderr
    assert run(*data, DATABASE_ADMIN_URL="none").exit_code == 0


def test_without_a_server_the_program_says_so_when_it_starts(tmp_path: Path) -> None:
    program = Program(tmp_path, {"DATABASE_ADMIN_URL": "none"})
    with program.ports:
        process, _ = program.serve()
        code, _, err = program.end(process, signal.SIGTERM)
    assert code == 0
    assert "database is not available: DATABASE_ADMIN_URL is `none`" in err
