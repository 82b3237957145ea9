"""sample_app/database, and what web, worker and release phase do with it, on real servers."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pymysql
import pytest
from flask.testing import FlaskClient

import sample_app
from platform_sim.loopback import free_port
from sample_app import driver_mysql, driver_postgres, release, worker
from sample_app.database import QUERY, Notes
from sample_app.resource import Config, ResourceFailed, fingerprint, read_config
from sample_app.web import create_app

from .databases import PASSWORD, Database

JSON = {"Accept": "application/json"}


def config(url: str | None) -> Config:
    return Config(None, "web.1", None, "127.0.0.1", 0, 2, database_url=url)


def client(url: str | None) -> FlaskClient:
    return create_app(config(url)).test_client()


def failure(notes: Notes) -> ResourceFailed:
    """How reading fails; without the credential in it."""
    with pytest.raises(ResourceFailed) as caught:
        notes.latest()
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


@pytest.mark.processes
class TestOnAServer:
    def test_what_is_written_can_be_read_newest_first(self, there: Database) -> None:
        notes = Notes(there.url)
        notes.create()
        notes.create()
        ids = [notes.add("web.1", text) for text in ("one", "zwei ☃", "'; DROP TABLE notes; --")]
        rows = notes.latest(2)
        assert [list(row) for row in rows] == [["id", "author", "text", "written_at"]] * 2
        assert [(row["id"], row["text"]) for row in rows] == [(ids[2], "'; DROP TABLE notes; --"), (ids[1], "zwei ☃")]
        notes.forget(ids[1])
        assert [row["id"] for row in notes.latest()] == [ids[2]]

    def test_before_the_table_is_there_it_is_missing(self, there: Database) -> None:
        assert failure(Notes(there.url)).kind == "missing"
        said: list[str] = []
        release.prepare(there.url, said.append)
        assert Notes(there.url).latest() == []
        assert said == [f"release: DATABASE_URL is set (fingerprint {fingerprint(there.url)}), the table is there"]

    def test_a_credential_that_was_rolled_is_retired_and_the_new_one_works(self, there: Database) -> None:
        old = Notes(there.url)
        old.create()
        old.add("web.1", "before")
        new = Notes(there.rotated())
        assert [row["text"] for row in new.latest()] == ["before"]
        old.add("web.1", "during the overlap")
        there.retire()
        assert failure(old).kind == "retired"
        assert len(new.latest()) == 2

    def test_more_connections_than_the_plan_has_is_full(self, there: Database) -> None:
        notes = Notes(there.url)
        notes.create()
        there.engine.limit(there.name, 1)
        driver: Any = driver_mysql if there.url.startswith("mysql") else driver_postgres
        held = driver.connect(there.url, 3)
        try:
            assert failure(notes).kind == "full"
        finally:
            held.close()

    def test_the_page_runs_the_query_and_its_form_inserts_a_row(self, there: Database) -> None:
        app = client(there.url)
        assert "not usable now (missing)" in app.get("/").text
        release.prepare(there.url, print)
        assert "No rows yet" in app.get("/").text
        answer = app.post("/notes", data={"text": " <b>bold</b> "})
        assert (answer.status_code, answer.location.partition("=")[0]) == (303, "/?row")
        page = app.get(answer.location).text
        assert QUERY in page
        assert "<td>&lt;b&gt;bold&lt;/b&gt;</td>" in page
        assert f"Wrote row <code>{answer.location.partition('=')[2]}</code>" in page
        assert PASSWORD not in page

    def test_status_tells_state_rows_and_fingerprint(self, there: Database) -> None:
        release.prepare(there.url, print)
        app = client(there.url)
        assert app.post("/notes", json={"text": "m"}, headers=JSON).status_code == 201
        answer = app.get("/status.json")
        status: Any = answer.json
        assert status["addons"]["database"] == {"state": "ok"}
        assert status["database_fingerprint"] == fingerprint(there.url)
        assert [(row["author"], row["text"]) for row in status["last_rows"]] == [("web.1", "m")]
        assert PASSWORD not in answer.text
        there.rotated()
        there.retire()
        status = app.get("/status.json").json
        assert (status["addons"]["database"]["state"], status["last_rows"]) == ("retired", [])
        answer = app.post("/notes", json={"text": "m"}, headers=JSON)
        assert (answer.status_code, "restart" in answer.text) == (503, True)

    def test_the_worker_writes_rows_and_old_ones_go(self, there: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(worker, "KEPT_ROWS", 2)
        release.prepare(there.url, print)
        said: list[str] = []
        turns = iter([False, False, False, True])
        worker.run(config(there.url), lambda seconds: next(turns), said.append)
        assert [row["text"] for row in Notes(there.url).latest()] == ["row 4 of web.1", "row 3 of web.1"]
        assert said[1].startswith("worker wrote row ")
        assert said[-1] == "worker stops; heartbeats written: 0; rows: 4"


def test_without_a_database_the_page_names_the_command() -> None:
    page = client(None).get("/", headers={"Host": "acme.localhost"}).text
    assert "heroku addons:create database -a acme" in page
    assert 'action="/notes"' not in page
    answer = client(None).post("/notes", data={"text": "m"}, headers=JSON)
    assert (answer.status_code, "addons:create database" in answer.text) == (409, True)


def test_an_empty_row_is_refused_before_the_database_is_asked() -> None:
    answer = client("postgres://u:p@127.0.0.1:9/d").post("/notes", data={"text": " "}, headers=JSON)
    assert (answer.status_code, answer.get_json()["id"]) == (400, "empty")


@pytest.mark.parametrize("scheme", ["postgres", "mysql"])
def test_a_server_that_is_not_there_is_away(scheme: str) -> None:
    url = f"{scheme}://u:{PASSWORD}@127.0.0.1:{free_port()}/d"
    assert failure(Notes(url)).kind == "away"
    said: list[str] = []
    release.prepare(url, said.append)
    assert said == ["release: The database cannot be reached; it may be back in a moment. The release goes on."]
    turns = iter([False, True])
    worker.run(config(url), lambda seconds: next(turns), said.append)
    assert said[2:] == [
        "worker waits: The database cannot be reached; it may be back in a moment.",
        "worker stops; heartbeats written: 0; rows: 0",
    ]


@pytest.mark.parametrize(
    "url", ["http://u:pw-5f1c@h/", "no url", "mysql://u:pw-5f1c@h:port/d", "postgres://u:pw-5f1c@h:port/d"]
)
def test_what_is_no_database_url_is_said(url: str) -> None:
    assert failure(Notes(url)).kind in ("odd", "away")


def test_a_missing_driver_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name="psycopg")

    monkeypatch.setattr("sample_app.database.importlib.import_module", missing)
    assert "lacks the driver psycopg" in str(failure(Notes("postgres://h/d")))


def test_an_error_of_the_statement_is_odd() -> None:
    for refused in (1045, 1698):  # for a user who is gone MariaDB says either, by chance
        assert driver_mysql.kind(pymysql.OperationalError(refused, "Access denied")) == "retired"
    assert driver_mysql.kind(pymysql.ProgrammingError(1064, "syntax")) == "odd"
    assert driver_mysql.kind(pymysql.MySQLError()) == "odd"


def test_the_variable_has_two_names() -> None:
    both = {"DATABASE_URL": "postgres://a", "MYSQL_URL": "mysql://b"}
    assert read_config(both).database_url == "postgres://a"
    assert read_config({"MYSQL_URL": "mysql://b"}).database_url == "mysql://b"
    assert read_config({"DATABASE_URL": ""}).database_url is None


def test_no_driver_is_imported_before_it_is_needed() -> None:
    home = Path(importlib.import_module("sample_app").__file__ or sample_app.__path__[0]).parent
    code = "import sys, web, worker, release; sys.exit(bool({'psycopg', 'pymysql'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=home, check=False).returncode == 0
