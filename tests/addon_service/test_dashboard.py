"""The pages."""

import re
from html.parser import HTMLParser

import pytest

from addon_service.errors import PlatformFailed
from addon_service.platform_client import Answer

from .around import SHOP, STAGING, attachment
from .heroku import FakeHeroku, FrozenClock, said
from .logs.batches import frame, send
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
    heroku.around.attachments = [attachment(), attachment("BLUE", STAGING)]
    account = partner.ready()
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


def test_the_attached_apps_are_shown(partner: Partner, account: str) -> None:
    text = shown(partner).text
    assert re.search(r"shop as EXCEPTIONS \(owner\)", text)
    assert re.search(r"shop-staging as BLUE(?! \(owner)", text)


@pytest.mark.parametrize("odd", [said(404, {}), said(200, {}), said(200, [None, 5, {}, {"app": {"name": 5}}])])
def test_the_owner_is_shown_when_attachments_are_not_to_be_had(
    partner: Partner, heroku: FakeHeroku, odd: Answer
) -> None:
    heroku.around.said[f"GET /addons/{UUID}/addon-attachments"] = odd
    partner.ready()
    post(partner, form())
    assert "shop (owner)" in shown(partner).text


def test_without_heroku_the_page_still_opens_and_says_so(partner: Partner, heroku: FakeHeroku) -> None:
    heroku.around.failing = PlatformFailed("cannot reach Heroku")
    partner.ready()
    post(partner, form())
    assert "Not known now: cannot reach Heroku" in shown(partner).text
    heroku.around.failing = None
    for odd in (said(200, []), said(404, {"message": "Couldn't find that add-on."})):
        heroku.around.said[f"GET /addons/{UUID}"] = odd
        assert "Heroku says nothing about this instance" in shown(partner).text


def test_what_is_known_is_shown_with_its_time_when_heroku_is_away(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock, account: str
) -> None:
    heroku.around.failing = PlatformFailed("cannot reach Heroku")
    assert "Now it does not answer" not in shown(partner).text, "nobody is asked again at once"
    clock.advance(seconds=31)
    text = shown(partner).text
    assert "As Heroku said at 2026-03-04 05:06:07 ; it tells by webhook when that changes." in text
    assert "Now it does not answer: cannot reach Heroku" in text
    assert "shop-staging as BLUE" in text


def test_a_page_that_is_opened_finds_what_no_event_has_told(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock, account: str
) -> None:
    heroku.around.app = {**SHOP, "name": "boutique"}
    heroku.around.attachments = [attachment(app=heroku.around.app)]
    assert "boutique" not in shown(partner).text
    clock.advance(seconds=31)
    text = shown(partner).text
    assert "boutique as EXCEPTIONS (owner)" in text
    assert "shop" not in text


def test_who_has_access_is_shown_and_what_of_it_heroku_does_not_tell(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock, account: str
) -> None:
    assert "owner@example.com owner" in shown(partner).text
    heroku.around.collaborators.append({"user": {"email": "ana@example.com"}, "role": None})
    clock.advance(seconds=31)
    assert "ana@example.com collaborator" in shown(partner).text
    heroku.around.said["GET /apps/app-1/collaborators"] = said(501, {"id": "not_simulated", "message": "Not yet."})
    clock.advance(seconds=31)
    text = shown(partner).text
    assert "owner@example.com owner Heroku does not tell the collaborators (501 Not yet.)." in text
    assert "ana@example.com" not in text


def test_what_heroku_sent_is_shown_masked(partner: Partner, account: str) -> None:
    text = shown(partner).text
    assert "POST /heroku/resources" in text
    assert "[masked]" in text
    for secret in ("grant-1", account.removeprefix("/accounts/"), "HRKU-"):
        assert secret not in text


def test_everything_is_escaped(partner: Partner, heroku: FakeHeroku) -> None:
    evil = {"id": "app-1", "name": EVIL}
    heroku.around.app, heroku.around.owner = evil, {"email": EVIL}
    heroku.around.attachments = [attachment(EVIL, evil)]
    heroku.around.said["GET /apps/app-1/collaborators"] = said(403, {"message": EVIL})
    partner.provision(name=EVIL, region=EVIL, options={EVIL: EVIL}, log_drain_token="d.1")
    partner.service.duties.run_due()
    assert send(partner, "d.1", frame(EVIL)).status_code == 204
    repeat = partner.provision(name=EVIL)
    path = repeat.get_json()["config"]["EXCEPTIONS_URL"].removeprefix("http://partner.test")
    partner.report(path, EVIL, type=EVIL, app=EVIL)
    post(partner, form(user_scoped_resource_token=None, email=EVIL, context_app=EVIL))
    page = shown(partner)
    assert page.text.count("<script>alert(1)</script>") >= 10
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
