"""App setups over the API (platform-api: POST /app-setups)."""

from typing import Any

import pytest

from platform_sim.core.model.apps import App
from platform_sim.core.model.setups import AppSetup

from ...world import NOWHERE, Populated, World

BLOB = {"url": "http://localhost/x.tgz", "checksum": None, "version": "v1.3.0"}


def test_the_app_is_there_at_once_and_the_rest_follows(full: Populated) -> None:
    made = full.world.call("POST", "/app-setups", {"source_blob": BLOB})
    assert made.status_code == 202
    shown = made.json
    assert (shown["status"], shown["build"], shown["postdeploy"], shown["failure_message"]) == (
        "pending",
        None,
        None,
        None,
    )
    assert full.world.get(f"/apps/{shown['app']['name']}")["id"] == shown["app"]["id"]
    assert full.world.get(f"/app-setups/{shown['id']}") == shown


def test_the_wishes_reach_the_rows(full: Populated) -> None:
    body = {
        "source_blob": BLOB,
        "app": {
            "name": "sharp",
            "region": {"name": "eu"},
            "stack": "heroku-22",
            "organization": "crew",
            "locked": True,
        },
        "overrides": {"env": {"A": "b"}, "buildpacks": [{"url": "heroku/python"}]},
    }
    made = full.world.call("POST", "/app-setups", body).json
    with full.world.database.snapshot() as rows:
        setup, app = rows.get(AppSetup, made["id"]), rows.get(App, made["app"]["id"])
    assert (app.name, app.region, app.stack, app.locked) == ("sharp", "eu", "heroku-22", True)
    assert full.world.get("/apps/sharp")["team"]["name"] == "crew"
    assert setup.overrides == {"env": {"A": "b"}, "buildpacks": ["heroku/python"], "stack": "heroku-22"}
    assert (setup.source_url, setup.source_version) == (BLOB["url"], "v1.3.0")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, (422, "invalid_params")),
        ({"source_blob": {}}, (422, "invalid_params")),
        ({"source_blob": BLOB, "app": {"name": "acme"}}, (422, "invalid_params")),
        ({"source_blob": BLOB, "app": {"stack": "cedar"}}, (422, "invalid_params")),
        ({"source_blob": BLOB, "app": {"space": "mine"}}, (501, "not_simulated")),
        ({"source_blob": BLOB, "app": {"organization": "nobody"}}, (404, "not_found")),
        ({"source_blob": BLOB, "overrides": {"env": {"A": 1}}}, (422, "invalid_params")),
        ({"source_blob": BLOB, "overrides": {"buildpacks": [{"url": "nonsense"}]}}, (422, "invalid_params")),
    ],
)
def test_what_cannot_be_is_refused_and_makes_no_app(full: Populated, body: Any, error: tuple[int, str]) -> None:
    with full.world.nothing_written():
        assert full.world.call("POST", "/app-setups", body).error == error


def test_it_is_nobody_elses(full: Populated, world: World) -> None:
    path = full.path("/app-setups/{app-setup}")
    full.lets_in_customers_only("GET", path)
    full.lets_in_customers_only("POST", "/app-setups")
    assert world.call("GET", path, token=world.strangers_token).error == (404, "not_found")
    assert world.call("GET", f"/app-setups/{NOWHERE}").json["resource"] == "app_setup"
