"""What a partner's token reaches: its own config, the end of its own work, and nothing else (partner-api §4)."""

from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions.addons import create_addon
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.sso import resource_token, user_scoped_token

from .... import support
from ...world import Populated, World, new_world


@pytest.fixture
def pending(world: World) -> tuple[World, Addon, str]:
    """An add-on whose partner has answered 202, and the partner's token."""
    with world.database.transaction() as tx:
        support.new_service(tx, "exceptions", "URL", "KEY")
        addon = support.new_pending_addon(tx, world.customer, support.new_app(tx, world.customer, "acme"))
    return world, addon, world.partner_token(addon)


def patch(world: World, addon: Addon, token: str, **values: str | None) -> Any:
    config = [{"name": name, "value": value} for name, value in values.items()]
    return world.call("PATCH", f"/addons/{addon.id}/config", {"config": config}, token=token)


def test_config_is_the_whole_list_by_manifest_names(full: Populated) -> None:
    answer = patch(full.world, full.addon, full.partner, EXCEPTIONS_URL="http://new")
    assert (answer.status_code, answer.json) == (200, [{"name": "EXCEPTIONS_URL", "value": "http://new"}])
    for token in ("", full.partner):
        for name in (full.addon.id, full.addon.name):
            assert full.world.get(f"/addons/{name}/config", token=token) == answer.json
    assert full.world.get("/apps/acme/config-vars") == {"EXCEPTIONS_URL": "http://new"}
    assert full.world.get("/apps/other/config-vars") == {"SHARED_URL": "http://new"}
    for app in ("acme", "other"):
        last = full.world.get(f"/apps/{app}/releases")[-1]
        assert last["user"]["email"] == "exceptions@addons.heroku.com"


def test_config_before_and_after_the_end_of_provisioning(pending: tuple[World, Addon, str]) -> None:
    """Silent first, then one release for all of it (design §8 rule 9)."""
    world, addon, token = pending
    before = world.get("/apps/acme/releases")
    patch(world, addon, token, EXCEPTIONS_URL="http://a")
    patch(world, addon, token, EXCEPTIONS_KEY="k", EXCEPTIONS_URL="http://b")
    assert world.get("/apps/acme/releases") == before
    assert world.get("/apps/acme/config-vars") == {}
    done = world.call("POST", f"/addons/{addon.id}/actions/provision", token=token, data=b"")
    assert (done.status_code, done.json["state"]) == (200, "provisioned")
    assert world.get("/apps/acme/config-vars") == {"EXCEPTIONS_KEY": "k", "EXCEPTIONS_URL": "http://b"}
    assert len(world.get("/apps/acme/releases")) == len(before) + 1
    with world.nothing_written():
        again = world.call("POST", f"/addons/{addon.id}/actions/provision", token=token)
    assert (again.status_code, again.json) == (200, done.json)
    answer = patch(world, addon, token, EXCEPTIONS_KEY=None, EXCEPTIONS_URL="http://c")
    assert answer.json == [{"name": "EXCEPTIONS_URL", "value": "http://c"}]
    assert world.get("/apps/acme/config-vars") == {"EXCEPTIONS_URL": "http://c"}


def test_the_end_of_provisioning_with_a_json_type_and_an_empty_body(pending: tuple[World, Addon, str]) -> None:
    """As a real partner sends it (design §9)."""
    world, addon, token = pending
    headers = {"Accept": "application/vnd.heroku+json; version=3", "Authorization": f"Bearer {token}"}
    answer = world.client.post(
        f"/addons/{addon.id}/actions/provision", headers=headers, content_type="application/json"
    )
    assert answer.status_code == 200


def test_giving_up(pending: tuple[World, Addon, str]) -> None:
    world, addon, token = pending
    answer = world.call("POST", f"/addons/{addon.id}/actions/deprovision", token=token)
    assert (answer.status_code, answer.json["state"]) == (200, "deprovisioned")
    assert world.get("/addons") == []
    assert world.call("GET", f"/addons/{addon.id}", token=token).error == (401, "unauthorized")


def test_finishing_a_delete(full: Populated) -> None:
    with full.world.nothing_written():
        early = full.world.call("POST", full.path("/addons/{add-on}/actions/deprovision"), token=full.partner)
    assert early.error == (422, "invalid_params")
    full.world.call("DELETE", full.path("/apps/{app}/addons/{add-on}"), {"force": True})
    done = full.world.call("POST", full.path("/addons/{add-on}/actions/deprovision"), token=full.partner)
    assert (done.status_code, done.json["state"]) == (200, "deprovisioned")


def test_before_202_nothing_can_be_finished(world: World) -> None:
    with world.database.transaction() as tx:
        support.new_service(tx)
        addon, _ = create_addon(tx, world.customer, support.new_app(tx, world.customer, "acme"), "exceptions")
    token = world.partner_token(addon)
    with world.nothing_written():
        answer = world.call("POST", f"/addons/{addon.id}/actions/provision", token=token)
    assert answer.error == (422, "invalid_params")


BAD_CONFIG: list[Any] = [
    [{"name": "OTHER_URL", "value": "x"}],
    [{"name": "EXCEPTIONS_URL", "value": "x"}, {"name": "OTHER", "value": "y"}],
    [{"name": "SHARED_URL", "value": "x"}],
    [{"name": "exceptions_url", "value": "x"}],
    [{"name": "EXCEPTIONS_URL", "value": 5}],
    [{"name": "EXCEPTIONS_URL", "value": ["x"]}],
    [{"name": "EXCEPTIONS_URL", "value": "\x00"}],
    [{"name": 5, "value": "x"}],
    [{"name": ["EXCEPTIONS_URL"], "value": "x"}],
    [{"name": None, "value": "x"}],
    [{"value": "x"}],
    ["EXCEPTIONS_URL"],
    [None],
    {"EXCEPTIONS_URL": "x"},
]


@pytest.mark.parametrize("config", BAD_CONFIG, ids=str)
def test_bad_config_changes_nothing(config: Any, full: Populated) -> None:
    with full.world.nothing_written():
        answer = full.world.call("PATCH", full.path("/addons/{add-on}/config"), {"config": config}, token=full.partner)
    assert answer.error == (422, "invalid_params")
    assert len(answer.text) < 500


def test_a_name_that_is_not_declared_is_told_what_is(full: Populated) -> None:
    answer = patch(full.world, full.addon, full.partner, OTHER_URL="x")
    assert "OTHER_URL cannot be set" in answer.json["message"]
    assert "EXCEPTIONS_URL" in answer.json["message"]


def test_both_statuses_that_nobody_is_sure_of_can_be_set(tmp_path: Path) -> None:
    """partner-api §14: of `actions/provision`, and of a var that is not declared."""
    world = new_world(tmp_path, provision_action_status=201, undeclared_config_status=403)
    with world.database.transaction() as tx:
        support.new_service(tx)
        addon = support.new_pending_addon(tx, world.customer, support.new_app(tx, world.customer, "acme"))
    token = world.partner_token(addon)
    with world.nothing_written():
        answer = patch(world, addon, token, EXCEPTIONS_URL="x", OTHER="y")
    assert answer.error == (403, "forbidden")
    assert "OTHER cannot be set" in answer.json["message"]
    assert patch(world, addon, token, EXCEPTIONS_URL="x").status_code == 200
    for _ in range(2):
        done = world.call("POST", f"/addons/{addon.id}/actions/provision", token=token)
        assert (done.status_code, done.json["state"]) == (201, "provisioned")
    world.database.close()


def test_a_namespace_is_a_list_of_its_own(full: Populated) -> None:
    """The CLI reads one before it attaches with it, and says that there is none if the list is empty."""
    path = full.path("/addons/{add-on}/config/credential:reader")
    assert full.world.get(path) == full.world.get(path, token=full.partner) == []
    value = [{"name": "EXCEPTIONS_URL", "value": "http://reader"}]
    answer = full.world.call("PATCH", path, {"config": value}, token=full.partner)
    assert (answer.status_code, answer.json) == (200, value)
    assert full.world.get(path) == full.world.get(path.replace(":", "%3A")) == value
    assert full.world.get(full.path("/addons/{add-on}/config")) != value
    assert full.world.call("PATCH", path, {"config": value}).error == (403, "forbidden")
    assert full.world.call("GET", path, token=full.world.strangers_token).error == (404, "not_found")
    for name, config in (("reader", value), ("credential:reader", [{"name": "OTHER", "value": "x"}])):
        with full.world.nothing_written():
            bad = full.path("/addons/{add-on}/config/") + name
            assert full.world.call("PATCH", bad, {"config": config}, token=full.partner).status_code == 422


def test_customers_read_but_do_not_write(full: Populated) -> None:
    with full.world.nothing_written():
        for answer in (
            patch(full.world, full.addon, "", EXCEPTIONS_URL="x"),
            full.world.call("POST", full.path("/addons/{add-on}/actions/provision")),
            full.world.call("POST", full.path("/addons/{add-on}/actions/deprovision")),
        ):
            assert answer.error == (403, "forbidden")


def test_another_instance_of_the_same_service_is_out_of_reach(full: Populated) -> None:
    """A token is for one instance, not for a partner (design §8 rule 14)."""
    with full.world.database.transaction() as tx:
        other = support.new_addon(tx, full.world.customer, support.new_app(tx, full.world.customer, "third"))
    with full.world.nothing_written():
        for method, path in (
            ("GET", ""),
            ("GET", "/config"),
            ("PATCH", "/config"),
            ("POST", "/actions/provision"),
            ("POST", "/actions/deprovision"),
            ("GET", "/addon-attachments"),
        ):
            body = {"config": [{"name": "EXCEPTIONS_URL", "value": "x"}]} if method == "PATCH" else None
            answer = full.world.call(method, f"/addons/{other.id}{path}", body, token=full.partner)
            assert answer.error == (404, "not_found"), path
        assert full.world.call("GET", "/apps/third", token=full.partner).error == (404, "not_found")


def test_the_signed_form_as_json(full: Populated) -> None:
    """For support staff's `addons:open` (platform-api §3)."""
    path = full.path("/addons/{add-on}/sso?action=x&email=evil@example.com&resource_id=evil&token=evil")
    answer = full.world.call("GET", path)
    form = answer.json
    assert (answer.status_code, set(form), form["method"]) == (200, {"method", "action", "params"}, "post")
    assert form["action"] == "http://localhost:5200/sso"
    params, user = form["params"], full.world.customer.account
    stamp = params["timestamp"]
    assert (params["resource_id"], params["email"], params["action"]) == (full.addon.id, user.email, "x")
    assert params["token"] == resource_token(str(full.addon.provider_id), "partner-salt", stamp)
    assert params["resource_token"] == resource_token(full.addon.id, "partner-salt", stamp)
    assert params["user_scoped_resource_token"] == user_scoped_token(
        full.addon.id, "partner-salt", stamp, user.id, user.email
    )
    by_app = full.world.get(full.path("/apps/other/addons/{add-on}/sso"))["params"]
    assert (by_app["app"], by_app["context_app"]) == ("acme", "other")


def test_no_form_for_partners_strangers_and_services_without_sso(full: Populated) -> None:
    path = full.path("/addons/{add-on}/sso")
    assert full.world.call("GET", path, token=full.partner).error == (403, "forbidden")
    assert full.world.call("GET", path, token=full.world.strangers_token).error == (404, "not_found")
    with full.world.database.transaction() as tx:
        service = tx.get(AddonService, full.addon.service_id)
        bare = service.manifest | {"api": {k: v for k, v in service.manifest["api"].items() if k != "sso_salt"}}
        tx.update(service, manifest=bare)
    assert full.world.call("GET", path).error == (422, "invalid_params")
