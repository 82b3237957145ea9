"""The signed form of single sign-on."""

import base64
import hashlib
import json

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.actions.sso import RESERVED, begin_sso
from platform_sim.core.errors import Forbidden, InvalidParams
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.apps import App
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.sso import SsoTarget, resource_token
from platform_sim.core.store import Transaction

from ...support import START, attach, dump, new_addon, new_app, new_customer, new_service, partner_of_addon

TARGET = SsoTarget("post", "http://localhost:5200/sso")
OLDEST = SsoTarget("get", "http://localhost:5200/heroku/resources/7")


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App) -> Addon:
    new_service(tx)
    return new_addon(tx, customer, app)


def test_invariant_16_the_form_signs_id_salt_timestamp_and_user(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    form = begin_sso(tx, customer, addon, app, TARGET, {})
    at = str(int(START.timestamp()))
    user = customer.account
    assert (form.method, form.action) == ("post", TARGET.url)
    assert form.params["timestamp"] == at
    signed = f"{addon.id}:partner-salt:{at}"
    assert form.params["resource_token"] == hashlib.sha1(signed.encode()).hexdigest()
    whole = f"{signed}:{user.id}:{user.email}"
    assert form.params["user_scoped_resource_token"] == hashlib.sha256(whole.encode()).hexdigest()
    legacy = f"provider-{addon.id}:partner-salt:{at}"
    assert form.params["token"] == hashlib.sha1(legacy.encode()).hexdigest()


ROTATE = {"label": "Rotate", "action": "rotate", "requires_owner": True}
LOOK = {"label": "Look", "action": "look"}


def test_a_plan_action_of_the_link_is_sent_and_some_are_for_the_owner_only(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    service = tx.get(AddonService, addon.service_id)
    set_plans(tx, service, [PlanSpec("test", actions=(ROTATE, LOOK))])
    friend = new_customer(tx, "friend@example.com")
    add_collaborator(tx, customer, app, "friend@example.com")
    for who, action in ((customer, "rotate"), (customer, "look"), (friend, "look"), (friend, "their own affair")):
        assert begin_sso(tx, who, addon, app, TARGET, {"action": action}).params["action"] == action
    with pytest.raises(Forbidden, match='"Rotate" is for the owner of acme only'):
        begin_sso(tx, friend, addon, app, TARGET, {"action": "rotate"})
    assert "action" not in begin_sso(tx, friend, addon, app, TARGET, {}).params


def test_both_namings_are_sent(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    params = begin_sso(tx, customer, addon, app, TARGET, {}).params
    assert set(params) == RESERVED
    assert (params["resource_id"], params["id"]) == (addon.id, f"provider-{addon.id}")
    assert (params["user_id"], params["email"]) == (customer.account.id, "user@example.com")
    assert params["app"] == params["context_app"] == "acme"


def test_the_user_may_come_from_another_app(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    other = new_app(tx, customer, "other")
    attach(tx, other, addon, "BORROWED")
    params = begin_sso(tx, customer, addon, other, TARGET, {}).params
    assert (params["app"], params["context_app"]) == ("acme", "other")


def test_parameters_of_the_link_are_passed_on_but_replace_nothing_that_is_signed(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    extra = dict.fromkeys(RESERVED, "forged") | {"page": "logs", "action": "rotate"}
    params = begin_sso(tx, customer, addon, app, TARGET, extra).params
    assert params["page"] == "logs"
    assert params["action"] == "rotate"
    assert "forged" not in params.values()


def test_the_oldest_partners_get_what_they_know_and_the_links_parameters(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    form = begin_sso(tx, customer, addon, app, OLDEST, {"page": "logs", "user_id": "forged", "token": "forged"})
    assert (form.method, form.action) == ("get", OLDEST.url)
    at = str(int(START.timestamp()))
    nav = form.params.pop("nav-data")
    assert nav == begin_sso(tx, customer, addon, app, TARGET, {}).params["nav-data"]
    assert form.params == {
        "token": resource_token(f"provider-{addon.id}", "partner-salt", at),
        "timestamp": at,
        "email": "user@example.com",
        "app": "acme",
        "page": "logs",
    }


def test_the_old_headers_blob_lists_the_apps_addons(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    new_service(tx, "database")
    new_addon(tx, customer, app, "database")
    blob = begin_sso(tx, customer, addon, app, TARGET, {}).params["nav-data"]
    assert "=" not in blob
    data = json.loads(base64.urlsafe_b64decode(blob + "=" * (-len(blob) % 4)))
    assert data == {
        "addon": "Exceptions",
        "appname": "acme",
        "addons": [
            {"slug": "exceptions", "name": "Exceptions", "current": True},
            {"slug": "database", "name": "Database"},
        ],
    }


def test_a_service_without_salt_or_address_has_no_sso(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    with pytest.raises(InvalidParams, match="no single sign-on"):
        begin_sso(tx, customer, addon, app, None, {})
    service = tx.get(AddonService, addon.service_id)
    api = {k: v for k, v in service.manifest["api"].items() if k != "sso_salt"}
    tx.update(service, manifest=service.manifest | {"api": api})
    with pytest.raises(InvalidParams, match="no single sign-on"):
        begin_sso(tx, customer, addon, app, TARGET, {})


def test_invariant_16_a_partners_token_opens_no_dashboard(tx: Transaction, app: App, addon: Addon) -> None:
    with pytest.raises(Forbidden):
        begin_sso(tx, partner_of_addon(tx, addon), addon, app, TARGET, {})


def test_the_salt_itself_is_not_in_the_form_and_nothing_is_written(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    before = dump(tx)
    form = begin_sso(tx, customer, addon, app, TARGET, {})
    assert "partner-salt" not in str(form)
    assert dump(tx) == before
