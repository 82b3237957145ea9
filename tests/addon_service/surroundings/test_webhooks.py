"""The door for events, and what becomes of them."""

from __future__ import annotations

import json

import pytest

from ..around import SHOP, STAGING, attachment
from ..heroku import FakeHeroku, FrozenClock
from ..partner import OTHER, UUID, Partner
from .events import event, tell


@pytest.fixture
def secret(partner: Partner, heroku: FakeHeroku) -> str:
    """What the instance's events are signed with."""
    partner.ready()
    (webhook,) = heroku.around.webhooks.values()
    heroku.around.calls.clear()
    return str(webhook["secret"])


def shown(partner: Partner) -> object:
    return partner.admin(f"/{UUID}").get_json()["apps"]


def looks(heroku: FakeHeroku) -> int:
    return heroku.around.calls.count(f"GET /addons/{UUID}")


def test_an_event_is_answered_with_204_before_anything_is_asked(
    partner: Partner, heroku: FakeHeroku, secret: str
) -> None:
    answer = tell(partner, secret)
    assert (answer.status_code, answer.data) == (204, b"")
    assert heroku.around.calls == []
    partner.service.duties.run_due()
    assert looks(heroku) == 1


def test_a_renamed_app_has_its_new_name(partner: Partner, heroku: FakeHeroku, secret: str) -> None:
    heroku.around.app = {**SHOP, "name": "boutique"}
    heroku.around.attachments = [attachment(app=heroku.around.app)]
    tell(partner, secret)
    partner.service.duties.run_due()
    assert shown(partner) == [{"app": "boutique", "attachment": "EXCEPTIONS", "owner": True}]


def test_apps_come_and_go(partner: Partner, heroku: FakeHeroku, secret: str) -> None:
    heroku.around.attachments.append(attachment("BLUE", STAGING))
    tell(partner, secret, event("1", "addon-attachment", "create"))
    partner.service.duties.run_due()
    assert shown(partner) == [
        {"app": "shop", "attachment": "EXCEPTIONS", "owner": True},
        {"app": "shop-staging", "attachment": "BLUE", "owner": False},
    ]
    heroku.around.attachments.pop()
    tell(partner, secret, event("2", "addon-attachment", "destroy"))
    partner.service.duties.run_due()
    assert shown(partner) == [{"app": "shop", "attachment": "EXCEPTIONS", "owner": True}]


def test_an_add_on_s_new_name_and_plan_are_taken_over(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock, secret: str
) -> None:
    heroku.around.name, heroku.around.plan = "exceptions-loud-1", "premium"
    clock.advance(seconds=30)
    tell(partner, secret, event("1", "addon"))
    partner.service.duties.run_due()
    body = partner.admin(f"/{UUID}").get_json()
    assert (body["name"], body["plan"], body["limit"]) == ("exceptions-loud-1", "premium", 10)


def test_an_event_that_comes_twice_is_heeded_once(partner: Partner, heroku: FakeHeroku, secret: str) -> None:
    for _ in range(2):
        assert tell(partner, secret).status_code == 204
        partner.service.duties.run_due()
    assert looks(heroku) == 1
    tell(partner, secret, event("another"))
    partner.service.duties.run_due()
    assert looks(heroku) == 2


def test_many_at_once_and_in_any_order_end_in_one_look_at_the_truth(
    partner: Partner, heroku: FakeHeroku, secret: str
) -> None:
    heroku.around.app = {**SHOP, "name": "third"}
    heroku.around.attachments = []
    for name in ("third", "first", "second"):
        tell(partner, secret, event(name, name=name))
    partner.service.duties.run_due()
    assert looks(heroku) == 1
    assert shown(partner) == [{"app": "third", "attachment": None, "owner": True}]


def test_what_changes_while_we_look_is_looked_at_again(partner: Partner, heroku: FakeHeroku, secret: str) -> None:
    tell(partner, secret)
    answered = heroku.around.answer

    def changing(request: object, path: str) -> object:
        answer = answered(request, path)  # type: ignore[arg-type]
        if path == f"/addons/{UUID}" and heroku.around.app is SHOP:
            heroku.around.app = {**SHOP, "name": "boutique"}
            heroku.around.attachments = []
            tell(partner, secret, event("in between"))
        return answer

    heroku.around.answer = changing  # type: ignore[method-assign, assignment]
    partner.service.duties.run_due()
    assert shown(partner) == [{"app": "boutique", "attachment": None, "owner": True}]


def test_an_event_brings_forward_a_look_that_waits_for_a_heroku_that_was_away(
    partner: Partner, heroku: FakeHeroku, secret: str
) -> None:
    heroku.around.failing = OSError("away")
    tell(partner, secret)
    partner.service.duties.run_due()
    heroku.around.failing = None
    partner.service.duties.run_due()
    assert looks(heroku) == 1, "it waits"
    tell(partner, secret, event("2"))
    partner.service.duties.run_due()
    assert looks(heroku) == 2


class TestSignature:
    @pytest.mark.parametrize("signature", ["", "x", "ü", "f4xzlcOak3se3COC5Q4D1M9lsECHZCk9j5hi91sDmJI="])
    def test_what_is_not_signed_is_403_and_does_nothing(
        self, partner: Partner, heroku: FakeHeroku, secret: str, signature: str
    ) -> None:
        assert tell(partner, secret, signature=signature).status_code == 403
        assert tell(partner, "of somebody else").status_code == 403
        assert partner.service.duties.run_due() == 0
        assert "/heroku/webhooks" not in partner.admin(f"/{UUID}/requests").text

    def test_the_raw_bytes_count(self, partner: Partner, secret: str) -> None:
        spaced = json.dumps(event(), indent=3).encode()
        assert tell(partner, secret, spaced).status_code == 204
        good = tell(partner, secret, b'{"id": "1"}')
        assert good.status_code == 204
        header = "Heroku-Webhook-Hmac-SHA256"
        changed = partner.client.post(
            f"/heroku/webhooks/{UUID}", data=b'{"id":"1"}', headers={header: good.request.headers[header]}
        )
        assert changed.status_code == 403

    def test_each_instance_has_a_secret_of_its_own(self, partner: Partner, heroku: FakeHeroku, secret: str) -> None:
        assert tell(partner, secret, uuid=OTHER).status_code == 404
        partner.provision(uuid=OTHER, oauth_grant=None)
        assert tell(partner, secret, uuid=OTHER).status_code == 404, "it has no webhook"

    def test_what_still_comes_after_the_end_is_taken_and_does_nothing(self, partner: Partner, secret: str) -> None:
        partner.deprovision()
        assert tell(partner, secret).status_code == 204, "anything else would come again for days"
        assert partner.service.duties.run_due() == 0
        assert "/heroku/webhooks" not in partner.admin(f"/{UUID}/requests").text


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_a_signed_body_that_is_no_json_is_400(partner: Partner, secret: str, body: bytes) -> None:
    assert tell(partner, secret, body).status_code == 400


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"id": 5}', b'{"id": "%b"}' % (b"x" * 101)])
def test_a_signed_body_that_is_no_event_is_422(partner: Partner, secret: str, body: bytes) -> None:
    assert tell(partner, secret, body).status_code == 422


def test_events_are_shown_with_what_heroku_sent(partner: Partner, secret: str) -> None:
    tell(partner, secret)
    tell(partner, secret)
    first, second, *_ = partner.admin(f"/{UUID}/requests").get_json()
    assert (first["method"], first["path"], first["status"]) == ("POST", f"/heroku/webhooks/{UUID}", 204)
    assert first["body"]["data"]["name"] == "boutique"
    assert second["path"] == "/heroku/resources", "a repeat is no news"
    assert secret not in partner.admin(f"/{UUID}/requests").text
