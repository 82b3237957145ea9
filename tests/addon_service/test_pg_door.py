"""What `heroku pg:*` gets to hear of a database, over a server that is a dictionary (docs/pg-commands.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from addon_service.datastore.base import DatastoreAway, Look

from .around import attachment, log_url
from .customer import AUTH, DatabasePartner
from .fake_data import FakeData
from .fake_engine import FakeEngine
from .heroku import FakeHeroku, FrozenClock
from .partner import AUTH as EXCEPTIONS_AUTH
from .partner import UUID, Partner

QUESTIONS = [
    ("GET", ""),
    ("GET", "/wait_status"),
    ("GET", "/credentials"),
    ("POST", "/credentials"),
    ("GET", "/credentials/default"),
    ("POST", "/credentials/default/credentials_rotation"),
    ("POST", "/credentials_rotation"),
    ("GET", "/config"),
    ("PATCH", "/config"),
    ("POST", "/connection_reset"),
    ("PUT", "/reset"),
    ("GET", "/transfers"),
    ("POST", "/backups"),
    ("GET", "/transfer-schedules"),
    ("POST", "/transfer-schedules"),
]
every_question = pytest.mark.parametrize(("method", "path"), QUESTIONS)


@pytest.fixture
def data(engine: FakeEngine) -> FakeData:
    made = FakeData()
    engine.data = made
    return made


def ask(db: DatabasePartner, method: str, path: str, body: Any = None, auth: tuple[str, str] = AUTH) -> TestResponse:
    return db.client.open(f"/heroku/resources/{UUID}/data{path}", method=method, json=body, auth=auth)


def told(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.get_json()


def name_of(heroku: FakeHeroku) -> str:
    return urlsplit(heroku.config["DATABASE_URL"]).path.strip("/")


class TestEverything:
    @every_question
    def test_wants_the_manifests_credentials(self, db: DatabasePartner, data: FakeData, method: str, path: str) -> None:
        db.ready()
        assert ask(db, method, path, {}, ("database", "wrong")).status_code == 401

    @every_question
    def test_is_404_while_the_database_is_being_made_and_410_when_it_is_gone(
        self, db: DatabasePartner, data: FakeData, method: str, path: str
    ) -> None:
        """404, so that the CLI says "not yet provisioned"; a rotation is refused in its own words."""
        assert ask(db, method, path, {}).status_code == 404
        db.provision()
        assert ask(db, method, path, {}).status_code == (409 if path.endswith("rotation") else 404)
        db.work()
        db.deprovision()
        assert ask(db, method, path, {}).status_code == 410

    @every_question
    def test_is_404_for_another_add_on(self, partner: Partner, method: str, path: str) -> None:
        partner.provision()
        answer = partner.client.open(
            f"/heroku/resources/{UUID}/data{path}", method=method, json={}, auth=EXCEPTIONS_AUTH
        )
        assert (answer.status_code, "is no database" in answer.get_json()["message"]) == (404, True)

    @pytest.mark.parametrize("path", ["", "/credentials", "/credentials/default", "/config"])
    def test_is_404_on_a_server_that_is_no_postgresql(self, db: DatabasePartner, path: str) -> None:
        db.ready()
        assert "for PostgreSQL" in told(ask(db, "GET", path), 404)["message"]

    @pytest.mark.parametrize("path", ["", "/credentials", "/credentials/default"])
    def test_says_so_when_the_server_is_away(self, db: DatabasePartner, data: FakeData, path: str) -> None:
        db.ready()
        data.fault = DatastoreAway("gone fishing")
        assert told(ask(db, "GET", path), 503)["message"] == "gone fishing"

    def test_changes_stand_with_what_heroku_sent_and_questions_do_not(
        self, db: DatabasePartner, data: FakeData
    ) -> None:
        db.ready()
        ask(db, "GET", "/credentials/default")
        ask(db, "PUT", "/reset", {})
        kept = db.client.get(f"/admin/resources/{UUID}/requests", auth=AUTH).get_json()
        assert [(each["method"], each["status"]) for each in kept] == [("PUT", 202), ("POST", 202)]


class TestInfo:
    def test_the_fields_that_the_cli_reads_are_true(
        self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku
    ) -> None:
        db.ready()
        info = told(ask(db, "GET", ""))
        assert info["resource_url"] == heroku.config["DATABASE_URL"]
        shown = {each["name"]: each["values"] for each in info["info"]}
        assert shown == {
            "Plan": ["Basic"],
            "Status": ["Available"],
            "Connections": ["2/5"],
            "PG Version": ["17.2"],
            "Created": ["2026-03-04 05:06 UTC"],
            "Data Size": ["8.0 MB / 50 MB (16.00%) (In compliance)"],
            "Tables": ["3"],
            "Fork/Follow": ["Unsupported"],
            "Rollback": ["Unsupported"],
            "Continuous Protection": ["Off"],
        }
        numbers = [info[each] for each in ("num_bytes", "num_tables", "num_connections", "postgres_version")]
        assert numbers == [8_000_000, 3, 2, "17.2"]
        assert (info["following"], info["waiting?"], info["database_name"]) == (None, False, name_of(heroku))

    def test_a_plan_that_is_full_is_told(self, db: DatabasePartner, data: FakeData) -> None:
        db.ready()
        data.seen = Look("17.2", 50_000_001, 0, {})
        assert "100.00%) (Not in compliance)" in str(told(ask(db, "GET", ""))["info"])

    def test_a_plan_no_longer_sold_has_no_limits_to_show(self, db: DatabasePartner, data: FakeData) -> None:
        db.ready()
        with db.service.store.write() as tx:
            tx.run("UPDATE resources SET plan = 'of-yesterday'")
        shown = {each["name"]: each["values"] for each in told(ask(db, "GET", ""))["info"]}
        assert (shown["Plan"], shown["Connections"], shown["Data Size"]) == (["Of Yesterday"], ["2"], ["8.0 MB"])


class TestCredentials:
    def test_there_is_one_and_the_list_has_no_password(
        self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku
    ) -> None:
        db.ready()
        url = urlsplit(heroku.config["DATABASE_URL"])
        one = told(ask(db, "GET", "/credentials/default"))
        assert one == {
            "name": "default",
            "state": "active",
            "database": name_of(heroku),
            "host": "db.test",
            "port": 5432,
            "credentials": [{"user": url.username, "password": url.password, "state": "active", "connections": 2}],
        }
        listed = ask(db, "GET", "/credentials")
        assert [each["name"] for each in told(listed)] == ["default"]
        assert str(url.password) not in listed.text

    def test_a_rotation_is_the_products_own_and_heroku_gets_the_new_url(
        self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku, engine: FakeEngine, clock: FrozenClock
    ) -> None:
        db.ready()
        old = heroku.config["DATABASE_URL"]
        told(ask(db, "POST", "/credentials/default/credentials_rotation"), 202)
        assert told(ask(db, "GET", "/credentials/default"))["state"] == "rotating", "the new login is being made"
        db.work()
        new = heroku.config["DATABASE_URL"]
        both = told(ask(db, "GET", "/credentials/default"))
        assert both["state"] == "rotating"
        assert [(each["user"], each["state"], each["connections"]) for each in both["credentials"]] == [
            (urlsplit(new).username, "active", 0),
            (urlsplit(old).username, "revoking", 2),
        ]
        assert engine.opens(old) and engine.opens(new)
        clock.advance(seconds=1800)
        db.work()
        assert told(ask(db, "GET", "/credentials/default"))["state"] == "active"
        assert not engine.opens(old)

    def test_a_forced_one_has_no_overlap(
        self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku, engine: FakeEngine
    ) -> None:
        db.ready()
        old = heroku.config["DATABASE_URL"]
        told(ask(db, "POST", "/credentials/default/credentials_rotation", {"forced": True}), 202)
        db.work()
        assert not engine.opens(old)
        assert engine.opens(heroku.config["DATABASE_URL"])
        assert told(ask(db, "GET", "/credentials"))[0]["state"] == "active"

    def test_all_are_the_one(self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku) -> None:
        db.ready()
        old = heroku.config["DATABASE_URL"]
        told(ask(db, "POST", "/credentials_rotation", {}), 202)
        db.work()
        assert heroku.config["DATABASE_URL"] != old

    def test_while_one_is_under_way_no_other_begins(self, db: DatabasePartner, data: FakeData) -> None:
        db.ready()
        told(ask(db, "POST", "/credentials_rotation"), 202)
        assert "under way" in told(ask(db, "POST", "/credentials_rotation"), 409)["message"]

    def test_there_is_no_other(self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku) -> None:
        db.ready()
        for method, path in (("GET", "/credentials/reader"), ("POST", "/credentials/reader/credentials_rotation")):
            assert "'reader'" in told(ask(db, method, path), 404)["message"]
        assert "one credential" in told(ask(db, "POST", "/credentials", {"name": "reader"}), 422)["message"]
        db.work()
        assert [each["state"] for each in db.shown()["credentials"]] == ["current"]


class TestSettings:
    def test_are_listed_and_set(self, db: DatabasePartner, data: FakeData) -> None:
        db.ready()
        assert told(ask(db, "GET", "/config"))["log_lock_waits"] == {"value": False, "values": {}}
        wish = {"log_lock_waits": True, "log_statement": "ddl", "log_min_duration_statement": 250}
        answer = told(ask(db, "PATCH", "/config", wish))
        assert {name: each["value"] for name, each in answer.items()} == wish
        assert answer["log_statement"]["values"] == {"none": "Nothing.", "ddl": "Definitions."}

    @pytest.mark.parametrize(
        ("wish", "words"),
        [
            ({"log_connections": True}, "no setting of a database here; there are log_lock_waits"),
            ({"log_lock_waits": "yes"}, "true or false"),
            ({"log_lock_waits": 1}, "true or false"),
            ({"log_statement": "everything"}, "one of none, ddl"),
            ({"log_statement": ["ddl"]}, "one of none, ddl"),
            ({"log_statement": None}, "one of none, ddl"),
            ({"log_min_duration_statement": "1s"}, "milliseconds"),
            ({"log_min_duration_statement": True}, "milliseconds"),
            ({"log_min_duration_statement": -2}, "milliseconds"),
            ({"log_min_duration_statement": 2**31}, "milliseconds"),
        ],
    )
    def test_what_does_not_fit_is_refused_and_nothing_is_set(
        self, db: DatabasePartner, data: FakeData, wish: dict[str, Any], words: str
    ) -> None:
        db.ready()
        before = dict(data.known)
        answer = ask(db, "PATCH", "/config", {"log_lock_waits": True} | wish)
        assert words in told(answer, 422)["message"]
        assert data.known == before

    def test_where_none_can_be_set_it_says_so(self, db: DatabasePartner, data: FakeData) -> None:
        db.ready()
        data.known = {}
        assert told(ask(db, "GET", "/config")) == {}
        assert "none on this server" in told(ask(db, "PATCH", "/config", {"log_lock_waits": True}), 422)["message"]

    def test_a_change_stands_in_the_apps_log(self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku) -> None:
        heroku.around.attachments = [attachment(url=log_url())]
        db.provision(log_input_url=log_url())
        db.work()
        told(ask(db, "PATCH", "/config", {"log_lock_waits": True}))
        db.work()
        assert any('msg="settings changed" log_lock_waits=true' in line for line in heroku.around.lines())


class TestReset:
    def test_is_a_duty_and_pg_wait_waits_for_it(self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku) -> None:
        db.ready()
        assert told(ask(db, "GET", "/wait_status")) == {"waiting?": False, "error?": False, "message": "available"}
        told(ask(db, "PUT", "/reset", {}), 202)
        assert told(ask(db, "GET", "/wait_status"))["waiting?"] is True
        assert {"name": "Status", "values": ["Resetting"]} in told(ask(db, "GET", ""))["info"]
        assert told(ask(db, "PUT", "/reset", {}), 409)["message"].endswith("a reset is under way")
        db.work()
        assert data.acts == [(name_of(heroku), "reset")]
        assert told(ask(db, "GET", "/wait_status"))["waiting?"] is False

    def test_it_is_tried_again_while_the_server_is_away(
        self, db: DatabasePartner, data: FakeData, clock: FrozenClock
    ) -> None:
        db.ready()
        told(ask(db, "PUT", "/reset"), 202)
        data.fault = DatastoreAway("away")
        db.work()
        data.fault = None
        clock.advance(seconds=1)
        db.work()
        assert [act for _, act in data.acts] == ["reset"]

    def test_extensions_are_the_customers_to_make(self, db: DatabasePartner, data: FakeData) -> None:
        db.ready()
        assert "CREATE EXTENSION" in told(ask(db, "PUT", "/reset", {"extensions": ["hstore"]}), 422)["message"]
        db.work()
        assert data.acts == []

    def test_a_database_that_goes_meanwhile_is_not_made_again(
        self, db: DatabasePartner, data: FakeData, heroku: FakeHeroku
    ) -> None:
        db.ready()
        told(ask(db, "PUT", "/reset"), 202)
        db.deprovision()
        db.work()
        assert data.acts == []


def test_all_sessions_are_ended(db: DatabasePartner, data: FakeData, heroku: FakeHeroku) -> None:
    db.ready()
    told(ask(db, "POST", "/connection_reset"))
    assert data.acts == [(name_of(heroku), "sessions ended")]


def test_there_are_no_backups_and_none_can_be_made(db: DatabasePartner, data: FakeData) -> None:
    db.ready()
    assert told(ask(db, "GET", "/transfers")) == told(ask(db, "GET", "/transfer-schedules")) == []
    for path in ("/backups", "/transfer-schedules"):
        assert "makes no backups" in told(ask(db, "POST", path, {}), 422)["message"]


def test_the_readme_of_the_project_tells_every_question() -> None:
    page = (Path(__file__).parents[2] / "docs" / "pg-commands.md").read_text()
    for method, path in QUESTIONS:
        asked = path.replace("default", "NAME")
        both = f"`GET` and `POST {asked}`"
        assert f"`{method} {asked}`" in page or both in page or (method == "GET" and not path and "`GET`" in page), path
