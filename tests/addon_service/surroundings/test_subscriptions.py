"""Subscribing: one webhook, whatever happens; a secret that nobody sees; nothing left."""

from __future__ import annotations

from pathlib import Path

import pytest

from addon_service.app import create_app
from addon_service.errors import PlatformFailed
from addon_service.platform_client import Answer, Request
from addon_service.settings import load
from addon_service.surroundings import subscriptions as module
from addon_service.surroundings.subscriptions import signed

from ..customer import DatabasePartner
from ..heroku import FakeHeroku, FrozenClock, said
from ..partner import ENVIRONMENT, ORDER, OTHER, UUID, Partner
from .events import event, tell

HOOKS = f"/addons/{UUID}/webhooks"
URL = f"http://partner.test/heroku/webhooks/{UUID}"


def only(heroku: FakeHeroku) -> dict[str, object]:
    (webhook,) = heroku.around.webhooks.values()
    return webhook


def states(partner: Partner) -> list[str]:
    listed = partner.admin(f"/{UUID}").get_json()["duties"]
    return [d["state"] for d in reversed(listed) if d["kind"] == "subscribe"]


def test_the_vector_of_the_sheet() -> None:
    assert signed("secret", b'{"action":"update"}') == "f4xzlcOak3se3COC5Q4D1M9lsECHZCk9j5hi91sDmJI="


def test_with_the_tokens_an_instance_subscribes_then_looks(partner: Partner, heroku: FakeHeroku) -> None:
    partner.ready()
    assert heroku.around.calls[:3] == [f"GET {HOOKS}", f"POST {HOOKS}", f"GET /addons/{UUID}"]
    webhook = only(heroku)
    assert webhook["include"] == ["api:addon", "api:addon-attachment", "api:app", "api:collaborator"]
    assert (webhook["level"], webhook["url"]) == ("sync", URL)
    assert len(str(webhook["secret"])) >= 43


def test_a_database_too(db: DatabasePartner, heroku: FakeHeroku) -> None:
    db.ready()
    assert only(heroku)["url"] == URL


def test_the_secret_is_sealed_and_shown_to_nobody(
    partner: Partner, heroku: FakeHeroku, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    partner.ready()
    secret = str(only(heroku)["secret"])
    shown = partner.admin(f"/{UUID}").text + partner.admin(f"/{UUID}/requests").text + caplog.text
    assert secret not in shown
    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("addon.db*"))


def test_each_instance_has_its_own(partner: Partner, heroku: FakeHeroku) -> None:
    heroku.codes.add("grant-2")
    partner.ready()
    first = only(heroku)["secret"]
    partner.provision(uuid=OTHER, oauth_grant={**ORDER["oauth_grant"], "code": "grant-2"})
    with partner.service.store.write() as tx:
        partner.service.subscriptions.begin(tx, OTHER)
        row = tx.one("SELECT secret FROM subscriptions WHERE resource_uuid = ?", OTHER)
    assert row is not None
    assert partner.service.subscriptions.vault.open(row["secret"]) != first


@pytest.mark.parametrize("lost", ["answer", "call"])
def test_an_answer_that_was_lost_leaves_one_webhook(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock, lost: str
) -> None:
    answered = heroku.around.answer

    def cut(request: Request, path: str) -> Answer | None:
        if (request.method, path) != ("POST", HOOKS):
            return answered(request, path)
        heroku.around.answer = answered  # type: ignore[method-assign]
        if lost == "answer":
            answered(request, path)
        raise PlatformFailed("cut off")

    heroku.around.answer = cut  # type: ignore[method-assign]
    partner.ready()
    assert states(partner) == ["waiting"]
    clock.advance(seconds=1)
    partner.service.duties.run_due()
    assert tell(partner, str(only(heroku)["secret"])).status_code == 204


def test_it_may_be_early_for_a_minute(partner: Partner, heroku: FakeHeroku, clock: FrozenClock) -> None:
    heroku.around.said[f"POST {HOOKS}"] = said(404, {"message": "not yet"})
    partner.ready()
    assert states(partner) == ["waiting"]
    heroku.around.said.clear()
    clock.advance(seconds=1)
    partner.service.duties.run_due()
    assert states(partner) == ["done"]


@pytest.mark.parametrize("call", [f"GET {HOOKS}", f"POST {HOOKS}"])
@pytest.mark.parametrize("status", [403, 404, 501])
def test_a_heroku_without_webhooks_is_looked_at_all_the_same(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock, call: str, status: int
) -> None:
    heroku.around.said[call] = said(status, {"message": "no"})
    partner.ready()
    clock.advance(minutes=1)
    partner.service.duties.run_due()
    assert states(partner) == ["failed"]
    body = partner.admin(f"/{UUID}").get_json()
    assert (body["webhook"], body["apps"][0]["app"]) == (None, "shop")


def test_what_changed_before_heroku_began_to_tell_is_not_missed(
    partner: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    heroku.around.said[f"POST {HOOKS}"] = said(503, {})
    partner.ready()
    heroku.around.app = {"id": "app-1", "name": "boutique"}
    heroku.around.attachments, heroku.around.said = [], {}
    clock.advance(seconds=1)
    partner.service.duties.run_due()
    assert partner.admin(f"/{UUID}").get_json()["apps"][0]["app"] == "boutique"


def test_odd_lists_are_no_obstacle(partner: Partner, heroku: FakeHeroku) -> None:
    strangers = [None, 5, {}, {"id": 5, "url": URL}, {"id": "x", "url": "http://elsewhere.test/"}]
    heroku.around.said[f"GET {HOOKS}"] = said(200, strangers)
    partner.ready()
    assert states(partner) == ["done"]
    assert len(heroku.around.webhooks) == 1


class TestStart:
    def started(self, tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku, url: str) -> tuple[Partner, int]:
        settings = load({**ENVIRONMENT, "PUBLIC_URL": url}, data=tmp_path / "data")
        partner = Partner(create_app(settings, clock, heroku))
        late = partner.service.subscriptions.catch_up()
        partner.service.duties.run_due()
        return partner, late

    def test_a_move_changes_the_webhook_and_keeps_its_secret(
        self, partner: Partner, tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku
    ) -> None:
        partner.ready()
        secret = only(heroku)["secret"]
        partner.service.close()
        second, late = self.started(tmp_path, clock, heroku, "http://elsewhere.test")
        assert late == 1
        assert only(heroku)["url"] == f"http://elsewhere.test/heroku/webhooks/{UUID}"
        assert only(heroku)["secret"] == secret
        second.service.close()
        third, late = self.started(tmp_path, clock, heroku, "http://elsewhere.test")
        assert late == 0
        third.service.close()

    def test_instances_of_an_older_version_subscribe_and_are_looked_at(
        self, partner: Partner, tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku
    ) -> None:
        partner.ready()
        with partner.service.store.write() as tx:
            for table in ("subscriptions", "looks", "attachments", "people"):
                tx.run(f"DELETE FROM {table}")
        partner.service.close()
        second, late = self.started(tmp_path, clock, heroku, ENVIRONMENT["PUBLIC_URL"])
        body = second.admin(f"/{UUID}").get_json()
        assert (late, body["webhook"], body["apps"][0]["app"]) == (1, URL, "shop")
        second.service.close()

    def test_those_without_tokens_and_those_that_are_gone_are_left_alone(
        self, partner: Partner, tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku
    ) -> None:
        partner.ready()
        partner.deprovision()
        partner.provision(uuid=OTHER, oauth_grant=None)
        partner.service.close()
        second, late = self.started(tmp_path, clock, heroku, "http://elsewhere.test")
        assert late == 0
        second.service.close()


class TestEnd:
    def test_secret_events_and_names_go(self, partner: Partner, heroku: FakeHeroku, tmp_path: Path) -> None:
        partner.ready()
        tell(partner, str(only(heroku)["secret"]))
        partner.deprovision()
        with partner.service.store.read() as tx:
            for table in ("subscriptions", "heard", "looks", "attachments", "people", "drains", "log_inputs"):
                assert tx.rows(f"SELECT * FROM {table}") == [], table
            kept = tx.rows("SELECT path, body FROM requests ORDER BY id")
        assert [row["path"] for row in kept] == ["/heroku/resources", f"/heroku/resources/{UUID}"]
        assert "owner@example.com" not in str(kept)

    def test_a_subscription_under_way_leaves_nothing(self, partner: Partner, heroku: FakeHeroku) -> None:
        answered = heroku.around.answer

        def ending(request: Request, path: str) -> Answer | None:
            if request.method == "POST":
                partner.deprovision()
            return answered(request, path)

        heroku.around.answer = ending  # type: ignore[method-assign]
        partner.ready()
        with partner.service.store.read() as tx:
            assert tx.rows("SELECT * FROM subscriptions") == []

    def test_a_look_under_way_leaves_nothing(self, partner: Partner, heroku: FakeHeroku) -> None:
        answered = heroku.around.answer

        def ending(request: Request, path: str) -> Answer | None:
            if path.endswith("/collaborators"):
                partner.deprovision()
            return answered(request, path)

        heroku.around.answer = ending  # type: ignore[method-assign]
        partner.ready()
        with partner.service.store.read() as tx:
            assert tx.rows("SELECT * FROM people") == []


def test_event_ids_are_forgotten_in_their_order(
    partner: Partner, heroku: FakeHeroku, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    partner.ready()
    secret = str(only(heroku)["secret"])
    for id in "abc":
        tell(partner, secret, event(id))
    with partner.service.store.read() as tx:
        assert [row["event_id"] for row in tx.rows("SELECT event_id FROM heard ORDER BY id")] == ["b", "c"]
