"""Two add-ons in one process: each with its own credentials, salt, page and duties."""

from __future__ import annotations

import pytest

from addon_service.datastore.base import DatastoreAway
from addon_service.manifest import manifest
from addon_service.service import DATABASE_ADDRESS_FILE

from .customer import AUTH, DATABASE_ORDER, SALT, DatabasePartner
from .fake_engine import FakeEngine, failing
from .heroku import FakeHeroku
from .partner import AUTH as EXCEPTIONS_AUTH
from .partner import OTHER, UUID
from .test_sso import form


def logged_in(db: DatabasePartner) -> str:
    """The text of the page behind a login."""
    answer = db.client.post("/heroku/sso", data=form(salt=SALT))
    assert answer.status_code == 302, answer.text
    return db.client.get(answer.headers["Location"]).text


@pytest.mark.parametrize("auth", [("exceptions", AUTH[1]), ("database", EXCEPTIONS_AUTH[1]), ("database", "")])
def test_the_password_of_the_one_does_not_open_the_other(db: DatabasePartner, auth: tuple[str, str]) -> None:
    assert db.client.post("/heroku/resources", json=DATABASE_ORDER, auth=auth).status_code == 401


def test_an_instance_belongs_to_one_of_them(db: DatabasePartner) -> None:
    db.ready()
    for method, body in (("POST", DATABASE_ORDER), ("PUT", {"plan": "basic"}), ("DELETE", {})):
        path = "/heroku/resources" + (f"/{UUID}" if method != "POST" else "")
        assert db.client.open(path, method=method, json=body, auth=EXCEPTIONS_AUTH).status_code == 404
    assert db.client.get("/admin/resources", auth=EXCEPTIONS_AUTH).get_json() == []
    assert db.shown()["state"] == "provisioned"


def test_both_are_provisioned_side_by_side(db: DatabasePartner, heroku: FakeHeroku) -> None:
    db.ready()
    order = {**DATABASE_ORDER, "uuid": OTHER, "oauth_grant": None}
    answer = db.client.post("/heroku/resources", json=order, auth=EXCEPTIONS_AUTH)
    assert (answer.status_code, list(answer.get_json()["config"])) == (200, ["EXCEPTIONS_URL"])
    token = answer.get_json()["config"]["EXCEPTIONS_URL"].rpartition("/")[2]
    assert db.client.get(f"/accounts/{token}").status_code == 200
    secret = heroku.config["DATABASE_URL"].partition("@")[0].rpartition(":")[2]
    assert db.client.get(f"/accounts/{secret}").status_code == 401, "a database's password is no account"


def test_each_has_a_manifest_of_its_own(db: DatabasePartner) -> None:
    made = manifest(db.service.database.identity, "http://x", ("us",), [])
    assert (made["id"], made["api"]["password"], made["api"]["sso_salt"]) == (*AUTH, SALT)
    assert (made["api"]["config_vars_prefix"], made["api"]["config_vars"]) == ("DATABASE", ["DATABASE_URL"])


def test_a_login_is_signed_with_the_salt_of_its_product(db: DatabasePartner) -> None:
    db.ready()
    assert db.client.post("/heroku/sso", data=form()).status_code == 404
    assert db.client.post("/heroku/sso", data=form(salt=SALT)).status_code == 302


def test_the_public_page_shows_both(db: DatabasePartner) -> None:
    text = db.client.get("/").text
    assert "heroku addons:create exceptions:test" in text
    assert "heroku addons:create database:test" in text
    assert "50 MB, 5 connections" in text


class TestDashboard:
    def test_it_shows_plan_size_connections_and_the_url_without_its_password(
        self, db: DatabasePartner, heroku: FakeHeroku
    ) -> None:
        db.ready()
        text = logged_in(db)
        for words in ("basic: 50 MB", "8.0 of 50 MB stored", "3 open", "a dictionary", "Rotate credentials"):
            assert words in text, words
        url = heroku.config["DATABASE_URL"]
        user, secret = url.removeprefix("postgres://").partition("@")[0].split(":")
        assert f"{user}:••••••@db.test:5432" in text
        assert secret not in text
        assert "POST /heroku/resources" in text

    def test_without_the_server_it_says_what_was_known(self, db: DatabasePartner, engine: FakeEngine) -> None:
        db.ready()
        logged_in(db)
        engine.fault = failing("use", DatastoreAway("gone fishing"))
        text = db.client.get(f"/dashboard/{UUID}").text
        assert "Cannot be looked at now: gone fishing" in text
        assert "8.0 of 50 MB stored when last looked at" in " ".join(text.split())

    def test_while_it_is_being_made_there_is_nothing_to_rotate(self, db: DatabasePartner) -> None:
        db.provision()
        text = logged_in(db)
        assert "is being made" in text
        assert "Rotate credentials" not in text

    def test_the_button_rotates(self, db: DatabasePartner, heroku: FakeHeroku) -> None:
        db.ready()
        csrf = logged_in(db).partition('name="csrf" value="')[2].partition('"')[0]
        before = heroku.config["DATABASE_URL"]
        answer = db.client.post(f"/dashboard/{UUID}/rotate", data={"csrf": csrf})
        assert "on its way" in db.client.get(answer.headers["Location"]).text
        assert db.client.post(f"/dashboard/{UUID}/rotate", data={"csrf": csrf}).status_code == 409
        db.work()
        assert heroku.config["DATABASE_URL"] != before


class TestStart:
    def test_the_server_is_started_when_there_are_databases(self, db: DatabasePartner, engine: FakeEngine) -> None:
        db.service.start_datastore()
        assert engine.acts == []
        db.provision()
        db.service.start_datastore()
        assert engine.acts == ["start"]

    def test_a_server_at_another_address_is_told_to_heroku(
        self, db: DatabasePartner, engine: FakeEngine, heroku: FakeHeroku
    ) -> None:
        db.ready()
        db.service.start_datastore()
        db.work()
        told = heroku.paths().count(f"PATCH /addons/{UUID}/config")
        db.service.start_datastore()
        db.work()
        assert heroku.paths().count(f"PATCH /addons/{UUID}/config") == told, "the same address again is no news"
        engine.address = "db.test:6000"
        db.service.start_datastore()
        db.work()
        assert "@db.test:6000/" in heroku.config["DATABASE_URL"]
        assert db.service.folder.read(DATABASE_ADDRESS_FILE) == "db.test:6000"

    def test_a_server_that_does_not_start_stops_nothing_else(
        self, db: DatabasePartner, engine: FakeEngine, caplog: pytest.LogCaptureFixture
    ) -> None:
        db.ready()
        engine.fault = failing("start", DatastoreAway("gone fishing"))
        db.service.start_datastore()
        assert "gone fishing" in caplog.text
        assert db.client.get("/").status_code == 200

    def test_an_absent_server_is_said(
        self, db: DatabasePartner, engine: FakeEngine, caplog: pytest.LogCaptureFixture
    ) -> None:
        engine.absent = "no wheel"
        db.service.start_datastore()
        assert "database is not available: no wheel" in caplog.text
