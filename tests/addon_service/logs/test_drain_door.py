"""The door for an app's log."""

import logging
import re
from datetime import datetime

import pytest
from flask import Flask

from addon_service.app import create_app, service_of
from addon_service.logs import drain_door as door_module
from addon_service.logs.messages import Line, parse
from addon_service.settings import Settings

from ..around import STAGING, attachment, drain
from ..heroku import FakeHeroku, FrozenClock
from ..partner import OTHER, UUID, Partner
from ..test_sso import form, post
from .batches import frame, send

ID = "0123456789ABCDEF0123456789ABCDE"


@pytest.fixture
def reading(partner: Partner) -> Partner:
    """The partner with an instance whose order named the token `d.1`."""
    assert partner.provision(log_drain_token="d.1").status_code == 200
    partner.service.duties.run_due()
    return partner


def texts(partner: Partner) -> list[str]:
    return [row["text"] for row in partner.service.lines.latest(UUID, 100)]


def test_the_answer_to_the_order_says_where_logs_go(partner: Partner) -> None:
    first = partner.provision(log_drain_token="d.1").get_json()
    assert first["log_drain_url"] == f"http://partner.test/heroku/logs/{UUID}"
    assert partner.provision(log_drain_token="d.1").get_json() == first
    assert "log_drain_url" not in partner.provision(uuid=OTHER).get_json(), "the manifest did not ask for it"


def test_a_batch_is_taken_with_204(reading: Partner) -> None:
    answer = send(reading, "d.1", frame("one") + frame("zwölf €"), count=2)
    assert (answer.status_code, answer.data) == (204, b"")
    assert texts(reading) == ["one", "zwölf €"]


def test_one_that_comes_again_is_taken_once(reading: Partner) -> None:
    assert [send(reading, "d.1", frame("one"), id=f"{ID}F").status_code for _ in range(3)] == [204] * 3
    send(reading, "d.1", frame("two"), id=f"{ID}E")
    assert texts(reading) == ["one", "two"]


def test_without_frame_id_and_count_it_is_taken_as_it_comes(reading: Partner) -> None:
    assert [send(reading, "d.1", frame("one"), id=None, count=None).status_code for _ in range(2)] == [204] * 2
    assert texts(reading) == ["one", "one"]


@pytest.mark.parametrize("count", [0, 2, "", "one", "01", "1" * 100])
def test_a_wrong_count_is_400_and_nothing_is_kept(reading: Partner, count: object) -> None:
    answer = send(reading, "d.1", frame("one"), count=count)
    assert (answer.status_code, answer.get_json()["id"]) == (400, "bad_request")
    assert texts(reading) == []
    assert send(reading, "d.1", frame("one")).status_code == 204, "the frame id is not used up"


def test_a_body_that_does_not_fit_is_400(reading: Partner) -> None:
    assert send(reading, "d.1", frame("one") + b"7 x").status_code == 400
    assert texts(reading) == []


def test_another_kind_of_body_is_415(reading: Partner) -> None:
    assert send(reading, "d.1", frame("one"), kind="text/plain").status_code == 415
    assert send(reading, "d.1", frame("one"), kind="application/logplex-1; charset=utf-8").status_code == 204


@pytest.mark.parametrize("token", ["", "d.2", "D.1", "ü"])
def test_an_unknown_token_is_403(reading: Partner, token: str) -> None:
    assert send(reading, token, b"rubbish").status_code == 403
    assert texts(reading) == []


def test_a_token_speaks_for_its_own_instance_only(reading: Partner) -> None:
    reading.provision(uuid=OTHER, oauth_grant=None, log_drain_token="d.other")
    assert send(reading, "d.1", frame("one"), uuid=OTHER).status_code == 403
    assert send(reading, "d.other", frame("one")).status_code == 403
    assert send(reading, "d.other", frame("one"), uuid=OTHER).status_code == 204
    assert texts(reading) == []


def test_each_attached_app_has_a_token_of_its_own(reading: Partner, heroku: FakeHeroku, clock: FrozenClock) -> None:
    heroku.around.attachments.append(attachment("BLUE", STAGING))
    heroku.around.drains = [drain("d.1"), drain("d.2", STAGING)]
    assert send(reading, "d.2", frame("too early")).status_code == 403
    with reading.service.store.write() as tx:
        reading.service.duties.ensure(tx, "look", UUID)
    reading.service.duties.run_due()
    send(reading, "d.1", frame("from the shop"), id=f"{ID}1")
    send(reading, "d.2", frame("from staging"), id=f"{ID}2")
    post(reading, form())
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", reading.client.get(f"/dashboard/{UUID}").text))
    assert "05:06:07 shop app[web.1] from the shop" in page
    assert "05:06:07 shop-staging app[web.1] from staging" in page


def test_gone_is_410_and_never_was_404(reading: Partner) -> None:
    send(reading, "d.1", frame("one"))
    reading.deprovision()
    assert send(reading, "d.1", frame("two")).status_code == 410
    reading.service.duties.run_due()
    assert texts(reading) == []
    assert send(reading, "d.1", frame("one"), uuid=OTHER).status_code == 404


def test_a_batch_under_way_when_the_instance_ends_leaves_nothing(
    reading: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ending(body: bytes, now: datetime) -> list[Line]:
        reading.deprovision()
        reading.service.duties.run_due()
        return parse(body, now)

    monkeypatch.setattr(door_module, "parse", ending)
    assert send(reading, "d.1", frame("one")).status_code == 410
    assert texts(reading) == []


def test_the_oldest_lines_go(settings: Settings, clock: FrozenClock, heroku: FakeHeroku) -> None:
    app: Flask = create_app(type(settings)(**{**vars(settings), "log_lines": 2}), clock, heroku)
    partner = Partner(app)
    partner.provision(log_drain_token="d.1")
    send(partner, "d.1", frame("1") + frame("2") + frame("3"), count=3)
    assert texts(partner) == ["2", "3"]
    service_of(app).close()


def test_a_batch_too_large_is_413(reading: Partner) -> None:
    assert send(reading, "d.1", frame("x" * 300_000)).status_code == 413


def test_what_an_app_says_is_in_no_log_and_no_record(reading: Partner, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    send(reading, "d.1", frame("password=hunter2"))
    send(reading, "d.1", b"8 hunter2!")
    assert "hunter2" not in caplog.text
    assert "d.1" not in caplog.text
    assert "hunter2" not in reading.admin(f"/{UUID}").text + reading.admin(f"/{UUID}/requests").text
    assert reading.admin(f"/{UUID}").get_json()["log_lines"] == 1
