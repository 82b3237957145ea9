"""The pages."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from addon_service.errors import PlatformFailed

from .heroku import FakeHeroku
from .partner import UUID, Partner
from .test_sso import form, post

EVIL = "<script>alert(1)</script>\"'"


class Page(HTMLParser):
    """A page's text, tags and ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)


@pytest.fixture
def account(partner: Partner, heroku: FakeHeroku) -> str:
    account = partner.ready()
    heroku.pages[f"/addons/{UUID}"] = (200, {"app": {"id": "1", "name": "shop"}})
    heroku.pages[f"/addons/{UUID}/addon-attachments"] = (
        200,
        [{"name": "EXCEPTIONS", "app": {"name": "shop"}}, {"name": "BLUE", "app": {"name": "shop-staging"}}],
    )
    assert post(partner, form()).status_code == 302
    return account


def shown(partner: Partner) -> Page:
    answer = partner.client.get(f"/dashboard/{UUID}")
    assert answer.status_code == 200
    return Page(answer.text)


def test_the_public_page_says_what_this_is(partner: Partner) -> None:
    answer = partner.client.get("/")
    assert answer.status_code == 200
    assert "heroku addons:create exceptions:test" in answer.text
    assert "premium" in answer.text


def test_resource_plan_usage_and_exceptions_are_shown(partner: Partner, account: str) -> None:
    partner.report(account, "it broke", type="ValueError", app="shop")
    text = shown(partner).text
    for words in ("exceptions-clean-85894", UUID, "basic", "1 of 5 stored", "it broke", "ValueError", "EXCEPTIONS_URL"):
        assert words in text


def test_the_attached_apps_are_asked_of_heroku(partner: Partner, account: str) -> None:
    text = shown(partner).text
    assert re.search(r"shop as EXCEPTIONS \(owner\)", text)
    assert re.search(r"shop-staging as BLUE(?! \(owner)", text)


def test_the_owner_is_shown_when_attachments_are_not_to_be_had(
    partner: Partner, heroku: FakeHeroku, account: str
) -> None:
    odd: list[tuple[int, Any]] = [(404, {}), (200, {}), (200, [None, 5, {}, {"app": None}, {"app": {"name": 5}}])]
    for answer in odd:
        heroku.pages[f"/addons/{UUID}/addon-attachments"] = answer
        assert "shop (owner)" in shown(partner).text


def test_without_heroku_the_page_still_opens_and_says_so(partner: Partner, heroku: FakeHeroku, account: str) -> None:
    heroku.next = [PlatformFailed("cannot reach Heroku")]
    assert "Not known now: cannot reach Heroku" in shown(partner).text
    heroku.pages[f"/addons/{UUID}"] = (200, [])
    heroku.pages[f"/addons/{UUID}/addon-attachments"] = (200, "x")
    assert "Heroku named no app" in shown(partner).text


def test_what_heroku_sent_is_shown_masked(partner: Partner, account: str) -> None:
    text = shown(partner).text
    assert "POST /heroku/resources" in text
    assert "[masked]" in text
    for secret in ("grant-1", account.removeprefix("/accounts/"), "HRKU-"):
        assert secret not in text


def test_everything_is_escaped(partner: Partner, heroku: FakeHeroku) -> None:
    account_path = f"/addons/{UUID}"
    partner.provision(name=EVIL, region=EVIL, options={EVIL: EVIL})
    partner.service.duties.run_due()
    heroku.pages[account_path] = (200, {"app": {"name": EVIL}})
    heroku.pages[f"{account_path}/addon-attachments"] = (200, [{"name": EVIL, "app": {"name": EVIL}}])
    repeat = partner.provision(name=EVIL)
    path = repeat.get_json()["config"]["EXCEPTIONS_URL"].removeprefix("http://partner.test")
    partner.report(path, EVIL, type=EVIL, app=EVIL)
    post(partner, form(user_scoped_resource_token=None, email=EVIL, context_app=EVIL))
    page = shown(partner)
    assert page.text.count("<script>alert(1)</script>") >= 6
    assert "script" not in page.tags
    assert not any("alert" in name for name, _ in page.attributes)


def test_no_script_may_run_and_nobody_may_frame_it(partner: Partner, account: str) -> None:
    policy = partner.client.get(f"/dashboard/{UUID}").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_it_is_built_for_everybody(partner: Partner, account: str) -> None:
    partner.report(account)
    page = shown(partner)
    assert ("lang", "en") in page.attributes
    assert page.tags.count("h1") == 1
    labelled = {value for name, value in page.attributes if name == "aria-labelledby"}
    assert labelled <= {value for name, value in page.attributes if name == "id"}
    assert page.tags.count("th") == [name for name, _ in page.attributes].count("scope")
    style = partner.client.get("/static/style.css")
    assert "prefers-color-scheme: dark" in style.text
    style.close()


def _csrf(partner: Partner) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', partner.client.get(f"/dashboard/{UUID}").text)
    assert found is not None
    return found[1]


def test_the_button_rotates_the_credentials(partner: Partner, heroku: FakeHeroku, account: str) -> None:
    answer = partner.client.post(f"/dashboard/{UUID}/rotate", data={"csrf": _csrf(partner)})
    assert answer.status_code == 303
    page = partner.client.get(answer.headers["Location"])
    assert "New credentials are made" in page.text
    assert "on its way" in page.text
    partner.service.duties.run_due()
    assert "EXCEPTIONS_URL" in heroku.config
    assert "on its way" not in partner.client.get(f"/dashboard/{UUID}").text


@pytest.mark.parametrize("token", ["", "guess", "ü"])
def test_a_form_of_another_site_does_nothing(partner: Partner, heroku: FakeHeroku, account: str, token: str) -> None:
    assert partner.client.post(f"/dashboard/{UUID}/rotate", data={"csrf": token}).status_code == 403
    partner.service.duties.run_due()
    assert heroku.config == {}


def test_nobody_rotates_without_a_session(partner: Partner) -> None:
    partner.ready()
    assert partner.client.post(f"/dashboard/{UUID}/rotate", data={"csrf": "x"}).status_code == 403


def test_a_rotation_that_is_not_possible_is_explained(partner: Partner) -> None:
    partner.provision(oauth_grant=None)
    post(partner, form())
    answer = partner.client.post(f"/dashboard/{UUID}/rotate", data={"csrf": _csrf(partner)})
    assert (answer.status_code, answer.mimetype) == (409, "text/html")
    assert "no authorization" in answer.text
