"""A promotion as `heroku pipelines:promote` makes and follows it (heroku-cli §15)."""

from typing import Any

from platform_sim.core.actions.releases import finish_release_phase
from platform_sim.core.model.apps import Release

from .... import support
from ...world import NOWHERE, Populated


def ids(full: Populated) -> dict[str, str]:
    return {app["name"]: app["id"] for app in full.world.get("/apps")} | {
        "flow": full.world.get("/pipelines/flow")["id"]
    }


def body(full: Populated, *targets: str, source: str = "acme") -> dict[str, Any]:
    known = ids(full)
    return {
        "pipeline": {"id": known["flow"]},
        "source": {"app": {"id": known[source]}},
        "targets": [{"app": {"id": known[name]}} for name in targets],
    }


def test_a_promotion_is_pending_until_the_release_command_has_ended(full: Populated) -> None:
    world = full.world
    with world.database.transaction() as tx:
        given = support.deploy(tx, world.customer, full.app, web="serve", release="migrate")
        finish_release_phase(tx, given, succeeded=True)
    made = world.call("POST", "/pipeline-promotions", body(full, "live"))
    assert (made.status_code, made.json["status"]) == (201, "pending")
    assert made.json["source"] == {"app": {"id": full.app.id}, "release": {"id": given.id}}
    path = f"/pipeline-promotions/{made.json['id']}"
    [target] = world.get(f"{path}/promotion-targets")
    assert (target["status"], target["app"]) == ("pending", {"id": ids(full)["live"]})
    release = world.get(f"/apps/{target['app']['id']}/releases/{target['release']['id']}")
    assert release["description"] == f"Promote acme v{given.version} 409cdef5"
    assert release["output_stream_url"] is not None
    with world.database.transaction() as tx:
        finish_release_phase(tx, tx.get(Release, release["id"]), succeeded=False)
    [target] = world.get(f"{path}/promotion-targets")
    assert target["status"] == "failed"
    assert "release command" in target["error_message"]
    assert world.get(path)["status"] == "completed"


def test_refusals_leave_everything_as_it_was(full: Populated) -> None:
    world = full.world
    good = body(full, "live")
    unknown = [{"app": {"id": NOWHERE}}]
    for wrong, status in (
        (good | {"targets": []}, 422),
        (good | {"targets": [{}]}, 422),
        (good | {"source": {}}, 422),
        (good | {"targets": unknown}, 404),
        (good | {"pipeline": {"id": NOWHERE}}, 404),
        (good | {"source": {"app": good["source"]["app"], "release": {"id": NOWHERE}}}, 404),
        (body(full, "other"), 422),
        (body(full, "acme"), 422),
    ):
        with world.nothing_written():
            assert world.call("POST", "/pipeline-promotions", wrong).status_code == status, wrong


def test_a_stranger_finds_no_promotion(full: Populated) -> None:
    for path in (
        "/pipeline-promotions/{pipeline-promotion}",
        "/pipeline-promotions/{pipeline-promotion.id}/promotion-targets",
    ):
        answer = full.world.call("GET", full.path(path), token=full.world.strangers_token)
        assert (answer.status_code, answer.json["resource"]) == (404, "pipeline_promotion")
