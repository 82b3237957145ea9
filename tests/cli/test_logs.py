"""`logs`: the session, the stream, what is left out of it, and a tail that goes on over broken connections."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_sim.cli import log_reader
from platform_sim.cli.log_reader import EventReader

from .conftest import Run
from .fake_api import TOKEN, FakeApi, someone_who

SESSION = "POST /apps/alpha/log-sessions"
ONE = "2026-01-02T03:04:00.000000+00:00 app[web.1]: hello: [x] world"
TWO = "2026-01-02T03:04:01.000000+00:00 heroku[router]: at=info"


@pytest.fixture
def log(api: FakeApi) -> FakeApi:
    api.on(SESSION, {"logplex_url": f"{api.url}/logs/secret"}, 201)
    return api


def says(api: FakeApi, text: str, status: int = 200) -> None:
    api.on("GET /logs/secret", text.encode(), status)


def test_the_session_and_the_stream(log: FakeApi, run: Run) -> None:
    says(log, f"retry: 1\n\nid: 1\ndata: {ONE}\n\nid: 2\ndata: {TWO}\n\n")
    result = run("logs", "-a", "alpha")
    assert (result.exit_code, result.stdout) == (0, f"{ONE}\n{TWO}\n")
    assert log.body_of(SESSION) == {"lines": 100, "tail": False}
    assert log.last(SESSION).headers["accept"] == "application/vnd.heroku+json; version=3.sdk"
    assert log.asked[-1].headers["accept"] == "text/event-stream"
    assert "authorization" not in log.asked[-1].headers


def test_the_options_reach_the_session(log: FakeApi, run: Run) -> None:
    says(log, "")
    assert run("logs", "-n", "5", "--dyno", "web", "--source", "app", HEROKU_APP="alpha").exit_code == 0
    assert log.body_of(SESSION) == {"lines": 5, "tail": False, "dyno": "web", "source": "app"}


def test_what_is_no_message_is_left_out(log: FakeApi, run: Run) -> None:
    says(log, ": beat\n\nevent: ping\ndata: no\n\ndata: a\ndata:b\n\nevent: message\r\ndata:  c\r\n\r\ndata: cut off")
    assert run("logs", "-a", "alpha").stdout == "a\nb\n c\n"


def test_json_is_an_object_a_line(log: FakeApi, run: Run) -> None:
    says(log, f"data: {ONE}\n\ndata: odd\n\n")
    first, second = (json.loads(line) for line in run("logs", "-a", "alpha", "--json").stdout.splitlines())
    assert first == {
        "at": "2026-01-02T03:04:00.000000+00:00",
        "source": "app",
        "dyno": "web.1",
        "text": "hello: [x] world",
    }
    assert second == {"text": "odd"}


def test_a_tail_opens_again_where_it_stood(log: FakeApi, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("platform_sim.cli.log_reader.time.sleep", slept.append)
    says(log, f"retry: 20\n\nid: 7\ndata: {ONE}\n\nid: 8\ndata: unfinished")
    says(log, f"id: 8\ndata: {TWO}\n\n")
    says(log, "", 404)
    result = run("logs", "-a", "alpha", "--tail")
    assert (result.exit_code, result.stdout) == (1, f"{ONE}\n{TWO}\n")
    assert result.stderr == "Error: Log stream timed out. Please try again.\n"
    assert [asked.headers.get("last-event-id") for asked in log.asked[1:]] == [None, "7", "8"]
    assert slept == [0.02, 0.02]
    assert log.body_of(SESSION)["tail"] is True


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_stream_that_breaks_off(api: FakeApi, run: Run) -> None:
    with someone_who(HEAD + b"50\r\ndata: a\n\nda") as url:
        api.on(SESSION, {"logplex_url": f"{url}/logs/secret"}, 201)
        result = run("logs", "-a", "alpha")
    assert (result.exit_code, result.stdout) == (3, "a\n")
    assert "the log stream of alpha broke off" in result.stderr


def test_a_stream_that_stays_silent(api: FakeApi, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reader, "TIMEOUT", 60.5)
    read = EventReader.read

    def read_soon_over(reader: EventReader, answer: http.client.HTTPResponse) -> Iterator[str]:
        """The head has come, on a busy machine after a while; from here on it is silent."""
        connection: socket.socket = answer.fp.raw._sock  # type: ignore[attr-defined]
        assert connection.gettimeout() == 60.5
        connection.settimeout(0.05)
        return read(reader, answer)

    monkeypatch.setattr(EventReader, "read", read_soon_over)
    with someone_who(HEAD, then_silent=True) as url:
        api.on(SESSION, {"logplex_url": f"{url}/logs/secret"}, 201)
        result = run("logs", "-a", "alpha")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "the log stream of alpha broke off" in result.stderr


def test_another_status_is_said(log: FakeApi, run: Run) -> None:
    says(log, "", 500)
    result = run("logs", "-a", "alpha")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Logs eventsource failed with: 500" in result.stderr


def test_without_an_app_it_is_a_usage_error(run: Run) -> None:
    result = run("logs", HEROKU_APP="")
    assert result.exit_code == 2
    assert "'-a' / '--app'" in result.stderr


@pytest.mark.processes
def test_a_reader_that_goes_away_is_no_bug(log: FakeApi, alone: Path) -> None:
    says(log, f"data: {ONE}\n\n" * 20_000)
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m platform_sim logs -a alpha | head -n 1"],
        env={"PATH": os.environ["PATH"], "HEROKU_HOST": log.url, "HEROKU_API_KEY": TOKEN},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (f"{ONE}\n", "")
