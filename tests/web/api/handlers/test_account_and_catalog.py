"""The caller's account and tokens, the marketplace, regions and stacks."""

from typing import Any

import pytest

from platform_sim.core.actions.plans import set_plans
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import AddonService
from platform_sim.core.model.catalog import PlanSpec

from .... import support
from ...world import Populated, World


def test_ones_own_account(world: World) -> None:
    mine = world.get("/account")
    assert (mine["email"], mine["id"]) == ("user@example.com", world.customer.account.id)
    for name in ("~", mine["email"], mine["id"]):
        assert world.get(f"/users/{name}") == mine
    for name in ("stranger@example.com", world.stranger.account.id, "User@example.com"):
        answer = world.call("GET", f"/users/{name}")
        assert (answer.error, answer.json["resource"]) == ((404, "not_found"), "user")


def test_the_rate_limit_costs_nothing(world: World) -> None:
    for _ in range(3):
        answer = world.call("GET", "/account/rate-limits")
        assert (answer.json, answer.headers["RateLimit-Remaining"]) == ({"remaining": 4500}, "4500")
    world.call("GET", "/account")
    assert world.get("/account/rate-limits") == {"remaining": 4499}


def grant(full: Populated) -> str:
    with full.world.database.transaction() as tx:
        app = support.new_app(tx, full.world.customer, "third")
        addon = support.new_addon(tx, full.world.customer, app)
        found = tx.find(Authorization, addon_id=addon.id)
    assert found is not None
    assert found.grant_code is not None
    return found.grant_code


def test_tokens_by_the_apis_own_endpoint(full: Populated) -> None:
    """What stands behind the id host (partner-api §3.1); open, since the code and the secret are the credentials."""
    body = {
        "client": {"secret": "exceptions-client-secret"},
        "grant": {"code": grant(full), "type": "authorization_code"},
        "refresh_token": {},
    }
    made = full.world.call("POST", "/oauth/tokens", body, token=None)
    assert made.status_code == 201
    tokens = made.json
    assert tokens["access_token"]["expires_in"] == 28800
    assert full.world.call("GET", "/addons", token=tokens["access_token"]["token"]).status_code == 200
    again = full.world.call("POST", "/oauth/tokens", body, token=None)
    assert again.error == (401, "unauthorized")
    refresh = {
        "client": body["client"],
        "grant": {"type": "refresh_token"},
        "refresh_token": {"token": tokens["refresh_token"]["token"]},
    }
    renewed = full.world.call("POST", "/oauth/tokens", refresh, token=None)
    assert renewed.status_code == 201
    assert renewed.json["access_token"]["token"] != tokens["access_token"]["token"]


BAD_TOKENS: list[tuple[Any, int]] = [
    ({}, 422),
    ({"grant": {}, "client": {}}, 422),
    ({"grant": {"code": "x"}}, 401),
    ({"grant": {"code": "x"}, "client": {"secret": "y"}}, 401),
    ({"grant": {"type": "refresh_token"}, "client": {"secret": "y"}}, 401),
    ({"refresh_token": {"token": "x"}, "client": {"secret": "y"}}, 401),
    ({"grant": "x"}, 422),
    ({"client": {"secret": 5}}, 422),
]


@pytest.mark.parametrize(("body", "status"), BAD_TOKENS, ids=str)
def test_bad_exchanges(body: Any, status: int, full: Populated) -> None:
    with full.world.nothing_written():
        assert full.world.call("POST", "/oauth/tokens", body, token=None).status_code == status


def test_a_secret_of_another_service_spends_nothing(full: Populated) -> None:
    code = grant(full)
    with full.world.database.transaction() as tx:
        support.new_service(tx, "other")
    body = {"client": {"secret": "other-client-secret"}, "grant": {"code": code}}
    with full.world.nothing_written():
        assert full.world.call("POST", "/oauth/tokens", body, token=None).error == (401, "unauthorized")


def test_services_and_plans_by_their_names(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        (service,) = tx.all(AddonService)
        set_plans(tx, service, [PlanSpec("test"), PlanSpec("basic", 500)])
    shown = full.world.get("/addon-services/exceptions")
    assert full.world.get("/addon-services") == [shown]
    assert full.world.get(f"/addon-services/{shown['id']}") == shown
    plans = {plan["name"]: plan for plan in full.world.get("/addon-services/exceptions/plans")}
    assert set(plans) == {"exceptions:test", "exceptions:basic"}
    basic = plans["exceptions:basic"]
    for path in (
        "/plans/exceptions:basic",
        f"/plans/{basic['id']}",
        "/addon-services/exceptions/plans/basic",
        "/addon-services/exceptions/plans/exceptions:basic",
        f"/addon-services/exceptions/plans/{basic['id']}",
    ):
        assert full.world.get(path) == basic, path
    assert full.world.get("/plans/exceptions") == plans["exceptions:test"]


def test_a_plan_of_another_service_is_not_found(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        support.new_service(tx, "other")
    other = full.world.get("/plans/other:test")
    for name in (other["id"], "other:test", "gold", "exceptions:gold", ":", ":test"):
        answer = full.world.call("GET", f"/addon-services/exceptions/plans/{name}")
        assert (answer.error, answer.json.get("resource")) == ((404, "not_found"), "plan"), name


def test_regions_and_stacks(world: World) -> None:
    regions = world.get("/regions")
    assert [region["name"] for region in regions][:2] == ["us", "eu"]
    assert [world.get(f"/regions/{region['id']}") for region in regions] == regions
    stacks = world.get("/stacks")
    assert [stack["name"] for stack in stacks if stack["default"]] == ["heroku-24"]
    assert [world.get(f"/stacks/{stack['name']}") for stack in stacks] == stacks
    world.call("POST", "/apps", {"name": "acme"})
    assert world.get("/apps/acme/available-stacks") == stacks
    for path in ("/regions/US", "/regions/moon", "/stacks/cedar"):
        assert world.call("GET", path).error == (404, "not_found")


def test_dyno_sizes_are_found_in_any_case(full: Populated) -> None:
    sizes = full.world.get("/dyno-sizes")
    assert [size["name"] for size in sizes[:3]] == ["Eco", "Basic", "Standard-1X"]
    assert full.world.get("/apps/acme/available-dyno-sizes") == sizes
    for identity in ("standard-2x", "Standard-2X", sizes[3]["id"]):
        assert full.world.get(f"/dyno-sizes/{identity}") == sizes[3]
    changed = full.world.call("PATCH", "/apps/acme/formation/web", {"size": "performance-l-ram"})
    assert changed.json["size"] == "Performance-L-RAM"


def test_region_capabilities_are_the_regions_of_manifests(full: Populated) -> None:
    world = full.world
    with world.database.transaction() as tx:
        second = support.new_service(tx, "second")
        manifest = support.new_manifest("second")
        manifest["api"]["regions"] = ["*"]
        tx.update(second, manifest=manifest)
    everything = world.get("/addon-region-capabilities")

    def regions(found: list[Any], service: str) -> list[str]:
        return [each["region"]["name"] for each in found if each["addon_service"]["name"] == service]

    assert regions(everything, "exceptions") == ["us", "eu"]
    assert len(regions(everything, "second")) == len(world.get("/regions"))
    of_one = world.get("/addon-services/exceptions/region-capabilities")
    assert of_one == [each for each in everything if each["addon_service"]["name"] == "exceptions"]
    assert regions(world.get("/regions/tokyo/addon-region-capabilities"), "exceptions") == []
    assert regions(world.get("/regions/eu/addon-region-capabilities"), "exceptions") == ["eu"]
    assert len({each["id"] for each in everything}) == len(everything)
    assert world.get("/addon-region-capabilities") == everything, "ids stay"
