"""Pipelines over the API, as the CLI and partners use them (heroku-cli §15, partner-api §4.1)."""

from typing import Any

import pytest

from .... import support
from ...world import NOWHERE, Populated


def test_a_pipeline_is_made_as_the_cli_does_it(full: Populated) -> None:
    world = full.world
    me = world.get("/users/~")
    body = {"generation": {"name": "cedar"}, "name": "second", "owner": {"id": me["id"], "type": "user"}}
    made = world.call("POST", "/pipelines", body)
    assert (made.status_code, made.json["owner"]) == (201, {"id": me["id"], "type": "user"})
    coupled = world.call(
        "POST", "/pipeline-couplings", {"app": "other", "pipeline": made.json["id"], "stage": "staging"}
    )
    assert (coupled.status_code, coupled.json["pipeline"]) == (201, {"id": made.json["id"], "name": "second"})
    assert world.get("/apps/other/pipeline-couplings") == coupled.json
    moved = world.call("PATCH", f"/pipeline-couplings/{coupled.json['id']}", {"stage": "production"})
    assert moved.json["stage"] == "production"
    assert world.call("DELETE", f"/pipeline-couplings/{coupled.json['id']}").json == moved.json
    assert world.call("GET", "/apps/other/pipeline-couplings").json["resource"] == "pipeline_coupling"


def test_a_name_is_looked_up_in_the_list(full: Populated) -> None:
    world = full.world
    world.call("POST", "/pipelines", {"name": "second"})
    assert [p["name"] for p in world.get("/pipelines")] == ["flow", "second"]
    for query in ("?eq[name]=second", "?eq%5Bname%5D=second"):
        assert [p["name"] for p in world.get("/pipelines" + query)] == ["second"]
    assert world.get("/pipelines?eq[name]=nothing") == []


def test_a_pipeline_is_renamed_given_away_and_ended(full: Populated) -> None:
    world, flow = full.world, full.world.get("/pipelines/flow")
    assert world.call("PATCH", f"/pipelines/{flow['id']}", {"name": "stream"}).json["name"] == "stream"
    with world.nothing_written():
        team = {"pipeline": {"id": flow["id"]}, "new_owner": {"id": NOWHERE, "type": "team"}}
        assert world.call("POST", "/pipeline-transfers", team).json["resource"] == "team"
    to = {"id": world.stranger.account.id, "type": "user"}
    given = world.call("POST", "/pipeline-transfers", {"pipeline": {"id": flow["id"]}, "new_owner": to})
    assert given.status_code == 201
    assert given.json == {"pipeline": {"id": flow["id"]}, "previous_owner": flow["owner"], "new_owner": to}
    assert world.call("DELETE", f"/pipelines/{flow['id']}").error == (403, "forbidden")
    gone = world.call("DELETE", f"/pipelines/{flow['id']}", {"name": "stream"}, token=world.strangers_token)
    assert (gone.status_code, gone.json["owner"]) == (200, to)
    assert world.get("/pipelines") == []


@pytest.mark.parametrize(
    "path",
    [
        "/pipelines",
        "/pipelines/flow",
        "/pipeline-couplings",
        "/apps/acme/pipeline-couplings",
        "/pipelines/flow/pipeline-couplings",
    ],
)
def test_a_partner_reads_of_its_apps_what_the_customer_reads(full: Populated, path: str) -> None:
    def of_acme(body: Any) -> Any:
        return [each for each in body if each.get("app", {}).get("id") in (None, full.app.id)]

    own, all_of_it = (full.world.get(path, token=token) for token in (full.partner, ""))
    assert own == (of_acme(all_of_it) if isinstance(all_of_it, list) else all_of_it)
    assert own != []


def test_a_partner_reads_no_vars_and_no_promotions(full: Populated) -> None:
    for path in ("/pipelines/flow/stage/review/config-vars", "/pipelines/flow/latest-builds"):
        assert full.world.call("GET", path, token=full.partner).error == (403, "forbidden")
    path = full.path("/pipeline-promotions/{pipeline-promotion}")
    assert full.world.call("GET", path, token=full.partner).error == (403, "forbidden")


def test_vars_of_a_stage(full: Populated) -> None:
    world, path = full.world, "/pipelines/flow/stage/test/config-vars"
    assert world.get(path) == {}
    assert world.call("PATCH", path, {"A": "1", "B": None}).json == {"A": "1"}
    assert world.get(path) == {"A": "1"}
    with world.nothing_written():
        assert world.call("PATCH", path, {"A": 1}).error == (422, "invalid_params")
        assert world.call("GET", "/pipelines/flow/stage/nowhere/config-vars").json["resource"] == "pipeline_stage"


def test_what_its_apps_did_last(full: Populated) -> None:
    world = full.world
    with world.database.transaction() as tx:
        newest = support.deploy(tx, world.customer, full.app, "cccccccc03")
    world.call("PATCH", "/apps/acme/config-vars", {"A": "1"})
    [build] = world.get("/pipelines/flow/latest-builds")
    assert build["release"] == {"id": newest.id}
    deployed = {d["app"]["name"]: d for d in world.get("/pipelines/flow/latest-deployments")}
    assert deployed["acme"]["id"] == newest.id
    assert deployed["live"]["description"].startswith("Promote acme v")
    released = {r["app"]["name"]: r for r in world.get("/pipelines/flow/latest-releases")}
    assert (released["acme"]["version"], released["acme"]["current"]) == (newest.version + 1, True)


def test_the_stack_is_that_of_the_app_furthest_downstream(full: Populated) -> None:
    world, path = full.world, "/pipelines/flow/pipeline-stack"
    assert world.get(path)["stack"]["name"] == "heroku-24"
    world.call("PATCH", "/apps/live", {"build_stack": "heroku-22"})
    assert world.get(path)["stack"]["name"] == "heroku-22"
    world.call("POST", "/pipelines", {"name": "bare"})
    assert world.get("/pipelines/bare/pipeline-stack")["stack"]["name"] == "heroku-24"


def test_lists_answer_only_for_apps_that_have_something(full: Populated) -> None:
    world = full.world
    world.call("POST", "/pipelines", {"name": "bare"})
    world.call("POST", "/pipeline-couplings", {"app": "other", "pipeline": "bare", "stage": "staging"})
    assert world.get("/pipelines/bare/latest-builds") == world.get("/pipelines/bare/latest-deployments") == []
    assert len(world.get("/pipelines/bare/latest-releases")) == 1
