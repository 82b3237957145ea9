"""Apps of all kinds, good and bad, pushed with git and met through the edge (design §1, platform-api §6, §7)."""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

from platform_sim.assemble import Options, Platform

from .conftest import QUICK
from .customer import Customer
from .sources import ECHOES, KEEPS, PYTHON, SHOWS, STREAMS, app
from .up import outer_environment
from .waiting import wait_until

pytestmark = pytest.mark.processes


@pytest.fixture
def acme(customer: Customer) -> Customer:
    """The customer, with an empty app `acme`."""
    customer.api("POST", "/apps", {"name": "acme"})
    return customer


@pytest.fixture
def boot_timeout() -> float:
    """Seconds. A good app needs a while on a busy machine."""
    return 60.0


@pytest.fixture
def crashing(tmp_path: Path, boot_timeout: float) -> Iterator[Customer]:
    """A customer of a platform that leaves a crashed dyno so for an hour, with an empty app `acme`."""
    rules = QUICK | {"boot_timeout": boot_timeout, "crash_delays": (3600.0,)}
    with Platform(Options(environment=outer_environment(tmp_path), rules=rules)) as platform:
        customer = Customer(platform.url, platform.token, tmp_path)
        customer.api("POST", "/apps", {"name": "acme"})
        yield customer


def push(customer: Customer, files: dict[str, str]) -> str:
    """A push that must be taken; -> what it printed."""
    pushed = customer.push("acme", files)
    assert pushed.returncode == 0, pushed.stdout
    return pushed.stdout


def refuse(customer: Customer, files: dict[str, str]) -> str:
    """A push that must be refused; -> what it printed."""
    pushed = customer.push("acme", files)
    assert pushed.returncode != 0, pushed.stdout
    assert "[remote rejected] main -> main (pre-receive hook declined)" in pushed.stdout
    assert "Push failed" in pushed.stdout
    assert "Traceback" not in pushed.stdout
    return pushed.stdout


def web(source: str) -> dict[str, str]:
    """A Procfile-only app with this web program."""
    return app() | {"web.py": source}


def same_as_before(customer: Customer, version: int) -> None:
    """The app still runs release `version`, and its page answers."""
    (dyno,) = [d for d in customer.api("GET", "/apps/acme/dynos") if d["type"] == "web"]
    assert (dyno["release"]["version"], dyno["state"]) == (version, "up")
    assert customer.page("acme", "/DYNO").text == "web.1"


def logged(customer: Customer, text: str) -> str:
    """Wait until `text` is in the app's log; -> the log."""
    return wait_until(f"{text!r} is logged", lambda: "".join(log for log in [customer.log("acme")] if text in log))


def test_what_a_push_prints(acme: Customer) -> None:
    said = push(acme, app(worker=f"{PYTHON} -c 'import time; time.sleep(60)'"))
    for line in (
        r"remote: -----> Building on the Heroku-24 stack",
        r"remote: -----> Discovering process types",
        r"remote:        Procfile declares types -> web, worker",
        r"remote:        Released v3",
        rf"remote:        http://acme.localhost:{acme.port}/ deployed to Heroku",
        r"remote: Verifying deploy... done.",
        r" \* \[new branch\]      main -> main",
    ):
        assert re.search(f"^{line} *$", said, re.MULTILINE), f"no line {line!r} in:\n{said}"
    acme.up("acme")
    assert acme.api("GET", "/apps/acme/releases/3")["description"].startswith("Deploy ")


def test_a_websocket_echoes_through_the_edge(acme: Customer) -> None:
    push(acme, web(ECHOES))
    acme.up("acme")

    def opened() -> ClientConnection:
        raw = socket.create_connection(("127.0.0.1", acme.port))
        return connect(f"ws://acme.localhost:{acme.port}/talk", sock=raw, compression=None, proxy=None)

    with opened() as one, opened() as other:
        for text in ("hello", "x" * 60_000, "äöü"):
            one.send(text)
            assert one.recv(timeout=30) == text
        other.send(b"\x00\xff")
        assert other.recv(timeout=30) == b"\x00\xff"
    (line,) = [line for line in logged(acme, " status=101 ").splitlines() if " status=101 " in line][:1]
    assert 'path="/talk"' in line
    assert "dyno=web.1" in line


def test_a_response_streams_chunk_by_chunk(acme: Customer) -> None:
    push(acme, web(STREAMS))
    acme.up("acme")
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Host": f"acme.localhost:{acme.port}"}
        with session.get(f"http://127.0.0.1:{acme.port}/", headers=headers, stream=True, timeout=30) as answer:
            pieces = answer.iter_content(3)
            assert next(pieces) == b"one", "it is here before the app has written the rest"
            assert acme.page("acme", "/go").status_code == 204
            assert next(pieces) == b"two"
            assert list(pieces) == []


def test_an_app_that_crashes_answers_h10_and_a_release_heals_it(crashing: Customer) -> None:
    push(crashing, web("raise SystemExit('I cannot start')"))
    page = wait_until("the router knows", lambda: [p for p in [crashing.page("acme")] if p.status_code == 503])[0]
    assert "Application error" in page.text
    logged(crashing, " code=H10 ")
    log = logged(crashing, " to crashed")
    assert "app[web.1]: I cannot start" in log
    assert "heroku[web.1]: Process exited with status 1" in log
    assert "heroku[web.1]: State changed from starting to crashed" in log
    assert 'at=error code=H10 desc="App crashed"' in log
    (dyno,) = crashing.api("GET", "/apps/acme/dynos")
    assert dyno["state"] == "crashed"
    push(crashing, app())
    crashing.up("acme")
    same_as_before(crashing, 4)


def test_a_crash_does_not_touch_the_other_app(crashing: Customer) -> None:
    push(crashing, app())
    crashing.up("acme")
    crashing.api("POST", "/apps", {"name": "other"})
    crashing.deploy("other", web("raise SystemExit(3)"))
    wait_until("it has crashed", lambda: [d["state"] for d in crashing.api("GET", "/apps/other/dynos")] == ["crashed"])
    assert crashing.page("other").status_code == 503
    same_as_before(crashing, 3)


@pytest.mark.parametrize("boot_timeout", [1.0])
def test_an_app_that_binds_no_port_is_ended_with_r10(crashing: Customer) -> None:
    push(crashing, web("import time; print('busy', flush=True); time.sleep(3600)"))
    wait_until("it is given up", lambda: [d["state"] for d in crashing.api("GET", "/apps/acme/dynos")] == ["crashed"])
    log = logged(crashing, "to crashed")
    assert (
        "heroku[web.1]: Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 1 seconds of launch\n"
        in log
    )
    assert "heroku[web.1]: Stopping process with SIGKILL" in log
    assert "heroku[web.1]: Process exited with status 137" in log
    assert crashing.page("acme").status_code == 503


def test_a_push_without_procfile_is_refused_and_the_app_runs_on(acme: Customer) -> None:
    push(acme, app())
    acme.up("acme")
    files = app()
    del files["Procfile"]
    said = refuse(acme, files)
    assert "Procfile" in said
    assert "web: python web.py" in said, "it says what to write"
    same_as_before(acme, 3)
    assert acme.versions("acme") == [1, 2, 3]
    assert acme.api("GET", "/apps/acme/builds")[-1]["status"] == "failed"


@pytest.mark.parametrize(
    ("procfile", "told"),
    [("web python web.py\n", "Procfile"), ("", "empty"), ("we b: x\n", "Procfile"), ("web:\n", "Procfile")],
)
def test_a_procfile_that_says_nothing_is_refused(acme: Customer, procfile: str, told: str) -> None:
    assert told in refuse(acme, app() | {"Procfile": procfile})
    assert acme.versions("acme") == [1, 2]


def test_a_requirement_that_cannot_be_installed_is_refused_and_the_app_runs_on(acme: Customer) -> None:
    push(acme, app())
    acme.up("acme")
    said = refuse(acme, app() | {"requirements.txt": "--no-index\nno-such-thing==1.0\n"})
    assert "could not be installed" in said
    assert "no-such-thing" in said
    same_as_before(acme, 3)


def test_a_release_command_that_fails_keeps_the_release_before(acme: Customer) -> None:
    push(acme, app())
    acme.up("acme")
    pushed = acme.push("acme", app(release=f"{PYTHON} -c 'import sys; print(\"no table\"); sys.exit(7)'"))
    assert "Release command declared" in pushed.stdout
    assert "Release command failed" in pushed.stdout
    assert "no table" in pushed.stdout, "what the command said is what the one who pushes needs"
    assert acme.api("GET", "/apps/acme/releases/4")["status"] == "failed"
    assert "app[release" in acme.log("acme")
    same_as_before(acme, 3)
    push(acme, app(release=f"{PYTHON} -c 'print(\"table made\")'"))
    acme.up("acme")
    same_as_before(acme, 5)


def test_what_an_app_prints_is_in_its_own_log_only(acme: Customer) -> None:
    acme.api("PATCH", "/apps/acme/config-vars", {"SECRET": "s3cr3t-value"})
    push(acme, app(worker=f"{PYTHON} -c 'import os, time; print(os.environ, flush=True); time.sleep(60)'"))
    acme.api("PATCH", "/apps/acme/formation/worker", {"quantity": 1})
    acme.up("acme", 2)
    wait_until("the app's log has what the app printed", lambda: "s3cr3t-value" in acme.log("acme"))
    for path in ("/sim/events", "/sim/exchanges", "/sim/status", "/apps/acme/releases", "/apps/acme/dynos"):
        assert "s3cr3t-value" not in acme.ask("GET", path).text


@pytest.mark.parametrize(
    ("source", "answers_between"),
    [
        pytest.param(SHOWS, 0, id="an app that answers all who had connected before its SIGTERM"),
        pytest.param(KEEPS, 20, id="one that closes connections with requests in them, which are sent once more"),
    ],
)
def test_config_set_in_a_loop_loses_no_request(acme: Customer, source: str, answers_between: int) -> None:
    """200 requests while the app is restarted again and again: old and new answer, and nobody sees an error."""
    push(acme, web(source))
    acme.up("acme")
    answers: list[requests.Response] = []
    restarts = 0

    def is_enough() -> bool:
        """On a busy machine 200 may be answered before the second restart."""
        return len(answers) >= 200 and restarts > 1

    def ask() -> None:
        while not is_enough():
            answers.append(acme.page("acme", f"/COLOUR?n={len(answers)}"))

    def reached(enough: int) -> bool:
        return len(answers) >= enough

    def restart() -> None:
        nonlocal restarts
        while not is_enough():
            enough = min(200, len(answers) + answers_between)
            wait_until("some were answered", partial(reached, enough))
            restarts += 1
            acme.api("PATCH", "/apps/acme/config-vars", {"COLOUR": str(restarts)})
            acme.up("acme")

    with ThreadPoolExecutor(9) as pool:
        restarting = pool.submit(restart)
        for asking in [pool.submit(ask) for _ in range(8)]:
            asking.result()
        restarting.result()
    failed = [answer.status_code for answer in answers if answer.status_code != 200]
    assert failed == [], [line for line in acme.log("acme").splitlines() if "at=error" in line]
    assert restarts > 1, "it was restarted meanwhile"
    assert acme.page("acme", "/COLOUR").text == str(restarts)
    assert acme.versions("acme") == list(range(1, restarts + 4))


def test_an_app_answers_under_its_names_and_no_other(acme: Customer) -> None:
    push(acme, app())
    acme.up("acme")
    for host in (f"acme.localhost:{acme.port}", "acme.localhost", "ACME.localhost", "acme.herokuapp.com"):
        assert acme.page("acme", "/DYNO", headers={"Host": host}).text == "web.1", host
    assert acme.page("acme", headers={"Host": "nobody.localhost"}).status_code == 404
    assert replace(acme, token="wrong").page("acme", "/DYNO").text == "web.1", "a page needs no token"
