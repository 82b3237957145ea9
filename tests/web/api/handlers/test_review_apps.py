"""Review apps over the API, as the CLI asks for them (heroku-cli §15: reviewapps:enable, §16: reviewapps:create)."""

from typing import Any

import pytest

from ...world import Populated

ACCEPT = {"Accept": "application/vnd.heroku+json; version=3.review-apps"}
BLOB = {"url": "http://localhost/x.tgz", "version": None}


@pytest.fixture
def flow(full: Populated) -> str:
    """The id of a pipeline without review apps."""
    return str(full.world.call("POST", "/pipelines", {"name": "second"}).json["id"])


def test_they_are_enabled_changed_and_disabled_as_the_cli_does_it(full: Populated, flow: str) -> None:
    world, path = full.world, f"/pipelines/{flow}/review-app-config"
    assert world.call("GET", path).json["resource"] == "review_app_config"
    made = world.call("POST", path, {"pipeline": flow}, headers=ACCEPT)
    assert made.status_code == 201
    shown = made.json
    assert isinstance(shown.pop("repo")["id"], int)
    assert shown == {
        "automatic_review_apps": False,
        "base_name": None,
        "deploy_target": None,
        "destroy_stale_apps": False,
        "pipeline_id": flow,
        "stale_days": 5,
        "wait_for_ci": False,
    }
    changes = {"automatic_review_apps": True, "deploy_target": {"id": "eu", "type": "region"}}
    changed = world.call("PATCH", path, {"pipeline": flow, **changes}, headers=ACCEPT)
    assert changed.json == made.json | changes == world.get(path)
    assert world.call("PATCH", path, {"deploy_target": None}).json["deploy_target"] is None
    gone = world.call("DELETE", path, {"pipeline": flow}, headers=ACCEPT)
    assert (gone.status_code, gone.json["automatic_review_apps"]) == (200, True)
    for method in ("GET", "PATCH", "DELETE"):
        assert world.call(method, path, {}).error == (404, "not_found")


def test_one_is_made_watched_and_deleted(full: Populated) -> None:
    world = full.world
    body = {"branch": "topic", "pipeline": full.paths["pipeline.id"], "source_blob": BLOB, "pr_number": 24}
    made = world.call("POST", "/review-apps", body | {"environment": {"A": "b", "C": None}}, headers=ACCEPT)
    assert made.status_code == 201
    shown = made.json
    assert (shown["status"], shown["branch"], shown["pr_number"]) == ("pending", "topic", 24)
    assert (shown["error_status"], shown["message"], shown["fork_repo"]) == (None, None, None)
    app = world.get(f"/apps/{shown['app']['id']}")
    assert app["name"].startswith("flow-topic-")
    assert world.get(f"/apps/{app['name']}/review-app", headers=ACCEPT) == shown
    assert world.get(f"/review-apps/{shown['id']}") == shown
    assert shown in world.get("/pipelines/flow/review-apps")
    assert world.get(f"/app-setups/{shown['app_setup']['id']}")["app"]["name"] == app["name"]
    assert world.get(f"/apps/{app['name']}/pipeline-couplings")["stage"] == "review"
    gone = world.call("DELETE", f"/review-apps/{shown['id']}")
    assert (gone.status_code, gone.json["status"]) == (200, "deleting")


def test_the_clis_way_to_a_branch_says_that_there_is_no_github(full: Populated) -> None:
    world, flow = full.world, full.paths["pipeline.id"]
    for path in (f"/pipelines/{flow}/repo", f"/pipelines/{flow}/repo/branches/topic"):
        answer = world.call("GET", path, headers={"Accept": "application/vnd.heroku+json; version=3.repositories-api"})
        assert answer.error == (501, "not_simulated")
        assert "Asks GitHub, and there is none here" in answer.json["message"]
    body = {"branch": "topic", "pipeline": flow, "source_blob": {"url": "resolve", "version": None}}
    with world.nothing_written():
        refused = world.call("POST", "/review-apps", body)
    assert refused.error == (501, "not_simulated")
    assert "no GitHub" in refused.json["message"]


@pytest.mark.parametrize(
    "wish",
    [{"source_blob": {}}, {"pr_number": "x"}, {"environment": {"A": 1}}, {"environment": {"HEROKU_A": "x"}}],
)
def test_what_cannot_be_is_refused_and_makes_no_app(full: Populated, wish: Any) -> None:
    body = {"branch": "topic", "pipeline": "flow", "source_blob": BLOB} | wish
    with full.world.nothing_written():
        assert full.world.call("POST", "/review-apps", body).error == (422, "invalid_params")


LINKS = [
    ("GET", "/pipelines/{pipeline.id}/review-app-config"),
    ("POST", "/pipelines/{pipeline.id}/review-app-config"),
    ("PATCH", "/pipelines/{pipeline.id}/review-app-config"),
    ("DELETE", "/pipelines/{pipeline.id}/review-app-config"),
    ("GET", "/pipelines/{pipeline.id}/review-apps"),
    ("POST", "/review-apps"),
    ("GET", "/review-apps/{review-app.id}"),
    ("DELETE", "/review-apps/{review-app.id}"),
    ("GET", "/apps/{app}/review-app"),
]


@pytest.mark.parametrize(("method", "path"), LINKS)
def test_they_are_for_customers_who_see_the_pipeline(full: Populated, method: str, path: str) -> None:
    full.lets_in_customers_only(method, full.path(path))
    body = {"branch": "topic", "pipeline": "flow", "source_blob": BLOB}
    with full.world.nothing_written():
        answer = full.world.call(method, full.path(path), body, token=full.world.strangers_token)
    assert answer.error == (404, "not_found")


@pytest.mark.parametrize(("method", "path"), [link for link in LINKS if link[0] != "GET"])
def test_who_only_has_an_app_in_it_changes_nothing(full: Populated, method: str, path: str) -> None:
    world = full.world
    assert world.call("POST", "/apps/acme/collaborators", {"user": "stranger@example.com"}).status_code == 201
    body = {"branch": "topic", "pipeline": "flow", "source_blob": BLOB}
    with world.nothing_written():
        answer = world.call(method, full.path(path), body, token=world.strangers_token)
    assert answer.error == (403, "forbidden")
