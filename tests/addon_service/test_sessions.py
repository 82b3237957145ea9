"""The browser's cookie."""

from dataclasses import replace

import pytest

from addon_service.sessions import MOST
from addon_service.settings import Settings

from .heroku import FrozenClock
from .partner import ORDER, OTHER, UUID, Partner
from .test_sso import form, post


def _login(partner: Partner, clock: FrozenClock, uuid: str = UUID) -> str:
    clock.advance(seconds=1)
    answer = post(partner, form(int(clock.now().timestamp()), uuid))
    assert answer.status_code == 302
    return str(answer.headers["Set-Cookie"])


def _see(partner: Partner, uuid: str = UUID) -> int:
    return partner.client.get(f"/dashboard/{uuid}").status_code


def test_without_a_login_there_is_nothing_to_see(partner: Partner) -> None:
    partner.provision()
    answer = partner.client.get(f"/dashboard/{UUID}")
    assert answer.status_code == 403
    assert "heroku addons:open" in answer.text


def test_a_login_is_for_one_instance(partner: Partner, clock: FrozenClock) -> None:
    partner.provision()
    partner.provision(uuid=OTHER)
    _login(partner, clock)
    assert (_see(partner), _see(partner, OTHER)) == (200, 403)
    _login(partner, clock, OTHER)
    assert (_see(partner), _see(partner, OTHER)) == (200, 200)


def test_a_session_ends_by_time(partner: Partner, clock: FrozenClock) -> None:
    partner.provision()
    _login(partner, clock)
    clock.advance(seconds=28799)
    assert _see(partner) == 200
    clock.advance(seconds=1)
    assert _see(partner) == 403


def test_a_session_does_not_outlive_its_instance(partner: Partner, clock: FrozenClock) -> None:
    partner.provision()
    _login(partner, clock)
    partner.deprovision()
    assert _see(partner) == 410


def test_a_cookie_that_was_altered_counts_for_nothing(partner: Partner, clock: FrozenClock) -> None:
    partner.provision()
    _login(partner, clock)
    cookie = partner.client.get_cookie("addon_service_session")
    assert cookie is not None
    partner.client.set_cookie("addon_service_session", "x" + cookie.value)
    assert _see(partner) == 403


def test_the_cookie_stays_small_with_many_instances(partner: Partner, clock: FrozenClock) -> None:
    uuids = [f"0{n}234567-89ab-cdef-0123-456789abcdef" for n in range(MOST + 2)]
    for uuid in uuids:
        partner.client.post("/heroku/resources", json={**ORDER, "uuid": uuid}, auth=("exceptions", "super-secret"))
        cookie = _login(partner, clock, uuid)
    assert len(cookie) < 4000
    assert [_see(partner, uuid) for uuid in uuids] == [403, 403] + [200] * MOST


class TestBehindHttps:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, public_url="https://partner.test")

    def test_the_cookie_is_for_https_only(self, partner: Partner, clock: FrozenClock) -> None:
        partner.provision()
        assert "Secure" in _login(partner, clock)


def test_over_plain_http_it_is_not(partner: Partner, clock: FrozenClock) -> None:
    partner.provision()
    assert "Secure" not in _login(partner, clock)
