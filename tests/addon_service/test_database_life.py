"""A database that is there: its credentials roll, its plan changes, it ends."""

from __future__ import annotations

from addon_service.datastore.base import DatastoreAway, DatastoreRefused

from .customer import DatabasePartner
from .fake_engine import FakeEngine, failing
from .heroku import FakeHeroku, FrozenClock


class TestRotation:
    def test_the_new_login_is_there_before_heroku_hears_of_it(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        db.ready()
        old = heroku.config["DATABASE_URL"]
        assert db.rotate().status_code == 202
        assert heroku.config["DATABASE_URL"] == old

        def looks() -> None:
            assert len(engine.only()) == 2

        heroku.next = [looks]
        db.work()
        new = heroku.config["DATABASE_URL"]
        assert new != old
        assert engine.opens(old), "for the overlap"
        assert engine.opens(new)
        assert [item["state"] for item in db.shown()["credentials"]] == ["current", "retiring"]

    def test_while_one_is_under_way_no_other_begins(self, db: DatabasePartner, engine: FakeEngine) -> None:
        db.ready()
        engine.fault = failing("login", DatastoreAway("later"))
        assert [db.rotate().status_code, db.rotate().status_code] == [202, 409]
        db.work()
        assert db.rotate().status_code == 409

    def test_until_the_new_login_is_made_the_old_one_is_handed_out(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        db.ready()
        engine.fault = failing("login", DatastoreAway("later"))
        db.rotate()
        db.work()
        assert db.change_plan("basic").get_json()["config"] == heroku.config

    def test_several_rotations_leave_one_login(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock
    ) -> None:
        db.ready()
        for _ in range(3):
            db.rotate()
            db.work()
        assert sorted(engine.only()) == [1, 2, 3, 4]
        clock.advance(hours=1)
        db.work()
        assert list(engine.only()) == [4]

    def test_before_it_is_there_nothing_is_rotated(self, db: DatabasePartner) -> None:
        db.provision()
        assert db.rotate().status_code == 409

    def test_a_server_that_is_away_keeps_the_old_login_alive_no_longer_than_it_must(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock
    ) -> None:
        db.ready()
        old = heroku.config["DATABASE_URL"]
        db.rotate()
        db.work()
        engine.fault = failing("retire", DatastoreAway("later"))
        clock.advance(hours=1)
        db.work()
        assert [item["state"] for item in db.shown()["credentials"]] == ["current", "retiring"]
        engine.fault = None
        clock.advance(seconds=1)
        db.work()
        assert not engine.opens(old)


class TestPlans:
    def test_a_larger_plan_gives_more_connections(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        db.ready()
        answer = db.change_plan("premium")
        assert (answer.status_code, answer.get_json()["config"]) == (200, heroku.config)
        db.work()
        assert [connections for _, connections in engine.only().values()] == [10]

    def test_a_plan_that_cannot_hold_what_is_stored_is_refused(self, db: DatabasePartner, engine: FakeEngine) -> None:
        db.ready()
        engine.bytes = 10_000_001
        answer = db.change_plan("test")
        assert (answer.status_code, "10.0 of 10 MB" in answer.get_json()["message"]) == (422, True)
        assert db.shown()["plan"] == "basic"
        engine.bytes = 10_000_000
        assert db.change_plan("test").status_code == 200
        assert (db.shown()["stored"], db.shown()["limit"]) == (10_000_000, 10_000_000)

    def test_while_it_cannot_be_measured_nothing_is_promised(self, db: DatabasePartner, engine: FakeEngine) -> None:
        db.ready()
        engine.fault = failing("use", DatastoreAway("gone fishing"))
        assert (db.change_plan("test").status_code, db.change_plan("basic").status_code) == (503, 200)
        assert db.shown()["plan"] == "basic"

    def test_before_it_is_there_the_plan_stays(self, db: DatabasePartner) -> None:
        db.provision()
        assert (db.change_plan("premium").status_code, db.shown()["plan"]) == (422, "basic")

    def test_while_heroku_is_told_that_it_is_there_the_plan_can_change(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        """Heroku has taken the report, its customer is quick, and we have not yet read the answer."""
        db.provision()
        said: list[int] = []

        def asks() -> None:
            if heroku.calls[-1][1].endswith("/actions/provision"):
                said.append(db.change_plan("premium").status_code)
            else:
                heroku.next = [asks]

        heroku.next = [asks]
        db.work()
        assert said == [200]
        assert db.shown()["state"] == "provisioned"
        assert [connections for _, connections in engine.only().values()] == [10]

    def test_a_plan_no_longer_sold_has_the_fewest_connections(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        db.provision()
        with db.service.store.write() as tx:
            tx.run("UPDATE resources SET plan = 'of-yesterday'")
        db.work()
        assert [connections for _, connections in engine.only().values()] == [2]


def test_the_old_login_ends_after_the_overlap_of_the_product(
    db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock
) -> None:
    db.ready()
    old = heroku.config["DATABASE_URL"]
    assert db.rotate().get_json()["overlap_seconds"] == 1800
    db.work()
    clock.advance(seconds=1799)
    db.work()
    assert engine.opens(old)
    clock.advance(seconds=1)
    db.work()
    assert not engine.opens(old)
    assert engine.opens(heroku.config["DATABASE_URL"])
    assert [item["state"] for item in db.shown()["credentials"]] == ["current", "retired"]


class TestDeprovision:
    def test_204_and_the_database_goes_then_410(self, db: DatabasePartner, engine: FakeEngine) -> None:
        db.ready()
        assert len(db.shown()["on_server"]) == 2
        assert db.deprovision().status_code == 204
        db.work()
        assert (engine.logins, db.shown()["on_server"]) == ({}, [])
        assert [db.deprovision().status_code, db.provision().status_code] == [410, 410]
        assert [db.change_plan("basic").status_code, db.rotate().status_code] == [410, 410]
        with db.service.store.read() as tx:
            assert tx.count("SELECT count(*) FROM databases WHERE dropped = 0") == 0
            assert tx.count("SELECT count(*) FROM credentials WHERE sealed IS NOT NULL") == 0

    def test_what_is_under_way_is_dropped_with_it(
        self, db: DatabasePartner, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        db.provision()
        db.deprovision()
        db.work()
        assert (engine.acts, heroku.calls) == (["drop"], [])
        engine.fault = failing("traces", DatastoreAway("away"))
        assert db.shown()["on_server"] is None

    def test_a_delete_in_the_middle_of_the_making_leaves_nothing(self, db: DatabasePartner, engine: FakeEngine) -> None:
        db.provision()

        def deprovisioned(what: str) -> None:
            engine.fault = None
            assert db.deprovision().status_code == 204

        engine.fault = deprovisioned
        db.work()
        assert engine.logins == {}
        assert ("create_database", "cancelled") in db.duties()

    def test_a_server_that_is_away_is_reminded(
        self, db: DatabasePartner, engine: FakeEngine, clock: FrozenClock
    ) -> None:
        db.ready()
        engine.fault = failing("drop", DatastoreRefused("in use"))
        assert db.deprovision().status_code == 204
        db.work()
        assert len(engine.logins) == 1
        engine.fault = None
        clock.advance(seconds=1)
        db.work()
        assert engine.logins == {}
