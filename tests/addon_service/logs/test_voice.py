"""What an instance says in the logs of its apps."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from addon_service.errors import PlatformFailed

from ..around import SHOP, STAGING, TOKEN, attachment, log_url
from ..customer import DatabasePartner
from ..heroku import FakeHeroku, FrozenClock, said
from ..partner import UUID, Partner

SOURCE = "source=exceptions-clean-85894"
OTHER_TOKEN = "t.99999999-2222-3333-4444-555555555555"
ATTACHMENTS = f"GET /addons/{UUID}/addon-attachments"


@pytest.fixture
def speaking(partner: Partner, heroku: FakeHeroku) -> Partner:
    """An instance that may write into its app's log."""
    heroku.around.attachments = [attachment(url=log_url())]
    partner.provision(log_input_url=log_url())
    partner.service.duties.run_due()
    return partner


def say(partner: Partner, words: str = "hello") -> None:
    with partner.service.store.write() as tx:
        partner.service.voice.say(tx, partner.resource(tx), words)


def states(partner: Partner) -> list[str]:
    listed = partner.admin(f"/{UUID}").get_json()["duties"]
    return [d["state"] for d in reversed(listed) if d["kind"] == "write_log"]


def test_a_rotation_is_told_to_the_app_when_heroku_has_taken_it(speaking: Partner, heroku: FakeHeroku) -> None:
    speaking.rotate()
    assert heroku.around.lines() == []
    speaking.service.duties.run_due()
    said_ = [f'{SOURCE} msg="credentials rotated" credential=2 old_works_for=3600s']
    assert heroku.around.lines() == said_


def test_it_is_framed_and_signed_as_the_contract_says(speaking: Partner, heroku: FakeHeroku) -> None:
    say(speaking)
    speaking.service.duties.run_due()
    headers, body = heroku.around.written[0]
    length, _, message = body.partition(b" ")
    assert int(length) == len(message)
    uuid = TOKEN.removeprefix("t.")
    wanted = f'<190>1 2026-03-04T05:06:07+00:00 {uuid} app exceptions - - {SOURCE} msg="hello"'
    assert message.decode() == wanted
    assert headers["Content-Type"] == "application/logplex-1"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Logplex-Msg-Count"] == "1"
    assert "exceptions" in headers["User-Agent"]
    assert headers["Authorization"] == "Basic " + base64.b64encode(f"token:{TOKEN}".encode()).decode()


def test_plan_changes_full_plans_and_ended_credentials_are_told(
    speaking: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    speaking.change_plan("test")
    speaking.change_plan("test")
    account = speaking.account()
    speaking.report(account)
    assert len(states(speaking)) == 1, "there is room for another"
    speaking.report(account)
    assert speaking.report(account).status_code == 402
    speaking.rotate()
    speaking.service.duties.run_due()
    clock.advance(hours=1)
    speaking.service.duties.run_due()
    assert [line.partition("msg=")[2] for line in heroku.around.lines()] == [
        '"plan changed" plan=test',
        '"plan is full, further exceptions are refused" plan=test',
        '"credentials rotated" credential=2 old_works_for=3600s',
        '"old credentials ended" credential=1',
    ]


def test_a_move_of_ours_is_no_rotation(speaking: Partner, heroku: FakeHeroku) -> None:
    speaking.service.resources.announce_move(speaking.service.exceptions)
    speaking.service.duties.run_due()
    assert heroku.around.lines() == []


def test_a_database_tells_its_rotations_too(db: DatabasePartner, heroku: FakeHeroku, clock: FrozenClock) -> None:
    heroku.around.attachments = [attachment("DATABASE", url=log_url())]
    db.provision(log_input_url=log_url())
    db.work()
    db.rotate()
    db.work()
    clock.advance(seconds=1801)
    db.work()
    assert [line.partition("msg=")[2] for line in heroku.around.lines()] == [
        '"credentials rotated" credential=2 old_works_for=1800s',
        '"old credentials ended" credential=1',
    ]


def test_every_attached_app_is_told_once(partner: Partner, heroku: FakeHeroku) -> None:
    heroku.around.tokens.add(OTHER_TOKEN)
    blue, twice = attachment("BLUE", STAGING, log_url(OTHER_TOKEN)), attachment("AGAIN", SHOP, log_url())
    heroku.around.attachments = [attachment(url=log_url()), twice, blue]
    partner.provision(log_input_url=log_url())
    partner.service.duties.run_due()
    say(partner)
    partner.service.duties.run_due()
    assert len(heroku.around.written) == 2
    assert len({headers["Authorization"] for headers, _ in heroku.around.written}) == 2


def test_who_may_not_write_says_nothing(partner: Partner, heroku: FakeHeroku) -> None:
    partner.ready()
    partner.rotate()
    partner.service.duties.run_due()
    assert states(partner) == []
    assert heroku.around.written == []


class TestRefusal:
    def test_after_a_4xx_the_url_is_read_anew_kept_and_tried_once(self, speaking: Partner, heroku: FakeHeroku) -> None:
        heroku.around.tokens = {OTHER_TOKEN}
        heroku.around.attachments = [attachment(url=log_url(OTHER_TOKEN))]
        heroku.around.calls.clear()
        say(speaking)
        speaking.service.duties.run_due()
        assert heroku.around.calls == ["POST /logs", ATTACHMENTS, "POST /logs"]
        say(speaking)
        speaking.service.duties.run_due()
        assert heroku.around.calls == ["POST /logs", ATTACHMENTS, "POST /logs", "POST /logs"]
        assert len(heroku.around.lines()) == 2

    def test_the_order_s_url_is_good_before_heroku_was_looked_at(self, partner: Partner, heroku: FakeHeroku) -> None:
        heroku.around.said[f"GET /addons/{UUID}"] = said(404, {})
        heroku.around.attachments = [attachment("B", STAGING, log_url()), attachment(url=log_url(OTHER_TOKEN))]
        partner.provision(log_input_url=log_url())
        partner.service.duties.run_due()
        say(partner)
        partner.service.duties.run_due()
        assert len(heroku.around.lines()) == 1
        heroku.around.tokens = {OTHER_TOKEN}
        say(partner)
        partner.service.duties.run_due()
        assert len(heroku.around.lines()) == 2, "the owning app's URL is told apart from the other's"

    def test_a_line_of_before_the_first_look_is_written_after_it(self, partner: Partner, heroku: FakeHeroku) -> None:
        heroku.around.attachments = [attachment("B", STAGING, log_url(OTHER_TOKEN)), attachment(url=log_url())]
        partner.provision(log_input_url=log_url())
        say(partner)
        partner.service.duties.run_one()
        with partner.service.store.write() as tx:
            tx.run("UPDATE duties SET due_at = '2999' WHERE kind = 'write_log'")
        partner.service.duties.run_due()
        with partner.service.store.write() as tx:
            tx.run("UPDATE duties SET due_at = '2000' WHERE kind = 'write_log'")
        partner.service.duties.run_due()
        assert (states(partner), len(heroku.around.lines())) == (["done"], 1)

    def test_a_second_refusal_is_final(self, speaking: Partner, heroku: FakeHeroku) -> None:
        heroku.around.tokens = set()
        say(speaking)
        speaking.service.duties.run_due()
        assert states(speaking) == ["failed"]
        assert heroku.around.calls.count("POST /logs") == 2

    @pytest.mark.parametrize("url", [None, "", "rubbish", "http://logs.test/logs", "http://[::1", "ftp://a:b@c/"])
    def test_without_a_url_it_is_given_up(self, speaking: Partner, heroku: FakeHeroku, url: str | None) -> None:
        heroku.around.tokens = set()
        heroku.around.attachments = [attachment(url=url)]
        say(speaking)
        speaking.service.duties.run_due()
        assert states(speaking) == ["failed"]
        say(speaking)
        assert states(speaking) == ["failed"], "nobody is spoken to any more"

    def test_an_app_that_was_detached_meanwhile_is_not_told(self, speaking: Partner, heroku: FakeHeroku) -> None:
        say(speaking)
        heroku.around.tokens, heroku.around.attachments = set(), []
        speaking.service.duties.run_due()
        assert states(speaking) == ["failed"]

    def test_attachments_that_are_refused_are_asked_for_a_minute(
        self, speaking: Partner, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        heroku.around.tokens = set()
        heroku.around.said[ATTACHMENTS] = said(403, {})
        say(speaking)
        speaking.service.duties.run_due()
        assert states(speaking) == ["waiting"]
        clock.advance(minutes=1)
        speaking.service.duties.run_due()
        assert states(speaking) == ["failed"]


class TestTrouble:
    def test_a_log_that_is_away_is_waited_for_and_the_line_keeps_its_time(
        self, speaking: Partner, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        heroku.around.failing = PlatformFailed("away")
        say(speaking)
        speaking.service.duties.run_due()
        heroku.around.failing = None
        clock.advance(minutes=5)
        speaking.service.duties.run_due()
        assert b"<190>1 2026-03-04T05:06:07+00:00 " in heroku.around.written[0][1]

    def test_but_not_for_longer_than_an_hour(self, speaking: Partner, heroku: FakeHeroku, clock: FrozenClock) -> None:
        say(speaking)
        clock.advance(hours=1, seconds=1)
        speaking.service.duties.run_due()
        assert states(speaking) == ["failed"]
        assert heroku.around.written == []

    def test_with_the_instance_go_url_and_lines(self, speaking: Partner, heroku: FakeHeroku) -> None:
        say(speaking)
        speaking.deprovision()
        speaking.service.duties.run_due()
        assert states(speaking) == ["cancelled"]
        assert heroku.around.written == []
        with speaking.service.store.read() as tx:
            assert tx.rows("SELECT * FROM log_inputs") == []

    def test_a_repeated_order_does_not_bring_back_an_old_url(self, speaking: Partner, heroku: FakeHeroku) -> None:
        speaking.provision(log_input_url=log_url(OTHER_TOKEN))
        say(speaking)
        speaking.service.duties.run_due()
        assert heroku.around.calls.count("POST /logs") == 1

    def test_no_password_is_stored_or_logged(
        self, speaking: Partner, tmp_path: Path, heroku: FakeHeroku, caplog: pytest.LogCaptureFixture
    ) -> None:
        heroku.around.failing = PlatformFailed("away")
        say(speaking)
        speaking.service.duties.run_due()
        uuid = TOKEN.removeprefix("t.")
        stored = b"".join(path.read_bytes() for path in tmp_path.rglob("addon.db*"))
        assert uuid.encode() not in stored
        assert uuid not in caplog.text + speaking.admin(f"/{UUID}").text + speaking.admin(f"/{UUID}/requests").text


def test_a_name_that_is_no_name_cannot_forge_a_second_line(partner: Partner, heroku: FakeHeroku) -> None:
    partner.provision(name="x\n<190>1 forged", log_input_url=log_url())
    say(partner)
    partner.service.duties.run_due()
    (body,) = (body for _, body in heroku.around.written)
    assert b"\n" not in body
