"""Log sessions over real sockets, as the CLI's event source reads them (heroku-cli §4)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from platform_sim.assemble import Options, Platform

from .customer import Customer, fetch
from .sources import PYTHON, app
from .waiting import LONGEST

pytestmark = pytest.mark.processes
EVENTS = {"Accept": "text/event-stream", "User-Agent": "heroku-run"}


@contextmanager
def opened(url: str, **headers: str) -> Iterator[HTTPResponse]:
    """A reader at a session's URL. No Authorization: the secret is in the URL."""
    where = urlsplit(url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=LONGEST)
    connection.request("GET", where.path, headers=EVENTS | {name.replace("_", "-"): headers[name] for name in headers})
    with connection.getresponse() as answer:
        yield answer
    connection.close()


def event(answer: HTTPResponse) -> tuple[int, list[str]]:
    """The next event: its id, and its lines without their times."""
    number, lines = 0, []
    while raw := answer.readline().decode().rstrip("\n"):
        field, _, value = raw.partition(": ")
        assert field in ("id", "data"), raw
        if field == "id":
            number = int(value)
        else:
            lines.append(value.partition(" ")[2])
    return number, lines


@pytest.fixture
def acme(customer: Customer) -> Customer:
    """With an app that has said two lines, one of them in two parts."""
    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app(web=f"{PYTHON} -c 'print(1)'"))
    customer.api("PATCH", "/apps/acme/formation/web", {"quantity": 0})
    said = customer.api("POST", "/apps/acme/dynos", {"command": "echo first; echo second"})
    with opened(session(customer, tail=True, dyno=said["name"])["logplex_url"]) as answer:
        while "Process exited with status 0" not in event(answer)[1][0]:
            pass
    return replace(customer, folder=customer.folder / said["name"])


def session(customer: Customer, **wanted: Any) -> Any:
    return customer.api("POST", "/apps/acme/log-sessions", wanted)


def test_a_backlog_is_told_and_the_answer_ends(acme: Customer) -> None:
    run = acme.folder.name
    with opened(session(acme, lines=100, tail=False, dyno="run", source="app")["logplex_url"]) as answer:
        assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/event-stream")
        assert answer.readline() + answer.readline() == b"retry: 1\n\n", "else the CLI waits three seconds"
        first, lines = event(answer)
        second, more = event(answer)
        assert (lines, more) == ([f"app[{run}]: first"], [f"app[{run}]: second"])
        assert 0 < first < second
        assert answer.read() == b""


@pytest.mark.parametrize(
    ("wanted", "sources"),
    [
        ({"source": "app", "dyno": "run"}, {"app[{run}]"}),
        ({"source": "heroku", "dyno": "{run}"}, {"heroku[{run}]"}),
        ({"dyno_name": "{run}"}, {"app[{run}]", "heroku[{run}]"}),
        ({"dyno": "api"}, {"app[api]"}),
        ({"type": "run", "source": "heroku"}, {"heroku[{run}]"}),
        ({"dyno": "run.0"}, set()),
    ],
)
def test_filters(wanted: dict[str, str], sources: set[str], acme: Customer) -> None:
    run = acme.folder.name
    asked = {name: value.replace("{run}", run) for name, value in wanted.items()}
    text = fetch("GET", session(acme, lines=1500, **asked)["logplex_url"]).text
    assert {line.split()[1].rstrip(":") for line in text.splitlines()} == {
        each.replace("{run}", run) for each in sources
    }


def test_a_tail_that_breaks_goes_on_where_it_was(acme: Customer) -> None:
    url = session(acme, lines=1, tail=True, source="app", dyno="api")["logplex_url"]
    with opened(url) as answer:
        last, _ = event(answer)
        acme.api("PATCH", "/apps/acme/config-vars", {"ONE": "1"})
        seen = [event(answer), event(answer)]
    acme.api("PATCH", "/apps/acme/config-vars", {"TWO": "2"})
    with opened(url, Last_Event_ID=str(seen[-1][0])) as again:
        seen += [event(again), event(again)]
    assert [number for number, _ in seen] == sorted({number for number, _ in seen})
    assert seen[0][0] > last
    said = [line.removeprefix("app[api]: ").partition(" by ")[0] for _, (line,) in seen]
    assert said == ["Release v4 created", "Set ONE config vars", "Release v5 created", "Set TWO config vars"]


def test_a_tail_ends_with_its_app_and_is_not_found_again(acme: Customer) -> None:
    url = session(acme, lines=0, tail=True)["logplex_url"]
    with opened(url) as answer:
        assert answer.status == 200
        ending = threading.Thread(target=acme.api, args=("DELETE", "/apps/acme"))
        ending.start()
        answer.read()
        ending.join()
    with opened(url, Last_Event_ID="5") as again:
        assert again.status == 404, "which the CLI reads as: Log stream timed out"


def test_a_session_can_be_opened_for_a_while(acme: Customer, platform: Platform) -> None:
    url = session(acme, lines=1, tail=True)["logplex_url"]
    for moved, status in ((290, 200), (10, 404)):
        platform.clock.advance(timedelta(seconds=moved))
        with opened(url) as answer:
            assert answer.status == status


def test_a_log_goes_with_its_app_from_the_disk(tmp_path: Path) -> None:
    with Platform(Options(data=tmp_path / "data")) as platform:
        customer = Customer(platform.url, platform.token, tmp_path)
        made = customer.api("POST", "/apps", {"name": "acme"})
        platform.logs.flush()
        assert [path.stem for path in (tmp_path / "data" / "logs").iterdir()] == [made["id"]]
        customer.api("DELETE", "/apps/acme")
        platform.logs.flush()
        assert list((tmp_path / "data" / "logs").iterdir()) == []
