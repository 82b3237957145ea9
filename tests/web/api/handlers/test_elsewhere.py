"""What cannot be here: empty lists, things not found, refusals in words (heroku-cli §14)."""

import pytest

from ...world import Populated, World


@pytest.mark.parametrize("path", ["/enterprise-accounts", "/account/credits", "/account/invoices"])
def test_nobody_has_any(world: World, path: str) -> None:
    assert world.get(path) == []


def test_a_space_is_not_found(world: World) -> None:
    answer = world.call("GET", "/spaces/myspace")
    assert answer.json == {"id": "not_found", "message": "Couldn't find that space.", "resource": "space"}


def test_telemetry_drains_are_for_fir(full: Populated) -> None:
    world = full.world
    assert world.get("/apps/acme/telemetry-drains") == []
    exporter = {"endpoint": "https://x.example.com", "headers": {}, "type": "otlphttp"}
    body = {"owner": {"id": full.app.id, "type": "app"}, "signals": ["logs"], "exporter": exporter}
    with world.nothing_written():
        refused = world.call("POST", "/telemetry-drains", body)
        assert refused.error == (422, "invalid_params")
        assert "acme is of Cedar" in refused.json["message"]
        assert world.call("POST", "/telemetry-drains", {}).error == (422, "invalid_params")
        assert world.call("POST", "/telemetry-drains", body, token=world.strangers_token).json["resource"] == "app"
        space = world.call("POST", "/telemetry-drains", body | {"owner": {"id": "x", "type": "space"}})
        assert space.json["resource"] == "space"
        for method in ("GET", "PATCH", "DELETE"):
            assert world.call(method, "/telemetry-drains/x", {}).error == (404, "not_found")


def test_the_one_generation(full: Populated) -> None:
    world = full.world
    (cedar,) = world.get("/generations")
    assert cedar["name"] == "cedar"
    for identity in ("cedar", cedar["id"], "heroku-24"):
        assert world.get(f"/generations/{identity}") == cedar
    assert world.call("GET", "/generations/fir").error == (404, "not_found")
    assert world.get("/teams/crew/available-generations") == [cedar]


def test_no_plan_has_a_meter(full: Populated) -> None:
    """`heroku usage:addons` then says that there is no usage."""
    world = full.world
    assert world.get("/apps/acme/usage") == {"addons": []}
    assert world.get("/teams/crew/usage") == {"apps": []}
    assert world.get("/teams/crew/apps/crew-app/usage") == {"addons": []}
    assert world.call("GET", "/teams/crew/apps/acme/usage").json["resource"] == "app"
    for path in ("/apps/acme/usage", "/teams/crew/usage"):
        assert world.call("GET", path, token=world.strangers_token).error == (404, "not_found")
