"""Single sign-on: vectors, order of the checks, forgeries, replays (partner-api §5, §15)."""

from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from addon_service.errors import Forbidden
from addon_service.settings import Settings
from addon_service.sso import check_fresh, check_tokens, legacy_token, user_scoped_token

from .heroku import START, FrozenClock
from .partner import OTHER, SALT, UUID, Partner

NOW = int(START.timestamp())
USER, EMAIL = "89abcdef-0123-4567-89ab-cdef01234567", "user@example.com"


def form(signed: int = NOW, resource: str = UUID, salt: str = SALT, **changed: Any) -> dict[str, str]:
    """The whole form as Heroku posts it; `name=None` leaves a field out."""
    at = str(signed)
    whole: dict[str, Any] = {
        "resource_id": resource,
        "resource_token": legacy_token(resource, salt, at),
        "user_scoped_resource_token": user_scoped_token(resource, salt, at, USER, EMAIL),
        "id": resource,
        "token": legacy_token(resource, salt, at),
        "timestamp": at,
        "user_id": USER,
        "email": EMAIL,
        "app": "owning-app",
        "context_app": "other-app",
        "nav-data": "eyJ9",
        "any-other": "passed through",
    }
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


def post(partner: Partner, fields: dict[str, str]) -> TestResponse:
    return partner.client.post("/heroku/sso", data=fields)


def refused(answer: TestResponse, status: int = 403) -> str:
    """A readable page, and no session."""
    assert (answer.status_code, answer.mimetype) == (status, "text/html"), answer.text
    assert "Set-Cookie" not in answer.headers
    return answer.text


class TestFreshness:
    @pytest.mark.parametrize("age", [0, 1, 299, 300, -1, -30])
    def test_within_the_window(self, age: int) -> None:
        check_fresh(str(NOW - age), START, 300, 30)

    @pytest.mark.parametrize(("age", "reason"), [(301, "old"), (10**6, "old"), (-31, "future"), (-(10**6), "future")])
    def test_outside_it(self, age: int, reason: str) -> None:
        with pytest.raises(Forbidden, match=reason):
            check_fresh(str(NOW - age), START, 300, 30)

    @pytest.mark.parametrize("text", ["", "now", "1.5", "-5", "+5", " 5", "٣", "9" * 13, "9" * 5000, "0x10"])
    def test_what_is_no_timestamp(self, text: str) -> None:
        with pytest.raises(Forbidden, match="no timestamp"):
            check_fresh(text, START, 300, 30)


class TestTokens:
    @pytest.mark.parametrize(
        "left_out",
        [
            [],
            ["id", "token"],
            ["user_scoped_resource_token"],
            ["user_scoped_resource_token", "user_id", "id", "token"],
            ["resource_token", "token", "id"],
            ["resource_id", "resource_token", "user_scoped_resource_token"],
        ],
    )
    def test_whichever_are_present_and_right_let_in(self, left_out: list[str]) -> None:
        gone: dict[str, Any] = dict.fromkeys(left_out)
        fields = form(**gone)
        found = check_tokens(fields, [("exceptions", SALT)])
        assert (found.slug, found.resource_id) == ("exceptions", UUID)

    @pytest.mark.parametrize("name", ["user_scoped_resource_token", "resource_token", "token"])
    @pytest.mark.parametrize("wrong", ["", "x", "0" * 40, "ü"])
    def test_one_wrong_token_beside_right_ones_is_refused(self, name: str, wrong: str) -> None:
        with pytest.raises(Forbidden, match="signature"):
            check_tokens({**form(), name: wrong}, [("exceptions", SALT)])

    @pytest.mark.parametrize(
        "changed",
        [
            {"user_id": OTHER},
            {"email": "mallory@example.com"},
            {"email": None},
            {"resource_id": OTHER},
            {"id": OTHER},
            {"id": OTHER, "token": legacy_token(OTHER, SALT, str(NOW))},
            {"timestamp": str(NOW + 1)},
            {"resource_id": None},
            dict.fromkeys(["token", "resource_token", "user_scoped_resource_token"]),
        ],
    )
    def test_a_form_that_was_altered_is_refused(self, changed: dict[str, Any]) -> None:
        with pytest.raises(Forbidden, match="signature"):
            check_tokens(form(**changed), [("exceptions", SALT)])

    def test_each_product_has_its_own_salt(self) -> None:
        salts = [("exceptions", SALT), ("database", "other-salt")]
        assert check_tokens(form(salt="other-salt"), salts).slug == "database"
        with pytest.raises(Forbidden):
            check_tokens(form(salt="third"), salts)


class TestLogin:
    def test_a_good_form_opens_a_session_and_leads_to_the_dashboard(self, partner: Partner) -> None:
        partner.provision()
        answer = post(partner, form())
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/dashboard/{UUID}")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        page = partner.client.get(answer.headers["Location"])
        assert page.status_code == 200
        assert EMAIL in page.text
        assert "other-app" in page.text

    def test_the_v1_form_is_enough(self, partner: Partner) -> None:
        partner.provision()
        fields = {"id": UUID, "token": legacy_token(UUID, SALT, str(NOW)), "timestamp": str(NOW)}
        assert post(partner, fields).status_code == 302

    def test_a_stale_form_is_refused_first(self, partner: Partner) -> None:
        assert "seconds old" in refused(post(partner, form(NOW - 301, token="wrong")))

    def test_a_wrong_token_is_refused_before_anything_is_said_about_the_resource(self, partner: Partner) -> None:
        assert "signature" in refused(post(partner, form(token="wrong")))

    def test_unknown_is_404_and_deleted_410(self, partner: Partner) -> None:
        refused(post(partner, form()), 404)
        refused(post(partner, form(resource="123")), 404)
        partner.provision()
        partner.deprovision()
        refused(post(partner, form()), 410)

    def test_no_form_at_all(self, partner: Partner) -> None:
        refused(post(partner, {}))
        refused(partner.client.post("/heroku/sso", json=form()))
        assert partner.client.get("/heroku/sso", query_string=form()).status_code == 405

    def test_a_form_is_good_once(self, partner: Partner) -> None:
        partner.provision()
        assert post(partner, form()).status_code == 302
        assert "used before" in refused(post(partner, form()))

    def test_a_copy_stripped_to_a_weaker_token_is_no_way_round(self, partner: Partner) -> None:
        partner.provision()
        post(partner, form())
        weaker = form(user_scoped_resource_token=None, email="mallory@example.com")
        assert "used before" in refused(post(partner, weaker))
        weakest = form(resource_id=None, resource_token=None, user_scoped_resource_token=None)
        assert "used before" in refused(post(partner, weakest))

    def test_two_people_may_come_in_the_same_second(self, partner: Partner) -> None:
        partner.provision()
        other = user_scoped_token(UUID, SALT, str(NOW), OTHER, "b@example.com")
        second = form(user_scoped_resource_token=other, user_id=OTHER, email="b@example.com")
        assert [post(partner, form()).status_code, post(partner, second).status_code] == [302, 302]

    def test_the_list_of_used_forms_does_not_grow_for_ever(self, partner: Partner, clock: FrozenClock) -> None:
        partner.provision()
        for _ in range(5):
            assert post(partner, form(int(clock.now().timestamp()))).status_code == 302
            clock.advance(seconds=200)
        with partner.service.store.read() as tx:
            assert tx.count("SELECT count(DISTINCT seen_at) FROM sso_seen") == 2

    def test_a_login_is_among_what_heroku_sent_without_its_tokens(self, partner: Partner) -> None:
        partner.provision()
        post(partner, form())
        heard = partner.admin(f"/{UUID}/requests").get_json()[0]
        assert (heard["path"], heard["status"]) == ("/heroku/sso", 302)
        assert heard["body"]["email"] == EMAIL
        assert {heard["body"][n] for n in form() if "token" in n} == {"[masked]"}


class TestReplayAllowed:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, sso_refuse_replay=False)

    def test_the_setting_turns_the_list_off(self, partner: Partner) -> None:
        partner.provision()
        assert [post(partner, form()).status_code for _ in range(2)] == [302, 302]
