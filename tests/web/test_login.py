"""The login host: what a program and a person do there, and what nobody else can (heroku-cli §3)."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions import browser_logins, logins
from platform_sim.core.model.logins import BrowserLogin
from platform_sim.core.model.one_time import code_at

from .world import Populated, World, new_world

HOST = "localhost:5100"
LOCAL = {"Host": HOST}
PASSWORD = "correct horse"
TEXT = "Heroku CLI login from here"


class Forms(HTMLParser):
    """The fields of each form of a page, and whatever could run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.append(tag)
        self.handlers += [name for name in given if name.startswith("on")]
        if tag == "form":
            assert (given["method"], "action" in given) == ("post", False)
            self.forms.append({})
        if tag in ("input", "button") and given.get("name"):
            self.forms[-1][str(given["name"])] = given.get("value") or ""


def begin(world: World, **body: str) -> dict[str, str]:
    answer = world.client.post("/auth", json={"description": TEXT} | body, headers=LOCAL)
    assert answer.status_code == 200
    found: dict[str, str] = answer.json
    return found


def page(world: World, login: dict[str, str], **headers: str) -> Any:
    return world.client.get(login["browser_url"], headers=LOCAL | headers)


def send(world: World, login: dict[str, str], fields: dict[str, str], **headers: str) -> Any:
    return world.client.post(login["browser_url"], data=fields, headers=LOCAL | headers)


def form(world: World, login: dict[str, str]) -> dict[str, str]:
    return {"form": Forms(page(world, login).text).forms[0]["form"]}


def told(world: World, login: dict[str, str]) -> dict[str, str]:
    """What the program that waits is told."""
    with world.database.transaction() as tx:
        poll = login["cli_url"].removeprefix("/auth/cli/")
        return browser_logins.take_answer(tx, browser_logins.login_of_program(tx, poll, login["token"]).id)


def waits(world: World, login: dict[str, str]) -> bool:
    with world.database.snapshot() as rows:
        found = rows.find(BrowserLogin, page=login["browser_url"].removeprefix("/auth/browser/"))
        assert found is not None
        return found.state == "waiting"


def give_password(world: World) -> None:
    with world.database.transaction() as tx:
        logins.set_password(tx, world.customer.account, world.customer.account, PASSWORD)


def test_a_click_is_enough_for_who_has_no_password(world: World) -> None:
    login = begin(world)
    shown = page(world, login)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert TEXT in shown.text
    assert "It is not Heroku" in shown.text
    forms = Forms(shown.text).forms
    assert [each["email"] for each in forms[:2]] == ["stranger@example.com", "user@example.com"]
    done = send(world, login, forms[1], Origin=f"http://{HOST}")
    assert (done.status_code, "You are logged in as user@example.com" in done.text) == (200, True)
    answer = told(world, login)
    assert world.get("/account", token=answer["access_token"])["email"] == "user@example.com"
    (session,) = world.get("/oauth/sessions")
    assert session["description"] == TEXT
    assert answer["access_token"] not in done.text


def test_the_browser_is_that_customer_for_dashboards_too(full: Populated) -> None:
    world = full.world
    login = begin(world)
    done = send(world, login, form(world, login) | {"email": "friend@example.com"})
    cookies = "; ".join(done.headers.getlist("Set-Cookie"))
    assert {"/dashboard/apps", "/myapps", "/sso/apps"} <= set(re.findall(r"Path=([^;]*)", cookies))
    shown = world.client.get(full.path("/sso/apps/acme/addons/{add-on}"), headers=LOCAL)
    assert 'name="email" value="friend@example.com"' in shown.text


def test_who_has_a_password_has_to_give_it(world: World) -> None:
    give_password(world)
    login = begin(world)
    assert "Log in as user@example.com" not in page(world, login).text
    fields = form(world, login) | {"email": "user@example.com"}
    for wrong in ({}, {"password": "wrong"}, {"password": world.token}):
        refused = send(world, login, fields | wrong)
        assert refused.status_code == 401
        assert 'role="alert"' in refused.text
        assert 'name="email" type="text" autocomplete="off" value="user@example.com"' in refused.text
        assert "wrong" not in Forms(refused.text).forms[-2].values(), "a password is never shown again"
    assert waits(world, login)
    assert send(world, login, fields | {"password": PASSWORD}).status_code == 200
    assert "access_token" in told(world, login)


def test_a_second_factor_is_asked_for(world: World) -> None:
    give_password(world)
    with world.database.transaction() as tx:
        secret = logins.set_second_factor(tx, world.customer.account, world.customer.account)
    login = begin(world)
    fields = form(world, login) | {"email": "user@example.com", "password": PASSWORD}
    for code in ("", "000000"):
        assert send(world, login, fields | {"code": code}).status_code == 403
    assert waits(world, login)
    good = code_at(secret, world.database.clock.now())
    assert send(world, login, fields | {"code": good}).status_code == 200


def test_a_token_stands_for_the_password_that_one_has_not(world: World) -> None:
    login = begin(world)
    fields = form(world, login) | {"email": "user@example.com"}
    assert send(world, login, fields | {"password": world.strangers_token}).status_code == 401
    assert send(world, login, fields | {"password": world.token}).status_code == 200


def test_where_a_word_is_not_enough(tmp_path: Path) -> None:
    world = new_world(tmp_path, login_by_choice=False)
    login = begin(world)
    assert "Log in as" not in page(world, login).text
    fields = form(world, login) | {"email": "user@example.com"}
    assert send(world, login, fields).status_code == 401
    assert send(world, login, fields | {"password": world.token}).status_code == 200
    world.database.close()


@pytest.mark.parametrize("email", ["nobody@example.com", "", "exceptions@addons.heroku.com", "crew@herokumanager.com"])
def test_who_is_no_customer_cannot_be_chosen(full: Populated, email: str) -> None:
    login = begin(full.world)
    assert send(full.world, login, form(full.world, login) | {"email": email}).status_code == 401
    assert waits(full.world, login)


def test_who_is_suspended_is_told_so(world: World) -> None:
    world.call("PATCH", "/sim/users/stranger@example.com", {"suspended": True})
    login = begin(world)
    refused = send(world, login, form(world, login) | {"email": "stranger@example.com"})
    assert (refused.status_code, "is suspended" in refused.text) == (403, True)
    assert waits(world, login)


def test_one_can_decline(world: World) -> None:
    login = begin(world)
    decline = Forms(page(world, login).text).forms[-1]
    assert decline["act"] == "decline"
    assert "nobody is logged in" in send(world, login, decline).text
    assert told(world, login) == {"error": browser_logins.DECLINED}
    assert world.get("/oauth/sessions") == []


@pytest.mark.parametrize("decline", [True, False])
def test_an_answer_is_given_once(world: World, decline: bool) -> None:
    login = begin(world)
    fields = form(world, login) | ({"act": "decline"} if decline else {"email": "user@example.com"})
    assert send(world, login, fields).status_code == 200
    with world.nothing_written():
        again = send(world, login, fields)
        assert (again.status_code, "answered already" in again.text) == (409, True)
        assert page(world, login).status_code == 409


def test_a_page_is_good_for_a_while(world: World) -> None:
    login = begin(world)
    fields = form(world, login) | {"email": "user@example.com"}
    world.database.clock.advance(timedelta(seconds=world.database.rules.browser_login_life))
    with world.nothing_written():
        for late in (page(world, login), send(world, login, fields)):
            assert (late.status_code, "timed out" in late.text) == (410, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example.com"},
        {"Origin": "http://localhost:5200"},
        {"Origin": f"http://{HOST}.evil.example.com"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Host": "evil.example.com"},
        {"Host": "evil.example.com", "Origin": "http://evil.example.com"},
    ],
)
def test_a_page_of_another_site_cannot_log_in(world: World, headers: dict[str, str]) -> None:
    login = begin(world)
    fields = form(world, login) | {"email": "user@example.com"}
    with world.nothing_written():
        refused = send(world, login, fields, **headers)
    assert refused.status_code == 403
    assert send(world, login, fields, **{"Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("value", [None, "", "x"])
def test_only_the_pages_own_form_counts(world: World, value: str | None) -> None:
    login, other = begin(world), begin(world)
    for given in (value, form(world, other)["form"]):
        with world.nothing_written():
            fields = {"email": "user@example.com"} | ({"form": given} if given is not None else {})
            assert send(world, login, fields).status_code == 403


def test_the_page_runs_nothing_and_is_shown_nowhere_else(world: World) -> None:
    shown = page(world, begin(world))
    policy = shown.headers["Content-Security-Policy"]
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert rule in policy
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Referrer-Policy"] == "same-origin", "with no-referrer a browser's Origin would be null"
    found = Forms(shown.text)
    assert ("script" in found.tags, found.handlers) == (False, [])


@pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>", "'{{ 7*7 }}"])
def test_what_others_have_written_is_shown_as_text(world: World, hostile: str) -> None:
    login = begin(world, description=hostile)
    refused = send(world, login, form(world, login) | {"email": hostile, "password": "x"})
    for shown in (page(world, login), refused):
        found = Forms(shown.text)
        assert ("script" in found.tags, "img" in found.tags, found.handlers) == (False, False, [])
        assert "49" not in re.sub(r"[0-9a-f-]{32,36}|#[0-9a-f]{6}", "", shown.text)


def test_heroku_s_own_name_of_the_login_host_is_served(world: World) -> None:
    host = {"Host": "cli-auth.heroku.com"}
    login = world.client.post("/auth", json={}, headers=host).json
    shown = world.client.get(login["browser_url"], headers=host)
    assert (shown.status_code, browser_logins.UNNAMED in shown.text) == (200, True)
    fields = Forms(shown.text).forms[0]
    done = world.client.post(
        login["browser_url"], data=fields, headers=host | {"Origin": "https://cli-auth.heroku.com"}
    )
    assert done.status_code == 200


def test_a_login_is_begun_with_json_or_nothing(world: World) -> None:
    assert world.client.post("/auth", headers=LOCAL).status_code == 200
    for data in (b"[]", b"{", b'{"description": 5}'):
        answer = world.client.post("/auth", data=data, headers=LOCAL | {"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
        assert answer.json["id"] in ("bad_request", "invalid_params")
    for host in ("evil.example.com", "localhost.evil.example.com"):
        assert world.client.post("/auth", json={}, headers={"Host": host}).status_code == 403


def test_pages_that_there_are_not(world: World) -> None:
    login = begin(world)
    for path in ("/auth/browser/x", "/auth/browser/" + login["token"], "/auth/browser/" + login["cli_url"][-32:]):
        shown = world.client.get(path, headers=LOCAL)
        assert (shown.status_code, "begin again" in shown.text) == (404, True)
