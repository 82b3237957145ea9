"""How a database is made and handed over, or given up, with a Heroku and a server that fail where a test says so."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from addon_service.app import create_app
from addon_service.datastore.base import DatastoreAway, DatastoreRefused
from addon_service.errors import PlatformFailed
from addon_service.platform_client import Answer, Request
from addon_service.settings import load

from .customer import AUTH, DATABASE_ENVIRONMENT, DATABASE_ORDER, DatabasePartner
from .fake_engine import FakeEngine, failing
from .heroku import FakeHeroku, FrozenClock, said
from .partner import OTHER, UUID

CONFIG, DONE, GIVEN_UP = (
    f"{method} /addons/{UUID}{path}"
    for method, path in (("PATCH", "/config"), ("POST", "/actions/provision"), ("POST", "/actions/deprovision"))
)
TOKEN = "POST /oauth/token"
BASIC = "Basic " + b64encode(":".join(AUTH).encode()).decode()
MADE = [("exchange_grant", "done"), ("create_database", "done"), ("hand_over", "done")]


class TestProvision:
    def test_202_with_id_and_message_at_once_and_no_config(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        answer = db.provision()
        body = answer.get_json()
        assert (answer.status_code, sorted(body), body["id"]) == (202, ["id", "message"], UUID)
        assert "basic" in body["message"]
        assert (heroku.calls, engine.acts) == ([], [])
        assert db.shown()["state"] == "provisioning"

    def test_the_duties_make_it_and_hand_it_over(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        db.ready()
        assert heroku.paths() == [TOKEN, CONFIG, DONE]
        assert heroku.state == "provisioned"
        assert list(heroku.config) == ["DATABASE_URL"]
        assert engine.opens(heroku.config["DATABASE_URL"])
        assert [connections for _, connections in engine.only().values()] == [5]
        assert db.duties() == MADE

    def test_a_repeat_is_answered_alike_at_any_time(self, db: DatabasePartner, engine: FakeEngine) -> None:
        first = db.provision()
        assert (db.provision().status_code, db.provision().data) == (202, first.data)
        db.work()
        db.rotate()
        db.work()
        assert (db.provision().status_code, db.provision().data) == (202, first.data)
        assert len(engine.logins) == 1

    def test_without_a_grant_it_is_refused(self, db: DatabasePartner) -> None:
        answer = db.provision(oauth_grant=None)
        assert (answer.status_code, "oauth_grant" in answer.get_json()["message"]) == (422, True)
        assert db.client.get("/admin/resources", auth=AUTH).get_json() == []

    def test_without_a_server_it_is_503_and_a_repeat_still_202(self, db: DatabasePartner, engine: FakeEngine) -> None:
        db.provision()
        engine.absent = "no wheel"
        assert db.provision().status_code == 202
        answer = db.provision(uuid=OTHER)
        assert (answer.status_code, "no wheel" in answer.get_json()["message"]) == (503, True)

    def test_an_unknown_plan_is_refused(self, db: DatabasePartner) -> None:
        assert "test, basic, premium" in db.provision(plan="gold").get_json()["message"]

    def test_two_instances_have_databases_of_their_own(
        self, db: DatabasePartner, engine: FakeEngine, heroku: FakeHeroku
    ) -> None:
        heroku.codes |= {"grant-2"}
        db.provision()
        db.provision(uuid=OTHER, oauth_grant={**DATABASE_ORDER["oauth_grant"], "code": "grant-2"})
        db.work()
        assert len(engine.logins) == 2


class TestTrouble:
    @pytest.mark.parametrize("what", ["create", "login"])
    def test_a_server_that_is_away_is_waited_for(
        self, db: DatabasePartner, engine: FakeEngine, clock: FrozenClock, what: str
    ) -> None:
        engine.fault = failing(what, DatastoreAway("gone fishing"))
        db.provision()
        db.work()
        assert db.duties()[1] == ("create_database", "waiting")
        assert "gone fishing" in db.life_cycle()[0]["error"]
        engine.fault = None
        clock.advance(seconds=1)
        db.work()
        assert db.shown()["state"] == "provisioned"
        assert len(engine.logins) == 1

    def test_a_server_that_stays_away_is_given_up_in_time(
        self, db: DatabasePartner, engine: FakeEngine, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        engine.fault = failing("create", DatastoreAway("gone fishing"))
        db.provision()
        db.work()
        clock.advance(seconds=3599)
        db.work()
        assert GIVEN_UP not in heroku.paths()
        clock.advance(seconds=400)
        db.work()
        assert (heroku.paths()[-1], heroku.state) == (GIVEN_UP, "deprovisioned")
        assert db.shown()["state"] == "deprovisioned"
        assert db.provision().status_code == 410

    def test_a_server_that_refuses_is_given_up_at_once(
        self, db: DatabasePartner, engine: FakeEngine, heroku: FakeHeroku
    ) -> None:
        engine.fault = failing("login", DatastoreRefused("permission denied"))
        db.provision()
        db.work()
        assert heroku.paths() == [TOKEN, GIVEN_UP]
        assert db.duties()[-2:] == [("abandon", "done"), ("drop_database", "done")]
        assert engine.logins == {}
        assert db.deprovision().status_code == 410

    @pytest.mark.parametrize("index", [1, 2])
    def test_heroku_may_not_have_read_our_202_yet(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock, index: int
    ) -> None:
        early: list[Answer | Exception | None] = [None, None, None]
        early[index] = said(422, {"id": "invalid_params", "message": "not yet"})
        db.provision()
        heroku.will_answer(early)
        db.work()
        assert db.duties()[-1] == ("hand_over", "waiting")
        clock.advance(seconds=1)
        db.work()
        assert db.duties()[-1] == ("hand_over", "done")
        assert len(engine.logins) == 1

    def test_a_config_that_heroku_never_takes_is_given_up(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock
    ) -> None:
        heroku.config_status = 422
        db.provision()
        for _ in range(61):
            db.work()
            clock.advance(seconds=1)
        db.work()
        assert heroku.paths()[-1] == GIVEN_UP
        assert (db.shown()["state"], engine.logins) == ("deprovisioned", {})

    def test_a_hand_over_that_was_cut_off_is_not_made_twice(
        self, db: DatabasePartner, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        db.provision()
        heroku.will_answer([None, None, PlatformFailed("cut off")])
        db.work()
        heroku.pages[f"/addons/{UUID}/actions/provision"] = (409, {"message": "it is provisioned already"})
        heroku.pages[f"/addons/{UUID}"] = (200, {"state": "provisioned"})
        clock.advance(seconds=1)
        db.work()
        assert db.shown()["state"] == "provisioned"

    def test_a_grant_that_was_refused_ends_the_work_and_heroku_cleans_up(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock
    ) -> None:
        heroku.codes.clear()
        db.provision()
        db.work()
        assert db.duties() == [("exchange_grant", "waiting"), ("create_database", "done"), ("hand_over", "waiting")]
        clock.advance(minutes=6)
        db.work()
        assert db.duties() == [("exchange_grant", "failed"), ("create_database", "done"), ("hand_over", "failed")]
        assert db.deprovision().status_code == 204
        db.work()
        assert engine.logins == {}

    def test_giving_up_that_heroku_does_not_hear_is_said_again(
        self, db: DatabasePartner, engine: FakeEngine, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        engine.fault = failing("create", DatastoreRefused("no"))
        db.provision()
        heroku.will_answer([None, PlatformFailed("away"), said(422, {"message": "not yet"})])
        db.work()
        assert db.shown()["state"] == "provisioning"
        for _ in range(2):
            clock.advance(seconds=2)
            db.work()
        assert db.shown()["state"] == "deprovisioned"

    def test_giving_up_what_heroku_will_not_give_up_ends(
        self, db: DatabasePartner, engine: FakeEngine, heroku: FakeHeroku, clock: FrozenClock
    ) -> None:
        engine.fault = failing("create", DatastoreRefused("no"))
        heroku.pages[f"/addons/{UUID}/actions/deprovision"] = (422, {"message": "only the customer can"})
        db.provision()
        for _ in range(62):
            db.work()
            clock.advance(seconds=1)
        assert db.duties()[-1] == ("abandon", "failed")
        assert "only the customer can" in db.life_cycle()[0]["error"]


class TestDeath:
    """Killed after each step of the making, as the next process finds it."""

    @pytest.mark.parametrize("step", range(18))
    def test_the_next_run_ends_with_one_database_and_one_webhook(
        self, tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku, engine: FakeEngine, step: int
    ) -> None:
        settings = load(DATABASE_ENVIRONMENT, data=tmp_path / "data")
        steps: list[str] = []

        def dying(request: Request) -> Answer:
            count()
            answer = heroku(request)
            count()
            return answer

        def count() -> None:
            steps.append("call")
            if len(steps) == step + 1:
                raise SystemExit  # no act catches it, so that its duty stays as it was

        first = DatabasePartner(create_app(settings, clock, dying, engine))
        first.provision()
        with pytest.raises(SystemExit):
            first.work()
        first.service.close()

        second = DatabasePartner(create_app(settings, clock, heroku, engine))
        heroku.fresh_grant, heroku.basic = {"code": "fresh-1"}, BASIC
        second.service.duties.take_over()
        second.work()
        assert second.shown()["state"] == "provisioned"
        assert heroku.state == "provisioned"
        assert engine.opens(heroku.config["DATABASE_URL"])
        assert len(engine.only()) == 1
        assert len(heroku.around.webhooks) == 1
        second.service.close()
