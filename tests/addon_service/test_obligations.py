"""The acts: grant exchange, config push, retirement."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from addon_service.app import create_app, service_of
from addon_service.errors import PlatformFailed
from addon_service.platform_client import Answer
from addon_service.service import Service
from addon_service.settings import load

from .heroku import FakeHeroku, FrozenClock, said
from .partner import ENVIRONMENT, ORDER, UUID, WATCHING, Partner, account_of

FRESH = f"GET /vendor/resources/{UUID}/oauth-grant"


def duties(partner: Partner) -> list[tuple[str, str]]:
    """Kind and state of each duty of the instance's life cycle, newest first."""
    listed = partner.admin(f"/{UUID}").get_json()["duties"]
    return [(d["kind"], d["state"]) for d in listed if d["kind"] not in WATCHING]


def problem(partner: Partner) -> str:
    """The error of the newest duty."""
    return str(partner.admin(f"/{UUID}").get_json()["duties"][0]["error"])


@pytest.fixture
def secretless(tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku) -> Any:
    """A partner that does not know its client secret yet, and the file to write it to."""
    app: Flask = create_app(load({**ENVIRONMENT, "ADDON_CLIENT_SECRET": ""}, data=tmp_path / "d"), clock, heroku)
    yield Partner(app), tmp_path / "d" / "client-secret"
    service_of(app).close()


def test_the_grant_is_exchanged_after_the_answer(partner: Partner, heroku: FakeHeroku) -> None:
    partner.provision()
    assert heroku.calls == []
    partner.service.duties.run_due()
    assert heroku.paths() == ["POST /oauth/token"]
    assert heroku.calls[0][2]["code"] == "grant-1"
    assert duties(partner) == [("exchange_grant", "done")]


def test_no_grant_no_duty(partner: Partner) -> None:
    partner.provision(oauth_grant=None)
    assert duties(partner) == []


def test_a_grant_waits_for_the_client_secret(secretless: Any, heroku: FakeHeroku, clock: FrozenClock) -> None:
    partner, file = secretless
    partner.provision()
    for _ in range(3):
        partner.service.duties.run_due()
        clock.advance(seconds=1)
    assert heroku.calls == []
    assert "client-secret" in problem(partner)
    file.write_text("client-secret-1\n")
    partner.service.duties.run_due()
    assert duties(partner) == [("exchange_grant", "done")]


def test_a_grant_that_expired_without_a_secret_is_given_up(secretless: Any, clock: FrozenClock) -> None:
    partner, _ = secretless
    partner.provision()
    clock.advance(minutes=5)
    partner.service.duties.run_due()
    assert duties(partner) == [("exchange_grant", "failed")]
    assert "expired" in problem(partner)


def test_a_refused_grant_is_sent_again_only_with_another_secret(
    secretless: Any, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    partner, file = secretless
    file.write_text("of-yesterday")
    partner.provision()
    for _ in range(5):
        partner.service.duties.run_due()
        clock.advance(seconds=1)
    assert heroku.paths() == ["POST /oauth/token", FRESH]
    file.write_text("client-secret-1")
    partner.service.duties.run_due()
    assert heroku.paths() == ["POST /oauth/token", FRESH, "POST /oauth/token"]
    assert duties(partner) == [("exchange_grant", "done")]


def test_a_refused_grant_ends_when_it_expires(partner: Partner, heroku: FakeHeroku, clock: FrozenClock) -> None:
    heroku.codes.clear()
    partner.provision()
    partner.service.duties.run_due()
    assert "OAuth authorization invalid." in problem(partner)
    clock.advance(minutes=5)
    partner.service.duties.run_due()
    assert heroku.paths() == ["POST /oauth/token", FRESH]
    assert duties(partner) == [("exchange_grant", "failed")]


def test_a_grant_is_tried_once_even_when_it_is_late(partner: Partner, heroku: FakeHeroku, clock: FrozenClock) -> None:
    heroku.codes.clear()
    partner.provision()
    clock.advance(hours=1)
    partner.service.duties.run_due()
    assert (heroku.paths(), duties(partner)) == (["POST /oauth/token", FRESH], [("exchange_grant", "failed")])
    assert "OAuth authorization invalid." in problem(partner)


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_grant_lost_in_a_crash_is_made_good_where_heroku_gives_a_fresh_one(
    partner: Partner, heroku: FakeHeroku, wrapped: bool
) -> None:
    heroku.codes.clear()
    fresh = {"code": "fresh-1", "expires_at": "2026-03-04T05:11:07Z", "type": "authorization_code"}
    heroku.fresh_grant = {"oauth_grant": fresh} if wrapped else fresh
    partner.provision()
    partner.service.duties.run_due()
    assert heroku.paths() == ["POST /oauth/token", FRESH, "POST /oauth/token"]
    assert duties(partner) == [("exchange_grant", "done")]


@pytest.mark.parametrize(
    "answer", [said(501, {}), said(403, {}), said(200, []), said(200, {"code": 5}), said(200, None)]
)
def test_a_fresh_grant_that_is_not_to_be_had_is_asked_for_once(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock, answer: Answer
) -> None:
    heroku.next = [said(401, {}), answer]
    partner.provision()
    for _ in range(3):
        partner.service.duties.run_due()
        clock.advance(seconds=1)
    assert heroku.paths() == ["POST /oauth/token", FRESH]
    assert duties(partner) == [("exchange_grant", "waiting")]


@pytest.mark.parametrize("expires", [None, "soon", "2001-01-01T00:00:00Z"])
def test_without_a_usable_expiry_a_grant_lives_five_minutes(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock, expires: str | None
) -> None:
    heroku.codes.clear()
    partner.provision(oauth_grant={"code": "grant-1", "expires_at": expires})
    partner.service.duties.run_due()
    clock.advance(seconds=299)
    partner.service.duties.run_due()
    assert duties(partner) == [("exchange_grant", "waiting")]
    clock.advance(seconds=1)
    partner.service.duties.run_due()
    assert duties(partner) == [("exchange_grant", "failed")]


def test_while_heroku_is_away_the_exchange_is_tried_again(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    heroku.next = [PlatformFailed("away"), said(503, {})]
    partner.provision()
    for _ in range(3):
        partner.service.duties.run_due()
        clock.advance(seconds=2)
    assert duties(partner) == [("exchange_grant", "done")]


def test_an_answer_without_a_refresh_token_is_not_taken(partner: Partner, heroku: FakeHeroku, service: Service) -> None:
    heroku.next = [said(200, {"access_token": "a", "expires_in": 28800})]
    partner.provision()
    service.duties.run_due()
    assert duties(partner) == [("exchange_grant", "waiting")]


def test_a_rotation_reaches_heroku_and_the_old_credential_ends_an_hour_later(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    old = partner.ready()
    assert partner.rotate().status_code == 202
    partner.service.duties.run_due()
    assert heroku.calls[-1][:2] == ("PATCH", f"/addons/{UUID}/config")
    new = heroku.config["EXCEPTIONS_URL"].removeprefix("http://partner.test")
    assert new != old
    assert account_of(partner.change_plan("basic")) == new
    clock.advance(seconds=3599)
    partner.service.duties.run_due()
    assert [partner.client.get(a).status_code for a in (old, new)] == [200, 200]
    clock.advance(seconds=1)
    partner.service.duties.run_due()
    assert [partner.client.get(a).status_code for a in (old, new)] == [401, 200]
    assert [c["state"] for c in partner.admin(f"/{UUID}").get_json()["credentials"]] == ["current", "retired"]


def test_as_long_as_heroku_is_away_the_old_credential_works(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    old = partner.ready()
    partner.rotate()
    for _ in range(20):
        heroku.next = [PlatformFailed("away")]
        partner.service.duties.run_due()
        clock.advance(minutes=10)
    assert partner.client.get(old).status_code == 200
    heroku.next = []
    partner.service.duties.run_due()
    assert "EXCEPTIONS_URL" in heroku.config
    clock.advance(hours=1)
    partner.service.duties.run_due()
    assert partner.client.get(old).status_code == 401


def test_a_rotation_before_the_exchange_waits_for_it(secretless: Any, heroku: FakeHeroku, clock: FrozenClock) -> None:
    partner, file = secretless
    partner.provision()
    assert partner.rotate().status_code == 202
    partner.service.duties.run_due()
    assert heroku.calls == []
    file.write_text("client-secret-1")
    clock.advance(seconds=1)
    partner.service.duties.run_due()
    clock.advance(seconds=1)
    partner.service.duties.run_due()
    assert heroku.paths() == ["POST /oauth/token", f"PATCH /addons/{UUID}/config"]


def test_a_push_that_heroku_refuses_ends_and_the_old_credential_stays(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    old = partner.ready()
    heroku.config_status = 403
    partner.rotate()
    partner.service.duties.run_due()
    assert duties(partner)[0] == ("push_config", "failed")
    assert problem(partner) == "Heroku answered 403 to the new config: Not yours."
    clock.advance(hours=2)
    partner.service.duties.run_due()
    assert partner.client.get(old).status_code == 200


def test_a_push_without_authorization_is_given_up(partner: Partner, heroku: FakeHeroku, clock: FrozenClock) -> None:
    partner.ready()
    heroku.client_secret = "reset"
    clock.advance(hours=8)
    partner.rotate()
    partner.service.duties.run_due()
    assert duties(partner)[0] == ("push_config", "failed")


def test_a_second_rotation_during_a_push_does_not_end_what_that_push_delivered(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    first = partner.ready()
    partner.rotate()
    heroku.next = [lambda: _void(partner.rotate())]
    partner.service.duties.run_one()
    delivered = heroku.config["EXCEPTIONS_URL"].removeprefix("http://partner.test")
    heroku.next = [PlatformFailed("away")]
    partner.service.duties.run_one()
    clock.advance(hours=1)
    heroku.next = [PlatformFailed("away")]
    partner.service.duties.run_due()
    assert partner.client.get(first).status_code == 401
    assert partner.client.get(delivered).status_code == 200


def _void(_: object) -> None:
    """Nothing, of something."""


def test_the_end_of_an_instance_ends_its_duties(partner: Partner, heroku: FakeHeroku) -> None:
    partner.provision()
    partner.rotate()
    partner.deprovision()
    assert partner.service.duties.run_due() == 0
    assert {state for _, state in duties(partner)} == {"cancelled"}


def test_an_exchange_under_way_when_the_instance_ends_leaves_no_tokens(partner: Partner, heroku: FakeHeroku) -> None:
    partner.provision()
    heroku.next = [lambda: _void(partner.deprovision())]
    partner.service.duties.run_due()
    assert partner.admin(f"/{UUID}").get_json()["authorization"]["state"] == "none"


def test_a_repeated_post_with_a_fresh_grant_heals_a_lost_one(partner: Partner, heroku: FakeHeroku) -> None:
    heroku.codes = {"grant-2"}
    partner.provision()
    partner.service.duties.run_due()
    partner.provision()
    assert partner.service.duties.run_due() == 0, "the same code is not tried again"
    partner.provision(oauth_grant={**ORDER["oauth_grant"], "code": "grant-2"})
    partner.service.duties.run_due()
    assert partner.admin(f"/{UUID}").get_json()["authorization"]["state"] == "held"
    partner.provision(oauth_grant={**ORDER["oauth_grant"], "code": "grant-3"})
    assert partner.service.duties.run_due() == 0, "with tokens at hand no further grant is needed"
