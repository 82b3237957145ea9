"""Who may not send a form or read a page: other sites, other hosts, old forms; what browsers are told to refuse."""

import re
from datetime import timedelta

import pytest

from platform_sim.core.actions.accounts import set_standing
from platform_sim.core.actions.browsers import SESSION_LIFE
from platform_sim.core.model.apps import App
from platform_sim.web.sso.browser import PAGES

from ...rules.sources import ROOT
from ..people import FRIEND
from ..world import new_world, populate
from .browser import HEADERS, HOST, Browser, Page

ACT = "/dashboard/apps/acme/settings/maintenance"
ON = {"maintenance": "on"}


def is_on(browser: Browser) -> bool:
    with browser.world.database.snapshot() as rows:
        app = rows.find(App, name="acme")
        assert app is not None
        return app.maintenance


def send(browser: Browser, token: str, **headers: str) -> int:
    answer = browser.world.client.post(ACT, data={"form": token} | ON, headers=HEADERS | headers)
    return answer.status_code


def test_a_form_of_our_own_page_is_done(browser: Browser) -> None:
    assert "Maintenance mode is on." in browser.do(ACT, **ON).text
    assert is_on(browser)


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "ü"])
def test_a_form_without_our_token_is_not(token: str, browser: Browser) -> None:
    with browser.world.nothing_written():
        answer = browser.post(ACT, token=token, **ON)
    assert answer.status_code == 403
    assert "Nothing was done" in answer.text


def test_the_token_of_another_customer_is_none(browser: Browser) -> None:
    token = browser.token()
    browser.become(FRIEND)
    assert browser.post(ACT, token=token, **ON).status_code == 403
    theirs = browser.token()
    browser.become("user@example.com")
    assert browser.post(ACT, token=theirs, **ON).status_code == 403
    assert not is_on(browser)


def test_the_token_of_another_platform_is_none(browser: Browser, tmp_path: pytest.TempPathFactory) -> None:
    other = new_world(tmp_path)  # type: ignore[arg-type]
    token = Browser(other).token()
    other.database.close()
    assert browser.post(ACT, token=token, **ON).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:5200"},
        {"Origin": "http://acme.localhost:5100"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_another_site_is_not_done_even_with_the_token(headers: dict[str, str], browser: Browser) -> None:
    assert send(browser, browser.token(), **headers) == 403
    assert not is_on(browser)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:5100", "localhost.evil.example", "acme.localhost:5100"])
@pytest.mark.parametrize(
    "path", ["/dashboard/apps", "/dashboard/static/style.css", "/dashboard/apps/acme/settings", "/"]
)
def test_a_name_that_is_not_this_machines_sees_nothing(host: str, path: str, browser: Browser) -> None:
    answer = browser.answer(path, Host=host)
    assert answer.status_code == 403
    assert "user@example.com" not in answer.text
    assert send(browser, browser.token(), Host=host) == 403
    assert not is_on(browser)


@pytest.mark.parametrize("host", ["localhost", "localhost:5100", "127.0.0.1:5100", "[::1]:5100"])
def test_the_names_of_this_machine_do(host: str, browser: Browser) -> None:
    assert browser.answer("/dashboard/apps", Host=host).status_code == 200


@pytest.mark.parametrize("path", ["/dashboard/apps", "/dashboard/nothing", "/dashboard/static/logs.js"])
def test_a_browser_is_told_what_to_refuse(path: str, browser: Browser) -> None:
    answer = browser.answer(path)
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    ours = f"http://{HOST}/dashboard/static/ https://{HOST}/dashboard/static/"
    assert policy == {
        "default-src": "'none'",
        "style-src": ours,
        "script-src": ours,
        "connect-src": "'self'",
        "img-src": "data:",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == ("no-cache" if "/static/" in path else "no-store")
    answer.close()


def test_the_browsers_customer_is_that_of_the_other_pages(browser: Browser) -> None:
    """One session for single sign-on, logging in and these pages; a partner's `/dashboard/...` does not get it."""
    url = browser.world.call("POST", f"/sim/users/{FRIEND}/links").json["url"]
    cookies = browser.answer(url.removeprefix("http://localhost:5100")).headers.getlist("Set-Cookie")
    paths = re.findall(r"Path=([^;]*)", "; ".join(cookies))
    pages = {str(path) for path in paths if path.startswith("/dashboard")}
    assert pages == {f"/dashboard/{page}" for page in ("apps", "marketplace", "timeline", "operator", "learn")}
    assert all("HttpOnly" in each and "SameSite=Lax" in each for each in cookies)
    for path in sorted(pages):
        assert f"You are {FRIEND}" in browser.get(path).text


def test_no_page_lies_where_the_session_is_not_sent() -> None:
    files = (ROOT / "platform_sim/web/dashboard").glob("*.py")
    prefixes = {found for file in files for found in re.findall(r'url_prefix="([^"]*)"', file.read_text())}
    assert prefixes > {"/dashboard/marketplace"}
    allowed = tuple(f"/dashboard/{page}" for page in PAGES)
    assert [each for each in prefixes if each != "/dashboard" and not each.startswith(allowed)] == []


def test_a_session_that_has_ended_is_told_once(browser: Browser) -> None:
    browser.become(FRIEND)
    browser.world.database.clock.advance(SESSION_LIFE + timedelta(seconds=1))
    answer = browser.answer("/dashboard/apps")
    assert (answer.status_code, "session has ended" in answer.text) == (401, True)
    assert "You are user@example.com" in browser.get("/dashboard/apps").text


@pytest.mark.parametrize(("standing", "status"), [("suspended", 403), ("delinquent", 402)])
def test_who_is_out_of_favour_sees_nothing(standing: str, status: int, browser: Browser) -> None:
    with browser.world.database.transaction() as tx:
        account = browser.world.customer.account
        set_standing(tx, account, account, **{standing: True})
    assert browser.get("/dashboard/apps", status).links() != []


def test_what_was_done_is_told_once_and_cannot_be_forged(browser: Browser) -> None:
    answer = browser.post(ACT, **ON)
    where = answer.headers["Location"]
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"HttpOnly", "SameSite=Strict", "Path=/dashboard/apps/acme/settings"} <= set(cookie.split("; "))
    assert "Maintenance mode is on." in browser.get(where).text
    assert "Maintenance mode is on." not in browser.get(where).text
    value = cookie.partition("=")[2].partition(";")[0]
    forged = "Im15IHdvcmRzIg==." + value.partition(".")[2]
    for given in (forged, value + "0", "x", "x.y", "é.é"):
        browser.world.client.set_cookie("platform_sim_said", given, domain="localhost", path="/dashboard/apps")
        page = browser.get("/dashboard/apps/acme/settings")
        assert not any(each.get("class") == "said" for each in page.all("p"))


def test_a_form_is_not_read_without_end(tmp_path: pytest.TempPathFactory) -> None:
    world = new_world(tmp_path, body_size_limit=2000)  # type: ignore[arg-type]
    populate(world)
    browser = Browser(world)
    assert browser.post(ACT, maintenance="x" * 3000).status_code == 413
    world.database.close()


def test_a_bug_of_ours_is_told_without_its_trace(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("platform_sim.web.dashboard.apps.visible_apps", broken)
    answer = browser.answer("/dashboard/apps")
    assert answer.status_code == 500
    assert "secret of the inside" not in answer.text
    assert Page(answer.text).all("h1")
