"""What the values of add-ons, attachments, services and plans mean in public."""

import json
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.model.addons import Addon, AddonService, Attachment, PlanState
from platform_sim.core.model.apps import App
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.places import REGIONS, STACKS
from platform_sim.core.public import addons as public
from platform_sim.core.store import Transaction

from ...support import AT, attach, new_addon, new_app, new_pending_addon, new_service


@pytest.fixture
def service(tx: Transaction) -> AddonService:
    return new_service(tx, "exceptions", "URL", "KEY", requires=("attachable",))


def test_an_addon_shows_names_of_vars_as_its_app_sees_them(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app, attachment="LOG", config={"EXCEPTIONS_URL": "s3cr3t", "EXCEPTIONS_KEY": "k"})
    body = public.addon(tx, addon, AT)
    assert body["config_vars"] == ["LOG_KEY", "LOG_URL"]
    assert "s3cr3t" not in json.dumps(body)
    assert body["plan"] == {"id": addon.plan_id, "name": "exceptions:test"}
    assert body["app"] == {"id": app.id, "name": "acme"}
    assert body["billing_entity"] == {"id": app.id, "name": "acme", "type": "app"}
    assert body["provider_id"] == f"provider-{addon.id}"
    assert body["web_url"] == f"http://localhost:5100/sso/apps/{app.id}/addons/{addon.id}"


def test_it_shows_the_vars_of_all_its_names_on_its_app(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    """`redis:promote` looks whether it has one (heroku-cli §15)."""
    addon = new_addon(tx, customer, app, config={"EXCEPTIONS_URL": "1"})
    attach(tx, app, addon, "BLUE")
    attach(tx, new_app(tx, customer, "other"), addon, "FAR")
    assert public.addon(tx, addon, AT)["config_vars"] == ["BLUE_URL", "EXCEPTIONS_URL"]


def test_while_it_is_provisioning_nothing_of_its_config_is_visible(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    asked, _ = create_addon(tx, customer, app, "exceptions")
    tx.update(asked, config={"EXCEPTIONS_URL": "1"})
    now = tx.get(Addon, asked.id)
    assert public.addon(tx, now, AT)["config_vars"] == []
    assert public.addon(tx, now, AT)["provider_id"] == ""
    [row] = tx.all(Attachment)
    assert public.attachment(tx, row, AT, include=frozenset({"config_vars"}))["config_vars"] == []


def test_the_partners_words_are_shown_to_those_who_ask(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_pending_addon(tx, customer, app)
    assert "provision_message" not in public.addon(tx, addon, AT)
    assert public.addon(tx, addon, AT, message=True)["provision_message"] == "Soon."


def test_references_are_expanded_on_request(tx: Transaction, customer: Actor, app: App, service: AddonService) -> None:
    set_plans(tx, service, [PlanSpec("test", 5000)])
    addon = new_addon(tx, customer, app)
    plain: Any = public.addon(tx, addon, AT)
    whole: Any = public.addon(tx, addon, AT, expand=frozenset({"plan", "addon_service"}))
    assert plain["addon_service"] == {"id": service.id, "name": "exceptions"}
    assert whole["plan"]["price"] == plain["billed_price"] == {"cents": 5000, "contract": False, "unit": "month"}
    assert whole["addon_service"]["human_name"] == "Exceptions"


def test_an_addon_outlives_the_app_it_belonged_to(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app)
    delete_app(tx, customer, app)
    body: Any = public.addon(tx, tx.get(Addon, addon.id), AT)
    assert (body["app"]["name"], body["config_vars"], body["state"]) == ("deleted", [], "deprovisioning")


def test_attachments_name_both_apps(tx: Transaction, customer: Actor, app: App, service: AddonService) -> None:
    addon = new_addon(tx, customer, app)
    other = new_app(tx, customer, "other")
    row = attach(tx, other, addon, "BORROWED")
    body: Any = public.attachment(tx, row, AT)
    assert (body["name"], body["app"]["name"], body["addon"]["app"]["name"]) == ("BORROWED", "other", "acme")
    assert body["web_url"] == f"http://localhost:5100/sso/apps/{other.id}/attachments/{row.id}"
    assert "config_vars" not in body
    more: Any = public.attachment(tx, row, AT, include=frozenset({"addon:plan"}))
    assert more["config_vars"] == ["BORROWED_URL"]
    assert more["addon"]["plan"]["name"] == "exceptions:test"


def test_a_service_shows_what_it_supports_and_no_secret(tx: Transaction, service: AddonService) -> None:
    body = public.service(service)
    assert (body["supports_sharing"], body["supports_multiple_installations"]) == (True, False)
    text = json.dumps([body, [public.plan(p, service) for p in set_plans(tx, service, [PlanSpec("test")])]])
    for secret in ("partner-password", "partner-salt", "exceptions-client-secret"):
        assert secret not in text


def test_plans_are_for_the_common_runtime(tx: Transaction, service: AddonService) -> None:
    first, second = (public.plan(p, service) for p in set_plans(tx, service, [PlanSpec("test"), PlanSpec("two", 700)]))
    assert (first["default"], second["default"]) == (True, False)
    assert (second["name"], second["price"]) == ("exceptions:two", {"cents": 700, "contract": False, "unit": "month"})
    assert (first["installable_inside_private_network"], first["installable_outside_private_network"]) == (False, True)
    assert (first["visible"], first["space_default"], first["state"]) == (True, False, "public")


@pytest.mark.parametrize(("state", "visible"), [("public", True), ("hidden", False), ("invite-only", False)])
def test_only_plans_for_all_users_are_visible(
    tx: Transaction, service: AddonService, state: PlanState, visible: bool
) -> None:
    [row] = set_plans(tx, service, [PlanSpec("test", state=state)])
    shown = public.plan(row, service)
    assert (shown["visible"], shown["state"]) == (visible, state)


def test_an_addon_shows_the_actions_of_its_plan(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon = new_addon(tx, customer, app)
    assert public.addon(tx, addon, AT)["actions"] == []
    [plan] = set_plans(tx, service, [PlanSpec("test", actions=({"label": "Rotate", "action": "rotate"},))])
    [action] = plan.actions
    assert public.addon(tx, addon, AT)["actions"] == [
        {"id": action["id"], "label": "Rotate", "action": "rotate", "requires_owner": False}
    ]


def test_a_destroyed_addon_shows_no_vars(tx: Transaction, customer: Actor, app: App, service: AddonService) -> None:
    addon = new_addon(tx, customer, app)
    destroy_addon(tx, customer, addon)
    body = public.addon(tx, tx.get(Addon, addon.id), AT)
    assert (body["state"], body["config_vars"]) == ("deprovisioning", [])


def test_places() -> None:
    us: Any = public.region(REGIONS[0])
    assert (us["name"], us["provider"]["region"], us["private_capable"]) == ("us", "us-east-1", False)
    stacks: Any = [public.stack(s) for s in STACKS]
    assert [(s["name"], s["default"]) for s in stacks] == [("heroku-22", False), ("heroku-24", True)]
