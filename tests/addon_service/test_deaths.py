"""An instance's whole life, with a death at every step: before and after each call to Heroku, each clearing of lines.

What a killed process had begun, the next one ends; nothing is made twice, nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from addon_service.app import create_app
from addon_service.logs.lines import Lines
from addon_service.platform_client import Answer, Request
from addon_service.settings import load

from .around import DRAIN_URL, STAGING, attachment, drain, log_url
from .heroku import FakeHeroku, FrozenClock
from .logs.batches import frame, send
from .partner import ENVIRONMENT, UUID, Partner

STEPS = 40


class Deaths:
    """Counts steps; at one of them the process ends: no act catches that, so its duty stays as it was."""

    def __init__(self, at: int) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise SystemExit

    def around(self, act: Callable[..., object]) -> Callable[..., object]:
        def dying(*given: object) -> object:
            self.step()
            found = act(*given)
            self.step()
            return found

        return dying


class Life:
    """A partner on one folder, started anew when it has died."""

    def __init__(self, folder: Path, clock: FrozenClock, heroku: FakeHeroku, deaths: Deaths) -> None:
        self.folder, self.clock, self.heroku, self.deaths = folder, clock, heroku, deaths
        self.partner = self._start()

    def _start(self) -> Partner:
        def dying(request: Request) -> Answer:
            self.deaths.step()
            answer = self.heroku(request)
            self.deaths.step()
            return answer

        partner = Partner(create_app(load(ENVIRONMENT, data=self.folder), self.clock, dying))
        partner.service.duties.take_over()
        return partner

    def work(self) -> None:
        """Carry out what is due, in as many processes as it takes."""
        try:
            self.partner.service.duties.run_due()
        except SystemExit:
            self.partner.service.close()
            self.partner = self._start()
            self.work()


@pytest.fixture
def life(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: FrozenClock,
    heroku: FakeHeroku,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Life]:
    deaths = Deaths(request.param)
    monkeypatch.setattr(Lines, "forget", deaths.around(Lines.forget))
    life = Life(tmp_path / "data", clock, heroku, deaths)
    yield life
    life.partner.service.close()


def live(life: Life) -> None:
    """From the order to the end, by way of a rotation, a detached app, and drains that have to be moved."""
    around, clock = life.heroku.around, life.clock
    around.attachments = [attachment(url=log_url()), attachment("BLUE", STAGING)]
    around.drains = [drain("d.1"), drain("d.2", STAGING)]
    life.heroku.fresh_grant = {"code": "fresh-1"}
    life.partner.provision(log_drain_token="d.1", log_input_url=log_url())
    life.work()
    assert send(life.partner, "d.1", frame("of the shop"), id="1").status_code == 204
    assert send(life.partner, "d.2", frame("of staging"), id="2").status_code == 204
    assert life.partner.rotate().status_code == 202
    life.work()
    around.attachments.pop()
    around.drains.pop()
    around.drains[0]["url"] = "http://old.test/"
    with life.partner.service.store.write() as tx:
        life.partner.service.duties.ensure(tx, "look", UUID)
    life.work()
    clock.advance(hours=1)
    life.work()


def after(life: Life) -> dict[str, object]:
    """What must be so whatever happened, while the instance lives."""
    body = life.partner.admin(f"/{UUID}").get_json()
    return {
        "open": [d["kind"] for d in body["duties"] if d["state"] in ("waiting", "doing", "failed")],
        "webhooks": len(life.heroku.around.webhooks),
        "drain": life.heroku.around.drains[0]["url"],
        "credentials": [each["state"] for each in body["credentials"]],
        "apps": [each["app"] for each in body["apps"]],
        "lines": [row["text"] for row in life.partner.service.lines.latest(UUID, 9)],
        "said": sorted({line.partition("msg=")[2].split('"')[1] for line in life.heroku.around.lines()}),
    }


@pytest.mark.parametrize("life", range(1, STEPS + 2), indirect=True)
def test_whenever_it_dies_the_end_is_the_same(life: Life) -> None:
    live(life)
    assert after(life) == {
        "open": [],
        "webhooks": 1,
        "drain": DRAIN_URL,
        "credentials": ["current", "retired"],
        "apps": ["shop"],
        "lines": ["of the shop"],
        "said": ["credentials rotated", "old credentials ended"],
    }
    account = life.partner.account()
    assert life.heroku.config["EXCEPTIONS_URL"] == f"http://partner.test{account}"
    life.partner.deprovision()
    life.work()
    assert life.partner.service.lines.count(UUID) == 0
    assert life.partner.admin(f"/{UUID}").get_json()["people"] == []
    assert (life.deaths.at <= life.deaths.steps) == (life.deaths.at <= STEPS), "STEPS is the number of steps"
