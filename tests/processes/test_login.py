"""Logins by browser over real sockets: many that wait, Heroku's own name, and a platform that is killed."""

import json
import re
from contextlib import ExitStack
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests

from platform_sim.assemble import Platform
from platform_sim.core.actions.browser_logins import TOO_LATE

from .customer import Customer, fetch
from .up import Up
from .waiting import LONGEST

pytestmark = pytest.mark.processes

MANY = 100
"""More than there are threads for calls that do not say that they wait."""


def begin(url: str) -> dict[str, str]:
    found: dict[str, str] = fetch("POST", f"{url}/auth", json={"description": "test"}).json()
    return found


def say(url: str, login: dict[str, str], **fields: str) -> None:
    """What a person does with the page."""
    page = fetch("GET", url + login["browser_url"])
    form = re.search(r'name="form" value="(\w+)"', page.text)
    assert form is not None, page.text
    done = fetch("POST", url + login["browser_url"], data={"form": form[1]} | fields)
    assert done.status_code == 200, done.text


def asking(platform: Platform, login: dict[str, str]) -> HTTPConnection:
    """A program that waits."""
    connection = HTTPConnection("127.0.0.1", platform.edge.port, timeout=LONGEST)
    connection.request("GET", login["cli_url"], headers={"Authorization": f"Bearer {login['token']}"})
    return connection


def test_many_wait_and_everybody_else_is_answered(platform: Platform, customer: Customer) -> None:
    with ExitStack() as stack:
        logins = [begin(platform.url) for _ in range(MANY)]
        waiting = [asking(platform, login) for login in logins]
        for connection in waiting:
            stack.callback(connection.close)
        assert customer.api("GET", "/account")["email"] == "you@example.com"
        say(platform.url, logins[MANY // 2], email="you@example.com")
        answer = waiting[MANY // 2].getresponse()
        told = json.loads(answer.read())
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        assert Customer(platform.url, told["access_token"], Path()).api("GET", "/account")["email"] == "you@example.com"
        say(platform.url, logins[0], act="decline")
        assert "declined" in json.loads(waiting[0].getresponse().read())["error"]


def test_a_clock_that_moves_ends_those_that_wait(platform: Platform) -> None:
    login = begin(platform.url)
    connection = asking(platform, login)
    platform.clock.freeze()
    platform.clock.advance(timedelta(seconds=platform.database.rules.browser_login_life))
    assert json.loads(connection.getresponse().read()) == {"error": TOO_LATE}
    connection.close()


def test_under_heroku_s_own_name(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program and a browser that both ask the platform as their proxy."""
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, platform.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(platform.ca_file))
    host = "https://cli-auth.heroku.com"
    login = requests.post(f"{host}/auth", json={}, timeout=LONGEST).json()
    page = requests.get(host + login["browser_url"], timeout=LONGEST)
    form = re.search(r'name="form" value="(\w+)"', page.text)
    assert form is not None
    fields = {"form": form[1], "email": "you@example.com"}
    done = requests.post(host + login["browser_url"], data=fields, headers={"Origin": host}, timeout=LONGEST)
    assert done.status_code == 200
    bearer = {"Authorization": f"Bearer {login['token']}"}
    assert "access_token" in requests.get(host + login["cli_url"], headers=bearer, timeout=LONGEST).json()


def test_what_was_said_is_told_after_a_kill(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        url = up.start()["url"]
        login, waits = begin(url), begin(url)
        say(url, login, email="you@example.com")
        up.kill()
        again = up.start()["url"]
        bearer = {"Authorization": f"Bearer {login['token']}"}
        told = fetch("GET", again + login["cli_url"], headers=bearer).json()
        assert Customer(again, told["access_token"], tmp_path).ask("GET", "/account").ok
        say(again, waits, act="decline")
        bearer = {"Authorization": f"Bearer {waits['token']}"}
        assert "error" in fetch("GET", again + waits["cli_url"], headers=bearer).json()
