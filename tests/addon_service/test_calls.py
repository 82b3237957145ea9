"""What a refusal means for a duty."""

from datetime import timedelta

import pytest

from addon_service.calls import Calls
from addon_service.duties import Duty, GiveUp, Later
from addon_service.service import Service

from .heroku import START, FakeHeroku, FrozenClock, said
from .partner import OTHER, UUID, Partner


@pytest.fixture
def calls(service: Service) -> Calls:
    return service.look.calls


def duty(uuid: str = UUID) -> Duty:
    return Duty(1, "x", uuid, START, {})


def test_a_call_is_made_with_the_instance_s_token(partner: Partner, heroku: FakeHeroku, calls: Calls) -> None:
    partner.ready()
    heroku.pages["/account"] = (200, {"ok": True})
    assert calls.call(duty(), "GET", "/account").json() == {"ok": True}


def test_while_the_grant_is_being_exchanged_one_waits(partner: Partner, calls: Calls) -> None:
    partner.provision()
    with pytest.raises(Later, match="grant"):
        calls.call(duty(), "GET", "/account")


def test_without_a_grant_one_gives_up(partner: Partner, calls: Calls) -> None:
    partner.provision(oauth_grant=None)
    with pytest.raises(GiveUp, match="grant"):
        calls.call(duty(), "GET", "/account")


def test_of_an_instance_that_is_gone_nothing_is_asked(partner: Partner, heroku: FakeHeroku, calls: Calls) -> None:
    partner.ready()
    partner.deprovision()
    heroku.calls.clear()
    for uuid in (UUID, OTHER):
        with pytest.raises(GiveUp):
            calls.call(duty(uuid), "GET", "/account")
    assert heroku.calls == []


def test_a_refusal_is_early_for_a_minute(calls: Calls, clock: FrozenClock) -> None:
    answer = said(422, {"message": "not yet"})
    clock.moment = START + timedelta(seconds=59)
    with pytest.raises(Later, match="Heroku did not like it: 422 not yet"):
        calls.refused(duty(), answer, "did not like it")
    clock.advance(seconds=1)
    with pytest.raises(GiveUp, match="Heroku did not like it: 422 not yet"):
        calls.refused(duty(), answer, "did not like it")
