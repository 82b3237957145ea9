"""The operator's paths about services and plans."""

from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.model.addons import AddonService, Plan
from platform_sim.core.model.records import Event

from .. import support
from .world import NOWHERE, Populated, new_world

SERVICE = "/sim/services/exceptions"
PATHS = [
    ("GET", "/sim/services"),
    ("GET", SERVICE),
    ("PUT", SERVICE),
    ("PUT", f"{SERVICE}/plans/test"),
    ("GET", f"{SERVICE}/client-secret"),
    ("POST", f"{SERVICE}/client-secret"),
    ("GET", f"{SERVICE}/manifests"),
    ("POST", f"{SERVICE}/manifests/differences"),
    ("GET", f"{SERVICE}/manifests/{NOWHERE}"),
]
SECRETS = ("partner-password", "partner-salt", "exceptions-client-secret")


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_only_customers_operate(method: str, path: str, full: Populated) -> None:
    full.lets_in_customers_only(method, path)


def test_a_service_as_its_operator_sees_it(full: Populated) -> None:
    with full.world.database.snapshot() as rows:
        service = rows.find(AddonService, name="exceptions")
        plan = rows.find(Plan, name="test")
    assert service is not None
    assert plan is not None
    shown = full.world.get(SERVICE)
    assert shown == {
        "abilities": [],
        "addons": 1,
        "calls": {"base_url": "http://localhost:5200/r", "sso_url": "http://localhost:5200/sso"},
        "cli_plugin_name": None,
        "created_at": "2026-03-01T12:00:00Z",
        "human_name": "Exceptions",
        "id": service.id,
        "local": None,
        "name": "exceptions",
        "owner": "user@example.com",
        "plans": [
            {
                "actions": [],
                "cents": 0,
                "default": True,
                "description": "Exceptions, plan test",
                "human_name": "Test",
                "id": plan.id,
                "name": "test",
                "offered": "All Users",
                "passes": [],
                "state": "public",
            }
        ],
        "state": "alpha",
        "updated_at": "2026-03-01T12:00:00Z",
    }
    assert full.world.get("/sim/services") == [shown]
    assert full.world.get(f"/sim/services/{service.id}") == shown


def test_add_ons_that_are_gone_do_not_count(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        support.end_addon(
            tx,
            full.world.customer,
            support.new_addon(tx, full.world.customer, support.new_app(tx, full.world.customer)),
        )
    assert full.world.get(SERVICE)["addons"] == 1


def test_in_a_strict_market_alpha_is_for_the_invited(tmp_path: Path) -> None:
    world = new_world(tmp_path, strict_marketplace=True)
    with world.database.transaction() as tx:
        support.new_service(tx)
    assert world.get("/addon-services") == []
    world.call("PUT", f"{SERVICE}/plans/test", {"passes": ["user@example.com"]})
    assert [each["name"] for each in world.get("/addon-services")] == ["exceptions"]
    assert world.get("/addon-services", token=world.strangers_token) == []
    assert world.get("/addon-services/exceptions/plans", token=world.strangers_token) == []
    world.database.close()


def test_an_operator_sees_plans_that_customers_do_not(full: Populated) -> None:
    plans = [{"name": "test"}, {"name": "dear", "cents": 9}, {"name": "cheap", "cents": 5, "state": "hidden"}]
    full.world.call("PUT", SERVICE, {"plans": plans})
    assert [plan["name"] for plan in full.world.get(SERVICE)["plans"]] == ["test", "cheap", "dear"]
    listed = full.world.get("/addon-services/exceptions/plans")
    assert [plan["name"] for plan in listed] == ["exceptions:test", "exceptions:dear"]
    assert full.world.get("/plans/exceptions:cheap")["visible"] is False


def test_where_the_partner_is_called_can_be_moved_and_moved_back(full: Populated) -> None:
    moved = full.world.call("PUT", SERVICE, {"local": "http://localhost:5999"}).json
    assert moved["local"] == "http://localhost:5999"
    assert moved["calls"] == {"base_url": "http://localhost:5999/r", "sso_url": "http://localhost:5999/sso"}
    assert full.world.get(full.path("/apps/{app}/addons/{add-on}/sso"))["action"] == "http://localhost:5999/sso"
    page = full.world.call("GET", full.path("/sso/apps/{app}/addons/{add-on}"), headers={"Host": "localhost:5100"})
    assert 'action="http://localhost:5999/sso"' in page.text
    back = full.world.call("PUT", SERVICE, {"local": ""}).json
    assert (back["local"], back["calls"]["base_url"]) == (None, "http://localhost:5200/r")


@pytest.mark.parametrize("state", ["beta", "ga", "shutdown"])
def test_the_stage_is_shown_to_everybody(state: str, full: Populated) -> None:
    assert full.world.call("PUT", SERVICE, {"state": state}).json["state"] == state
    assert full.world.get("/addon-services/exceptions")["state"] == state


def test_one_plan_is_changed_by_what_is_said(full: Populated) -> None:
    full.world.call("PUT", SERVICE, {"plans": [{"name": "test"}, {"name": "pro", "cents": 900}]})
    change = {"human_name": "Trial", "state": "invite-only", "passes": ["Ann@example.com"]}
    changed = full.world.call("PUT", f"{SERVICE}/plans/pro", change)
    assert changed.status_code == 200
    assert changed.json | {"id": ""} == {
        "actions": [],
        "cents": 900,
        "default": False,
        "description": "Exceptions, plan pro",
        "human_name": "Trial",
        "id": "",
        "name": "pro",
        "offered": "Invite Only",
        "passes": ["ann@example.com"],
        "state": "invite-only",
    }
    refused = full.world.call("POST", "/apps/other/addons", {"plan": "exceptions:pro"})
    assert refused.error == (422, "invalid_params")
    assert "no plan pass" in refused.json["message"]
    assert full.world.call("PUT", f"{SERVICE}/plans/pro", {"default": True}).json["default"] is True
    assert full.world.get("/addon-services/exceptions/plans")[0]["default"] is False


BAD_PLANS: list[tuple[str, Any, int]] = [
    ("%00", {}, 422),
    ("a%20b", {}, 422),
    ("x" * 200, {}, 422),
    ("new", {"cents": -5}, 422),
    ("test", {"name": "other"}, 422),
    ("test", {"cents": "5"}, 422),
    ("test", {"price": 5}, 422),
    ("test", {"state": "open"}, 422),
]


@pytest.mark.parametrize(("plan", "body", "status"), BAD_PLANS)
def test_nonsense_of_a_plan(plan: str, body: Any, status: int, full: Populated) -> None:
    with full.world.nothing_written():
        assert full.world.call("PUT", f"{SERVICE}/plans/{plan}", body).status_code == status
        assert full.world.call("PUT", "/sim/services/nothing/plans/test", {}).error == (404, "not_found")


def test_a_plan_that_there_is_not_is_made_and_takes_nobodys_place(full: Populated) -> None:
    made = full.world.call("PUT", f"{SERVICE}/plans/pro", {"cents": 900})
    assert (made.status_code, made.json["name"], made.json["default"]) == (201, "pro", False)
    assert full.world.call("PUT", f"{SERVICE}/plans/pro", {}).status_code == 200
    assert [(p["name"], p["default"]) for p in full.world.get(SERVICE)["plans"]] == [("test", True), ("pro", False)]


def test_differences_are_shown_without_secrets(full: Populated) -> None:
    path = f"{SERVICE}/manifests/differences"
    same = full.world.get("/api/v3/addons/exceptions/current_manifest")["contents"]
    assert full.world.call("POST", path, {"contents": same | {"$base": 1}}).json == []
    same["api"] |= {"password": "changed-password", "regions": ["us"]}
    lines = full.world.call("POST", path, {"contents": same}).json
    assert lines[:2] == ["--- stored", "+++ given"]
    assert '-    "password": "[hidden]",' in lines
    assert '+    "password": "[hidden, another one]",' in lines
    assert '-      "eu"' in lines
    assert not any(secret in str(lines) for secret in ("changed-password", *SECRETS))
    with full.world.nothing_written():
        for body in ({}, {"contents": 5}, {"contents": None}):
            assert full.world.call("POST", path, body).error == (422, "invalid_params")
        assert (
            full.world.call("POST", "/sim/services/nothing/manifests/differences", {"contents": {}}).status_code == 404
        )


def test_the_action_of_a_plan_reaches_the_add_on_and_the_login(full: Populated) -> None:
    actions = [{"label": "Rotate", "action": "rotate", "requires_owner": True}]
    full.world.call("PUT", f"{SERVICE}/plans/test", {"actions": actions})
    addon = full.world.get(full.path("/addons/{add-on}"))
    assert addon["actions"] == [actions[0] | {"id": addon["actions"][0]["id"]}]
    form = full.world.get(full.path("/addons/{add-on}/sso?action=rotate"))
    assert form["params"]["action"] == "rotate"


def test_a_secret_that_is_reset_is_shown_by_no_list_and_no_event(full: Populated) -> None:
    path = full.path("/addons/{add-on}")
    answer = full.world.call("POST", f"{SERVICE}/client-secret")
    secret = answer.json["client_secret"]
    assert answer.json == {"name": "exceptions", "client_secret": secret}
    assert len(secret) == 32
    assert full.world.call("GET", path, token=full.partner).error == (401, "unauthorized")
    assert full.world.call("GET", path, token=full.world.partner_token(full.addon)).status_code == 200
    for place in ("/sim/services", SERVICE, "/sim/events", "/sim/exchanges", f"{SERVICE}/manifests"):
        assert secret not in full.world.call("GET", place).text


def test_no_list_and_no_event_shows_a_secret(full: Populated) -> None:
    """After everything that an operator can do; the registry alone gives a manifest as it is, to its owner."""
    world = full.world
    world.call("PUT", SERVICE, {"state": "ga", "client_secret": "another-secret", "local": "http://localhost:1"})
    manifest = world.get("/api/v3/addons/exceptions/current_manifest")["contents"]
    manifest["api"]["production"]["base_url"] = "http://me:hunter2@localhost:5200/r"
    world.call("POST", "/api/v3/addons/exceptions/manifests", {"contents": manifest})
    assert "another-secret" not in world.call("PUT", SERVICE, {"local": ""}).text
    versions = world.get(f"{SERVICE}/manifests")
    shown = ["/sim/services", SERVICE, "/sim/events", "/sim/status", "/addon-services", f"{SERVICE}/manifests"]
    for path in [*shown, *(f"{SERVICE}/manifests/{each['id']}" for each in versions)]:
        text = world.call("GET", path).text
        for secret in (*SECRETS, "another-secret", "hunter2"):
            assert secret not in text, path
    newest = versions[0]["contents"]
    assert newest["api"]["password"] == newest["api"]["sso_salt"] == "[hidden]"
    assert newest["api"]["production"]["base_url"] == "http://[hidden]@localhost:5200/r"
    assert newest["$base"] > versions[1]["contents"]["$base"]


def test_unknown_versions_are_404(full: Populated) -> None:
    for version in (NOWHERE, "%00", "x" * 3000):
        assert full.world.call("GET", f"{SERVICE}/manifests/{version}").error == (404, "not_found")
    for path in ("", "/manifests", f"/manifests/{NOWHERE}"):
        assert full.world.call("GET", f"/sim/services/nothing{path}").error == (404, "not_found")


def test_who_did_what_is_told(full: Populated) -> None:
    full.world.call("PUT", SERVICE, {"state": "beta", "plans": [{"name": "pro", "cents": 5}]})
    with full.world.database.snapshot() as rows:
        told = [(e.kind, e.action, e.actor_email) for e in rows.all(Event)][-2:]
    assert told == [("addon-service", "update", "user@example.com"), ("plan", "create", "user@example.com")]


def test_plans_are_added_and_changed_and_none_is_lost(full: Populated) -> None:
    path = "/sim/services/exceptions"
    body = {"plans": [{"name": "basic", "cents": 500}, {"name": "test", "human_name": "Trial"}]}
    answer = full.world.call("PUT", path, body)
    assert {p["name"]: p["cents"] for p in answer.json["plans"]} == {"basic": 500, "test": 0}
    plans = {p["name"]: p for p in full.world.get("/addon-services/exceptions/plans")}
    assert [name for name, plan in plans.items() if plan["default"]] == ["exceptions:basic"]
    assert plans["exceptions:test"]["human_name"] == "Trial"
    again = full.world.call("PUT", path, {"plans": [{"name": "basic", "cents": 700}]})
    assert {p["name"]: p["cents"] for p in again.json["plans"]} == {"basic": 700, "test": 0}


def test_a_new_client_secret_ends_access_tokens_at_once(full: Populated) -> None:
    """As at the real platform, so that a partner's refresh can be seen to work (partner-api §0)."""
    world, path = full.world, full.path("/addons/{add-on}")
    same = world.call("PUT", "/sim/services/exceptions", {"client_secret": "exceptions-client-secret"})
    assert same.status_code == 200
    assert world.call("GET", path, token=full.partner).status_code == 200
    changed = world.call("PUT", "/sim/services/exceptions", {"client_secret": "another"})
    assert "client_secret" not in changed.json
    assert world.get(f"{SERVICE}/client-secret") == {"name": "exceptions", "client_secret": "another"}
    assert world.call("GET", path, token=full.partner).error == (401, "unauthorized")
    assert world.call("GET", path, token=world.partner_token(full.addon)).status_code == 200
    with world.nothing_written():
        world.call("PUT", "/sim/services/exceptions", {"client_secret": ""})


def test_abilities_are_set_as_a_whole(full: Populated) -> None:
    path = "/sim/services/exceptions"
    assert full.world.call("PUT", path, {}).json["abilities"] == []
    both = full.world.call("PUT", path, {"abilities": ["fresh_grants", "async_deprovisioning"]})
    assert both.json["abilities"] == ["async_deprovisioning", "fresh_grants"]
    assert full.world.call("PUT", path, {}).json["abilities"] == both.json["abilities"], "not named: as it was"
    assert full.world.call("PUT", path, {"abilities": []}).json["abilities"] == []


BAD_SERVICES: list[Any] = [
    {"abilities": ["fly"]},
    {"abilities": "fresh_grants"},
    {"plans": 5},
    {"plans": [5]},
    {"plans": [{}]},
    {"plans": [{"name": 5}]},
    {"plans": [{"name": ""}]},
    {"plans": [{"name": "a b"}]},
    {"plans": [{"name": "é"}]},
    {"plans": [{"name": "x" * 129}]},
    {"plans": [{"name": "a", "cents": -1}]},
    {"plans": [{"name": "a", "cents": "²"}]},
    {"plans": [{"name": "a", "cents": "--5"}]},
    {"plans": [{"name": "a", "cents": 2**53}]},
    {"plans": [{"name": "a", "cents": 10**30}]},
    {"plans": [{"name": "a", "cents": True}]},
    {"plans": [{"name": "a"}, {"name": "a:b"}]},
    {"plans": [{"name": "a", "description": ["x"]}]},
    {"client_secret": 5},
    {"client_secret": "\x00"},
]


@pytest.mark.parametrize("body", BAD_SERVICES, ids=repr)
def test_bad_services_change_nothing(body: Any, full: Populated) -> None:
    with full.world.nothing_written():
        answer = full.world.call("PUT", "/sim/services/exceptions", body)
    assert answer.error == (422, "invalid_params")
    assert len(answer.text) < 400


def test_bad_bodies_and_names(full: Populated) -> None:
    with full.world.nothing_written():
        assert full.world.call("PUT", "/sim/services/exceptions", data=b"{").error == (400, "bad_request")
        assert full.world.call("PUT", "/sim/services/nothing", {}).error == (404, "not_found")
        large = b'{"x": "' + b"y" * 2_000_000 + b'"}'
        assert full.world.call("PUT", "/sim/services/exceptions", data=large).status_code == 413
