"""Wiring, restarts, and the folder that does not fit."""

from dataclasses import replace
from pathlib import Path

import pytest

from addon_service.app import create_app, service_of
from addon_service.errors import EnvironmentProblem
from addon_service.settings import Settings, load
from addon_service.vault import new_key

from .heroku import FakeHeroku, FrozenClock
from .partner import ENVIRONMENT, ORDER, OTHER, UUID, Partner, account_of


class Runs:
    """One data folder, opened by one run after another."""

    def __init__(self, settings: Settings, clock: FrozenClock, heroku: FakeHeroku) -> None:
        self.settings, self.clock, self.heroku = settings, clock, heroku

    def __call__(self, **changed: object) -> Partner:
        settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        return Partner(create_app(settings, self.clock, self.heroku))


@pytest.fixture
def run(settings: Settings, clock: FrozenClock, heroku: FakeHeroku) -> Runs:
    return Runs(settings, clock, heroku)


def test_a_restart_changes_nothing(run: Runs) -> None:
    first = run()
    answer = first.provision()
    first.report(account_of(answer))
    first.service.close()
    second = run()
    assert second.provision().data == answer.data
    assert second.client.get(account_of(answer)).get_json()["stored"] == 1
    second.service.close()


def test_duties_of_the_run_before_are_done_after_the_start(run: Runs, heroku: FakeHeroku) -> None:
    first = run()
    first.provision()
    first.service.close()
    second = run()
    second.service.duties.take_over()
    second.service.duties.run_due()
    assert heroku.paths() == ["POST /oauth/token"]
    second.service.close()


def test_a_move_is_told_to_heroku_for_every_live_instance(run: Runs, heroku: FakeHeroku, settings: Settings) -> None:
    first = run()
    (settings.data / "public-url").write_text(settings.public_url)
    heroku.codes |= {"grant-2"}
    first.ready()
    first.provision(uuid=OTHER, oauth_grant={**ORDER["oauth_grant"], "code": "grant-2"})
    first.deprovision(OTHER)
    first.service.close()

    same = run()
    same.service.start()
    same.service.close()
    assert heroku.config == {}

    moved = run(public_url="http://elsewhere.test")
    assert moved.service.resources.announce_move(moved.service.exceptions) == 1
    assert moved.service.resources.announce_move(moved.service.exceptions) == 1
    moved.service.duties.run_due()
    assert heroku.config["EXCEPTIONS_URL"].startswith("http://elsewhere.test/accounts/")
    assert heroku.paths().count(f"PATCH /addons/{UUID}/config") == 1
    moved.service.close()


def test_a_start_under_another_url_announces_it(run: Runs, settings: Settings) -> None:
    first = run()
    first.service.start()
    first.provision(oauth_grant=None)
    first.service.close()
    moved = run(public_url="http://elsewhere.test")
    moved.service.start()
    kinds = [duty["kind"] for duty in moved.admin(f"/{UUID}").get_json()["duties"]]
    moved.service.close()
    assert kinds == ["push_config"]
    assert (settings.data / "public-url").read_text().strip() == "http://elsewhere.test"


def test_a_start_under_another_url_moves_the_webhook(run: Runs, heroku: FakeHeroku) -> None:
    first = run()
    first.ready()
    first.service.close()
    moved = run(public_url="http://elsewhere.test")
    moved.service.start()
    kinds = [duty["kind"] for duty in moved.admin(f"/{UUID}").get_json()["duties"]]
    moved.service.close()
    assert kinds.count("subscribe") == 2


def test_a_lost_key_stops_the_start(run: Runs, settings: Settings) -> None:
    first = run()
    first.provision()
    first.service.close()
    (settings.data / "key").unlink()
    with pytest.raises(EnvironmentProblem, match="another key"):
        run()
    with pytest.raises(EnvironmentProblem, match="another key"):
        run(key=new_key())


def test_the_folder_of_another_add_on_stops_the_start(run: Runs) -> None:
    first = run()
    first.provision()
    first.service.close()
    with pytest.raises(EnvironmentProblem, match="holds resources of exceptions"):
        run(slug="other")


def test_another_slug_gives_other_names(tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku) -> None:
    app = create_app(load({**ENVIRONMENT, "ADDON_SLUG": "acme-errors"}, data=tmp_path), clock, heroku)
    answer = app.test_client().post("/heroku/resources", json=ORDER, auth=("acme-errors", "super-secret"))
    assert list(answer.get_json()["config"]) == ["ACME_ERRORS_URL"]
    service_of(app).close()


def test_a_uuid_of_another_product_is_not_touched(partner: Partner) -> None:
    partner.provision()
    with partner.service.store.write() as tx:
        tx.run("UPDATE resources SET addon = 'another'")
    statuses = [partner.provision(), partner.change_plan("test"), partner.deprovision(), partner.rotate()]
    assert [answer.status_code for answer in statuses] == [404] * 4
    with partner.service.store.read() as tx:
        assert tx.count("SELECT count(*) FROM tombstones") == 0
