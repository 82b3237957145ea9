"""The host for data, as `heroku pg:*` asks it: the question goes to the partner by a job, the answer comes back."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.actions.catalog import register_manifest
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction
from platform_sim.web.api.rows_data import DATA

from .... import support
from ...world import Act, new_world, playing

PASSED_ON = [
    ("GET", "/client/v11/databases/{db}", ""),
    ("GET", "/client/v11/databases/{db}/wait_status", "/wait_status"),
    ("POST", "/client/v11/databases/{db}/connection_reset", "/connection_reset"),
    ("PUT", "/client/v11/databases/{db}/reset", "/reset"),
    ("POST", "/client/v11/databases/{db}/backups", "/backups"),
    ("GET", "/client/v11/databases/{db}/transfer-schedules", "/transfer-schedules"),
    ("POST", "/client/v11/databases/{db}/transfer-schedules", "/transfer-schedules"),
    ("GET", "/postgres/v0/databases/{db}/credentials", "/credentials"),
    ("POST", "/postgres/v0/databases/{db}/credentials", "/credentials"),
    ("POST", "/postgres/v0/databases/{db}/credentials_rotation", "/credentials_rotation"),
    ("GET", "/postgres/v0/databases/{db}/credentials/a%2Fb%20c", "/credentials/a%2Fb%20c"),
    (
        "POST",
        "/postgres/v0/databases/{db}/credentials/default/credentials_rotation",
        "/credentials/default/credentials_rotation",
    ),
    ("GET", "/postgres/v0/databases/{db}/config", "/config"),
    ("PATCH", "/postgres/v0/databases/{db}/config", "/config"),
]


class Data:
    """A world with one add-on whose partner answers data calls with what `says` holds."""

    def __init__(self, folder: Path, patience: float = 30.0) -> None:
        self.world = new_world(folder, customer_patience=patience)
        self.asked: list[dict[str, Any]] = []
        self.status, self.failed = 200, False
        self.body: Any = {"name": "db"}
        with self.world.database.transaction() as tx:
            manifest = support.new_manifest("heroku-postgresql", "URL", requires=["many_per_app"])
            manifest["api"]["data_api"] = True
            register_manifest(tx, self.world.customer.account, manifest)
            support.new_service(tx)
            app = support.new_app(tx, self.world.customer, "acme")
            self.addon = support.new_addon(tx, self.world.customer, app, "heroku-postgresql")
            self.other = support.new_addon(tx, self.world.customer, app)

    def act(self, tx: Transaction, job: Job) -> None:
        """What the engine does with the row."""
        self.asked.append(job.payload)
        told = {"message": self.body} if self.failed else {"body": self.body}
        jobs.finish(tx, job, {"status": self.status, **told}, failed=self.failed)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        act: Act = self.act
        with playing(self.world, data_call=act):
            return self.world.call(method, path.format(db=self.addon.id), body, **more)

    def jobs(self) -> list[Job]:
        with self.world.database.snapshot() as rows:
            return rows.all(Job, kind="data_call")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Data]:
    made = Data(tmp_path)
    yield made
    made.world.database.close()


def test_every_row_with_a_handler_is_in_this_test() -> None:
    handled = {key for key, spec in DATA.items() if "handler" in spec} - {("GET", "/client/v11/apps/{app}/transfers")}
    named = {(m, p.format(db="{database}").replace("a%2Fb%20c", "{credential}")) for m, p, _ in PASSED_ON}
    assert {(m, p.replace("/default/", "/{credential}/")) for m, p in named} == handled


@pytest.mark.parametrize(("method", "path", "asked"), PASSED_ON)
def test_a_link_is_passed_on_and_answered_with_what_the_partner_said(
    data: Data, method: str, path: str, asked: str
) -> None:
    data.status = 202
    sent = None if method == "GET" else {"any": ["thing"]}
    answer = data.call(method, path, sent)
    assert (answer.status_code, answer.json) == (202, {"name": "db"})
    assert data.asked == [{"addon_id": data.addon.id, "method": method, "path": asked, "body": sent}]
    assert data.jobs() == [], "the answer may hold credentials: it is not kept"


@pytest.mark.parametrize("name", [".", "..", "%2e%2e"])
def test_a_name_leads_nowhere_else_at_the_partner(data: Data, name: str) -> None:
    with data.world.nothing_written():
        path = f"/postgres/v0/databases/{data.addon.id}/credentials/{name}/credentials_rotation"
        assert data.world.call("POST", path, {}).error == (404, "not_found")


def test_an_add_on_is_named_by_name_too_and_basic_is_as_good_as_bearer(data: Data) -> None:
    """`pg:credentials:url` names it so, and sends the token as a password (heroku-cli §2)."""
    basic = base64.b64encode(f":{data.world.token}".encode()).decode()
    path = f"/postgres/v0/databases/{data.addon.name}/credentials/default"
    answer = data.call("GET", path, token=None, headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200
    assert data.asked[0]["addon_id"] == data.addon.id


@pytest.mark.parametrize(("method", "path", "asked"), PASSED_ON)
def test_an_add_on_that_is_not_heroku_postgres_says_so(data: Data, method: str, path: str, asked: str) -> None:
    with data.world.nothing_written():
        answer = data.world.call(method, path.format(db=data.other.id), None if method == "GET" else {})
    assert answer.error == (422, "invalid_params")
    assert f"{data.other.name} is not Heroku Postgres" in answer.json["message"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, (404, "not_found")),
        (410, (404, "not_found")),
        (409, (409, "conflict")),
        (422, (422, "invalid_params")),
        (403, (422, "invalid_params")),
        (503, (503, "service_unavailable")),
    ],
)
def test_a_no_of_the_partner_is_an_error_with_its_words(data: Data, status: int, error: tuple[int, str]) -> None:
    data.status, data.body, data.failed = status, "There are no backups.", True
    answer = data.call("POST", "/client/v11/databases/{db}/backups", {})
    assert answer.error == error
    assert answer.json["message"] == "There are no backups."
    assert data.jobs() == []


def test_patience_has_an_end(tmp_path: Path) -> None:
    data = Data(tmp_path, patience=0.0)
    answer = data.world.call("GET", f"/client/v11/databases/{data.addon.id}")
    assert answer.error == (503, "service_unavailable")
    assert [job.state for job in data.jobs()] == ["todo"]
    data.world.database.close()


def test_transfers_of_an_app_are_those_of_its_databases(data: Data) -> None:
    data.body = [{"num": 1}]
    with data.world.database.transaction() as tx:
        again = support.new_addon(tx, data.world.customer, tx.get(App, data.addon.app_id), "heroku-postgresql")
    answer = data.call("GET", "/client/v11/apps/acme/transfers")
    assert (answer.status_code, answer.json) == (200, [{"num": 1}, {"num": 1}])
    assert {each["addon_id"] for each in data.asked} == {data.addon.id, again.id}


def test_an_app_without_a_database_has_no_list_of_backups(data: Data) -> None:
    with data.world.database.transaction() as tx:
        support.new_app(tx, data.world.customer, "empty")
    answer = data.world.call("GET", "/client/v11/apps/empty/transfers")
    assert answer.error == (404, "not_found")
    assert "empty has no Heroku Postgres database" in answer.json["message"]


def test_a_list_that_is_none_is_the_partners_fault(data: Data) -> None:
    assert data.call("GET", "/client/v11/apps/acme/transfers").error == (503, "service_unavailable")


def test_a_narrow_token_does_not_read_credentials(data: Data) -> None:
    wish = {"description": "narrow", "scope": ["read"]}
    token = data.world.call("POST", "/oauth/authorizations", wish).json["access_token"]["token"]
    for path in ("/client/v11/databases/{db}", "/postgres/v0/databases/{db}/credentials"):
        assert data.world.call("GET", path.format(db=data.addon.id), token=token).error == (403, "forbidden")
