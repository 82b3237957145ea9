"""Which drains there are, where they send to, and what goes with them."""

from pathlib import Path

import pytest

from addon_service.app import create_app
from addon_service.settings import load

from ..around import STAGING, attachment, drain
from ..heroku import FakeHeroku, FrozenClock, said
from ..partner import ENVIRONMENT, UUID, WATCHING, Partner
from .batches import frame, send

MOVED = f"GET /addons/{UUID}/log-drains"


@pytest.fixture
def reading(partner: Partner, heroku: FakeHeroku) -> Partner:
    """An instance attached to two apps, whose logs it reads."""
    heroku.around.attachments.append(attachment("BLUE", STAGING))
    heroku.around.drains = [drain("d.1"), drain("d.2", STAGING)]
    partner.provision(log_drain_token="d.1")
    partner.service.duties.run_due()
    return partner


def look(partner: Partner) -> None:
    with partner.service.store.write() as tx:
        partner.service.duties.ensure(tx, "look", UUID)
    partner.service.duties.run_due()


def texts(partner: Partner) -> list[str]:
    return [row["text"] for row in partner.service.lines.latest(UUID, 100)]


def kinds(partner: Partner, state: str = "done") -> list[str]:
    listed = partner.admin(f"/{UUID}").get_json()["duties"]
    return [d["kind"] for d in reversed(listed) if d["state"] == state and d["kind"] not in WATCHING]


def test_no_token_is_stored(partner: Partner, heroku: FakeHeroku, tmp_path: Path) -> None:
    heroku.around.drains = [drain("d.secret-1"), drain("d.secret-2", STAGING)]
    partner.provision(log_drain_token="d.secret-1")
    partner.service.duties.run_due()
    assert send(partner, "d.secret-2", frame("x")).status_code == 204
    assert b"d.secret" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))


def test_a_detached_app_s_drain_is_believed_no_more_and_its_lines_go(reading: Partner, heroku: FakeHeroku) -> None:
    send(reading, "d.1", frame("of the shop"), id="1")
    send(reading, "d.2", frame("of staging"), id="2")
    heroku.around.drains.pop()
    look(reading)
    assert texts(reading) == ["of the shop"]
    assert send(reading, "d.2", frame("late"), id="3").status_code == 403
    assert send(reading, "d.1", frame("on"), id="4").status_code == 204
    assert kinds(reading)[-1] == "forget_lines"


def test_an_app_that_comes_back_speaks_with_its_old_token(reading: Partner, heroku: FakeHeroku) -> None:
    back, heroku.around.drains = heroku.around.drains, []
    look(reading)
    look(reading)
    assert [send(reading, token, frame("x")).status_code for token in ("d.1", "d.2")] == [403, 403]
    heroku.around.drains = back
    look(reading)
    assert [send(reading, token, frame(token), id=token).status_code for token in ("d.1", "d.2")] == [204, 204]
    assert texts(reading) == ["d.1", "d.2"]
    assert kinds(reading) == ["exchange_grant", "forget_lines", "forget_lines"]


def test_the_token_of_the_order_is_believed_before_heroku_lists_its_drain(partner: Partner, heroku: FakeHeroku) -> None:
    partner.provision(log_drain_token="d.1")
    partner.service.duties.run_due()
    assert MOVED in heroku.around.calls
    assert send(partner, "d.1", frame("x")).status_code == 204


def test_what_heroku_does_not_list_now_stays(reading: Partner, heroku: FakeHeroku) -> None:
    for odd in (said(403, {"id": "forbidden"}), said(200, {})):
        heroku.around.said[MOVED] = odd
        look(reading)
        assert send(reading, "d.2", frame("x"), id=None).status_code == 204


def test_drains_that_are_no_drains_are_left_out(reading: Partner, heroku: FakeHeroku) -> None:
    heroku.around.drains += [None, 5, {}, {"id": "x", "token": 5, "app": {}, "url": ""}]  # type: ignore[list-item]
    look(reading)
    assert send(reading, "d.2", frame("x")).status_code == 204


def test_an_instance_that_reads_no_logs_asks_for_no_drains(partner: Partner, heroku: FakeHeroku) -> None:
    partner.ready()
    assert MOVED not in heroku.around.calls


def test_a_move_is_told_to_every_drain(
    reading: Partner, heroku: FakeHeroku, tmp_path: Path, clock: FrozenClock
) -> None:
    reading.service.close()
    moved = load({**ENVIRONMENT, "PUBLIC_URL": "http://elsewhere.test"}, data=tmp_path / "data")
    second = Partner(create_app(moved, clock, heroku))
    assert second.service.subscriptions.catch_up() == 1
    second.service.duties.run_due()
    assert {each["url"] for each in heroku.around.drains} == {f"http://elsewhere.test/heroku/logs/{UUID}"}
    assert send(second, "d.2", frame("x")).status_code == 204, "the tokens stay"
    assert second.service.subscriptions.catch_up() == 0
    second.service.close()


def test_a_drain_that_heroku_does_not_move_is_given_up_after_a_minute(
    reading: Partner, heroku: FakeHeroku, clock: FrozenClock
) -> None:
    heroku.around.drains[0]["url"] = "http://old.test/"
    heroku.around.said[f"PUT /addons/{UUID}/log-drains/drain-of-app-1"] = said(422, {"message": "no"})
    look(reading)
    assert kinds(reading, "waiting") == ["move_drains"]
    clock.advance(minutes=1)
    reading.service.duties.run_due()
    assert kinds(reading, "failed") == ["move_drains"]


def test_after_a_deprovision_no_line_and_no_token_is_left(reading: Partner, tmp_path: Path) -> None:
    send(reading, "d.1", frame("hunter2"))
    reading.deprovision()
    reading.service.duties.run_due()
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("logs.db*"))
    assert b"hunter2" not in left
    with reading.service.store.read() as tx:
        assert reading.service.drains.apps(tx, UUID) == {}


def test_the_lines_go_even_when_we_die_before_that(
    reading: Partner, tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku
) -> None:
    send(reading, "d.1", frame("hunter2"))
    reading.deprovision()
    reading.service.close()
    second = Partner(create_app(load(ENVIRONMENT, data=tmp_path / "data"), clock, heroku))
    second.service.duties.take_over()
    second.service.duties.run_due()
    assert texts(second) == []
    second.service.close()
