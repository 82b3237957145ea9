"""`heroku ps...`, `run:detached`, `logs`, `maintenance`: the recorded words (heroku-cli §15)."""

import json

import pytest

from platform_sim.cli.heroku.run import one_line

from .. import shapes
from ..conftest import Run
from ..fake_api import FakeApi

DYNOS = "GET /apps/alpha/dynos"
FORMATION = "/apps/alpha/formation"


def test_the_list(api: FakeApi, heroku: Run) -> None:
    rows = [shapes.dyno("worker.1"), *(shapes.dyno(f"web.{n}") for n in (10, 2)), shapes.dyno("run.77", command="bash")]
    api.on(DYNOS, rows)
    assert heroku("ps", "-a", "alpha").stdout.splitlines() == [
        "=== run: one-off processes (1)",
        "",
        "run.77 (Basic): up 2026/01/02 03:04:05 +0000: bash",
        "",
        "=== web (Basic): bin/web (2)",
        "",
        "web.2: up 2026/01/02 03:04:05 +0000",
        "web.10: up 2026/01/02 03:04:05 +0000",
        "",
        "=== worker (Basic): bin/worker (1)",
        "",
        "worker.1: up 2026/01/02 03:04:05 +0000",
        "",
    ]
    assert [row["name"] for row in json.loads(heroku("ps", "web", "-a", "alpha", "--json").stdout)] == [
        "web.10",
        "web.2",
    ]


def test_a_type_without_dynos_and_no_dynos(api: FakeApi, heroku: Run) -> None:
    api.on(DYNOS, [])
    assert heroku("ps", "-a", "alpha").stdout == "No dynos on alpha\n"
    result = heroku("ps", "clock", "-a", "alpha")
    assert (result.exit_code, "No clock dynos on alpha" in result.stderr) == (1, True)


def test_the_formation(api: FakeApi, heroku: Run) -> None:
    api.on(f"GET {FORMATION}", [shapes.formation("worker"), shapes.formation("release", 0), shapes.formation()])
    assert heroku("ps:scale", "-a", "alpha").stdout == "release=0:Basic web=1:Basic worker=1:Basic\n"
    assert len(json.loads(heroku("ps:scale", "-a", "alpha", "--json").stdout)) == 3
    api.on("GET /apps/beta/formation", [])
    assert "No process types on beta." in heroku("ps:scale", "-a", "beta").stderr


def test_scale(api: FakeApi, heroku: Run) -> None:
    rows = [shapes.formation("web", 2), shapes.formation("worker", 2), shapes.formation("clock", 1)]
    api.on(f"PATCH {FORMATION}", rows)
    result = heroku("ps:scale", "web=2:Standard-1X", "worker+1", "-a", "alpha")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Scaling dynos... done, now running web at 2:Basic, worker at 2:Basic\n"
    assert api.body_of(f"PATCH {FORMATION}") == {
        "updates": [
            {"quantity": "2", "size": "Standard-1X", "type": "web"},
            {"quantity": "+1", "type": "worker"},
        ]
    }


@pytest.mark.parametrize("word", ["web", "web=", "web=two", "=1", "web=1 worker=1"])
def test_scale_of_what_is_no_change(api: FakeApi, heroku: Run, word: str) -> None:
    result = heroku("ps:scale", word, "-a", "alpha")
    assert (result.exit_code, api.asked) == (2, [])


@pytest.mark.parametrize(
    ("words", "line", "said"),
    [
        (["ps:restart"], "DELETE /apps/alpha/dynos", "Restarting all dynos on alpha... done\n"),
        (["ps:restart", "-d", "web.1"], "DELETE /apps/alpha/dynos/web.1", "Restarting dyno web.1 on alpha... done\n"),
        (
            ["ps:restart", "-p", "web"],
            "DELETE /apps/alpha/formations/web",
            "Restarting all web dynos on alpha... done\n",
        ),
        (
            ["ps:stop", "-d", "web.1"],
            "POST /apps/alpha/dynos/web.1/actions/stop",
            "Stopping dyno web.1 on alpha... done\n",
        ),
        (
            ["ps:stop", "-p", "web"],
            "POST /apps/alpha/formations/web/actions/stop",
            "Stopping all web dynos on alpha... done\n",
        ),
    ],
)
def test_restart_and_stop(api: FakeApi, heroku: Run, words: list[str], line: str, said: str) -> None:
    api.on(line, {}, 202)
    result = heroku(*words, "-a", "alpha")
    assert (result.exit_code, result.stderr, result.stdout) == (0, said, "")
    assert api.last(line).headers["accept"].endswith("version=3.sdk")


def test_stop_needs_to_know_what(heroku: Run) -> None:
    assert heroku("ps:stop", "-a", "alpha").exit_code == 2


def test_run_detached(api: FakeApi, heroku: Run) -> None:
    api.on("GET /apps/alpha", shapes.app())
    api.on("POST /apps/alpha/dynos", shapes.dyno("run.1234"), 201)
    result = heroku("run:detached", "-a", "alpha", "-e", "A=1;B=x=y", "--", "ls", "-la", "a b")
    assert result.stderr == 'Running ls -la "a b" on alpha... done, run.1234\n'
    assert result.stdout == "Run heroku logs --app alpha --dyno run.1234 to view the output.\n"
    assert api.body_of("POST /apps/alpha/dynos") == {
        "attach": False,
        "command": 'ls -la "a b"',
        "env": {"TERM": "xterm", "A": "1", "B": "x=y"},
    }


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("echo hi; ls",), "echo hi; ls"),
        (("echo", 'say "hi"', "$HOME", ""), 'echo "say \\"hi\\"" "\\$HOME" ""'),
    ],
)
def test_the_command_of_a_one_off_dyno(words: tuple[str, ...], line: str) -> None:
    assert one_line(words) == line


def test_logs_of_a_type(api: FakeApi, heroku: Run) -> None:
    api.on("GET /apps/alpha", shapes.app())
    api.on("POST /apps/alpha/log-sessions", {"logplex_url": f"{api.url}/logs/s"}, 201)
    api.on("GET /logs/s", b"data: hello\n\n")
    result = heroku("logs", "-a", "alpha", "-p", "web", "-s", "app", "-n", "3")
    assert (result.exit_code, result.stdout) == (0, "hello\n")
    assert api.body_of("POST /apps/alpha/log-sessions") == {"lines": 3, "tail": False, "dyno": "web", "source": "app"}


def test_maintenance(api: FakeApi, heroku: Run) -> None:
    api.on("GET /apps/alpha", shapes.app(maintenance=True))
    api.on("PATCH /apps/alpha", shapes.app())
    assert heroku("maintenance", "-a", "alpha").stdout == "on\n"
    assert heroku("maintenance:on", "-a", "alpha").stderr == "Enabling maintenance mode for alpha... done\n"
    assert api.body_of("PATCH /apps/alpha") == {"maintenance": True}
    assert heroku("maintenance:off", "-a", "alpha").stderr == "Disabling maintenance mode for alpha... done\n"
    assert api.body_of("PATCH /apps/alpha") == {"maintenance": False}
