"""The host for data over three real parties: a customer, the platform, and the reference partner with a PostgreSQL."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from addon_service.settings import load
from platform_sim.assemble import Platform
from platform_sim.demo.scene import NotSold, Scene

from ..addon_service.datastore.client import is_refused, rows
from .customer import SECONDS, Customer
from .waiting import wait_until

pytestmark = pytest.mark.processes


@dataclass
class Database:
    """An add-on on the app `acme`."""

    customer: Customer
    scene: Scene
    addon: dict[str, Any]

    @property
    def url(self) -> str:
        """What the app has."""
        return str(self.customer.api("GET", "/apps/acme/config-vars")["DATABASE_URL"])

    def client(self, method: str, path: str = "", body: Any = None) -> Any:
        """A call of `pg:info` and its kind."""
        return self.customer.api(method, f"/client/v11/databases/{self.addon['id']}{path}", body)

    def postgres(self, method: str, path: str, body: Any = None) -> Any:
        """A call of `pg:credentials` and its kind."""
        return self.customer.api(method, f"/postgres/v0/databases/{self.addon['name']}{path}", body)

    def heard(self) -> str:
        """All that the partner has kept of what it was asked, and all that it has printed."""
        auth = ("heroku-postgresql", self.scene.secrets["ADDON_DATABASE_PASSWORD"])
        url = f"{self.scene.partner_url}/admin/resources/{self.addon['id']}/requests"
        assert self.scene.partner is not None
        return self.scene.talk.session.get(url, auth=auth, timeout=SECONDS).text + self.scene.partner.output.read_text()


@pytest.fixture
def database(platform: Platform, customer: Customer, tmp_path: Path) -> Iterator[Database]:
    """With the embedded server, or the one of TEST_POSTGRES_URL; skipped where there is neither."""
    settings = {
        "ADDON_DATABASE_SLUG": "heroku-postgresql",
        "DATABASE_ADMIN_URL": os.environ.get("TEST_POSTGRES_URL", ""),
    }
    with Scene(platform.url, platform.token, tmp_path / "scene", partner=settings) as scene:
        scene.start_partner()
        try:
            scene.register("database")
        except NotSold as reason:
            pytest.skip(f"no PostgreSQL: {reason}")
        sold = {
            each["name"].partition(":")[2] for each in customer.api("GET", "/addon-services/heroku-postgresql/plans")
        }
        assert sold == set(load({"ADDON_DATABASE_SLUG": "heroku-postgresql"}).database_plans)
        customer.api("POST", "/apps", {"name": "acme"})
        addon = customer.api("POST", "/apps/acme/addons", {"plan": "heroku-postgresql:essential-0"})
        own = f"/addons/{addon['id']}"
        early = customer.ask("GET", f"/client/v11/databases/{addon['id']}")
        assert early.status_code in (200, 404), "not yet provisioned, or quickly made"
        wait_until("provisioned", lambda: customer.api("GET", own)["state"] == "provisioned")

        def at_the_partner(what: str) -> Any:
            auth = ("heroku-postgresql", scene.secrets["ADDON_DATABASE_PASSWORD"])
            url = f"{scene.partner_url}/admin/resources/{addon['id']}"
            return scene.talk.session.get(url, auth=auth, timeout=SECONDS).json()[what]

        wait_until("the partner has heard the answer", lambda: at_the_partner("state") == "provisioned")
        yield Database(customer, scene, addon)
        customer.api("DELETE", f"/apps/acme{own}")
        wait_until("dropped", lambda: at_the_partner("on_server") == [])


def shown(info: Any) -> dict[str, str]:
    return {each["name"]: ", ".join(each["values"]) for each in info["info"]}


def test_pg_commands_from_end_to_end(database: Database) -> None:
    """Real numbers, real credentials, a real rotation that the app hears of; and no customer's token at the partner."""
    first = urlsplit(database.url)
    assert (first.scheme, database.client("GET", "/wait_status")["waiting?"]) == ("postgres", False)
    if not os.environ.get("TEST_POSTGRES_URL"):
        assert first.hostname == "localhost", "elsewhere the CLI's psql insists on TLS"
    rows(first.geturl(), "CREATE TABLE notes (text TEXT)")
    info = database.client("GET")
    assert info["resource_url"] == first.geturl()
    assert info["num_tables"] == 1
    facts = shown(info)
    assert (facts["Plan"], facts["Status"], facts["Tables"]) == ("Essential 0", "Available", "1")
    assert facts["PG Version"] == rows(first.geturl(), "SHOW server_version")[0][0].split()[0]

    [listed] = database.postgres("GET", "/credentials")
    assert (listed["name"], listed["state"]) == ("default", "active")
    active = database.postgres("GET", "/credentials/default")["credentials"][0]
    assert (active["user"], active["password"]) == (first.username, first.password)
    database.postgres("POST", "/credentials/default/credentials_rotation")
    wait_until("the app has another URL", lambda: database.url != first.geturl())
    assert rows(database.url, "SELECT * FROM notes") == rows(first.geturl(), "SELECT * FROM notes") == []
    both = database.postgres("GET", "/credentials/default")
    assert [each["state"] for each in both["credentials"]] == ["active", "revoking"]
    second = database.url
    database.postgres("POST", "/credentials_rotation", {"forced": True})
    wait_until("the app has a third URL", lambda: database.url != second)
    wait_until("the second is refused at once", lambda: is_refused(second))

    if database.postgres("GET", "/config"):
        database.postgres("PATCH", "/config", {"log_lock_waits": True})
        assert rows(database.url, "SHOW log_lock_waits") == [("on",)]
    database.client("PUT", "/reset", {})
    wait_until("the reset is over", lambda: not database.client("GET", "/wait_status")["waiting?"])
    assert database.client("GET")["num_tables"] == 0
    assert database.customer.api("GET", "/client/v11/apps/acme/transfers") == []
    refused = database.customer.ask("POST", f"/client/v11/databases/{database.addon['id']}/backups")
    assert (refused.status_code, "no backups" in refused.json()["message"]) == (422, True)

    heard = database.heard()
    assert "credentials_rotation" in heard, "this is where it would stand"
    assert database.customer.token not in heard
    exchanges = str(database.customer.api("GET", "/sim/exchanges"))
    assert "/data/credentials/default" in exchanges
    assert str(active["password"]) not in exchanges
    assert str(urlsplit(database.url).password) not in exchanges
