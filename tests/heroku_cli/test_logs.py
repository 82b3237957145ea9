"""`heroku logs` while it runs: what it shows as it comes, and how it ends (heroku-cli §4)."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from ..processes.waiting import LONGEST, wait_until
from .stage import Stage, deployed, on_stage

pytestmark = pytest.mark.processes
SAID = re.compile(r"^\S+ (.*)$")


@contextmanager
def tail(stage: Stage, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """`heroku logs --tail` as a process; killed if it has not ended."""
    with subprocess.Popen(
        ["heroku", "logs", "--tail", "--app", "shop", *words],
        cwd=stage.cli.folder,
        env=stage.cli.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        yield started
        started.kill()


def line(started: "subprocess.Popen[str]") -> str:
    """The next line, without its time."""
    assert started.stdout is not None
    raw = started.stdout.readline()
    found = SAID.match(raw)
    assert found is not None, raw
    return found[1]


def change(stage: Stage, name: str) -> None:
    stage.customer.api("PATCH", "/apps/shop/config-vars", {name: "1"})


def test_a_tail_shows_lines_as_they_come_and_none_twice(stage: Stage) -> None:
    stage.customer.api("POST", "/apps", {"name": "shop"})
    with tail(stage, "-n", "1", "--source", "app", "--dyno-name", "api") as started:
        assert line(started) == "app[api]: Enable Logplex by user you@example.com"
        for number in (3, 4):
            change(stage, f"V{number}")
            assert line(started) == f"app[api]: Release v{number} created by user you@example.com"
            assert line(started) == f"app[api]: Set V{number} config vars by user you@example.com"
        assert started.poll() is None


def test_a_tail_that_ends_comes_again_and_misses_nothing(tmp_path: Path) -> None:
    """Its time is over before that of the session: the CLI opens the same URL again, three seconds later."""
    with on_stage(tmp_path, log_tail_life=2) as stage:
        app = stage.customer.api("POST", "/apps", {"name": "shop"})
        with tail(stage, "-n", "1", "--dyno-name", "api") as started:
            assert line(started) == "app[api]: Enable Logplex by user you@example.com"
            stage.platform.clock.advance(timedelta(seconds=3))
            wait_until("the tail has ended", lambda: not stage.platform.logs._ring(app["id"]).followers)
            change(stage, "FIRST")
            change(stage, "SECOND")
            said = [line(started) for _ in range(4)]
    assert [each.partition(" by ")[0].removeprefix("app[api]: ") for each in said] == [
        "Release v3 created",
        "Set FIRST config vars",
        "Release v4 created",
        "Set SECOND config vars",
    ]


@pytest.mark.parametrize("why", ["its app is gone", "its time is over"])
def test_a_tail_that_cannot_come_again_has_timed_out(why: str, tmp_path: Path) -> None:
    with on_stage(tmp_path, log_tail_life=2, log_session_life=1) as stage:
        stage.customer.api("POST", "/apps", {"name": "shop"})
        with tail(stage, "-n", "1") as started:
            line(started)
            if why == "its app is gone":
                stage.customer.api("DELETE", "/apps/shop")
            else:
                stage.platform.clock.advance(timedelta(seconds=3))
            _, problem = started.communicate(timeout=LONGEST)
    assert started.returncode == 1
    assert problem.strip() == "›   Error: Log stream timed out. Please try again."


def test_filters_of_what_a_dyno_and_the_platform_say(stage: Stage) -> None:
    deployed(stage, "shop", "web", "worker")
    stage.customer.api("PATCH", "/apps/shop/formation/worker", {"quantity": 1})
    stage.customer.up("shop", 2)
    wait_until("the worker has spoken", lambda: "at work" in stage.customer.log("shop"))

    def sources(*words: str) -> set[str]:
        said = stage.cli.run("logs", "--app", "shop", "-n", "500", *words)
        assert said.code == 0, said
        return {each.split()[1].rstrip(":") for each in said.stdout.splitlines()}

    assert sources("--process-type", "worker") == {"app[worker.1]", "heroku[worker.1]"}
    assert sources("--process-type", "worker", "--source", "app") == {"app[worker.1]"}
    assert sources("--dyno-name", "web.1", "--source", "heroku") == {"heroku[web.1]"}
    assert sources("--source", "app") >= {"app[api]", "app[worker.1]"}
    few = stage.cli.run("logs", "--app", "shop", "-n", "3").stdout.splitlines()
    assert few == stage.cli.run("logs", "--app", "shop", "-n", "500").stdout.splitlines()[-3:]
