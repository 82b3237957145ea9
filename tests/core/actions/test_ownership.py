"""How an add-on's config appears in an app, and which of an app's vars belong to add-ons."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.attachments import attachments_of, checked_name
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.ownership import as_app_vars, attached, check_declared, merged, owned_vars
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.addons import AddonService, Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.store import Transaction

from ...support import START, attach, new_addon, new_app, new_manifest, new_pending_addon, new_service


def service(*bare: str) -> AddonService:
    return AddonService("1", "foo-bar", "", None, "ga", new_manifest("foo-bar", *bare), "", [], START, START)


def test_the_service_prefix_becomes_the_attachments_name() -> None:
    blue = Attachment("1", "1", "1", "BLUE", None, START, START)
    config = {"FOO_BAR_A": "1", "FOO_BAR_B": None, "ODD": "3"}
    assert as_app_vars(service("A", "B"), blue, config) == {"BLUE_A": "1", "BLUE_B": None, "BLUE_ODD": "3"}


def test_merging_sets_removes_and_leaves_alone() -> None:
    current = {"KEPT": "k", "THEIRS": "1", "MINE": "m"}
    before = {"THEIRS": "1", "MINE": "2"}
    assert merged(current, {"THEIRS": "3", "NEW": "4"}, before) == {
        "KEPT": "k",
        "THEIRS": "3",
        "MINE": "m",
        "NEW": "4",
    }
    assert merged(current, {"THEIRS": None, "MINE": None, "KEPT": None}, before) == {"KEPT": "k", "MINE": "m"}
    assert merged(current, {"MINE": "2"}, before)["MINE"] == "2"
    assert merged(current, {}, before) == current
    assert current == {"KEPT": "k", "THEIRS": "1", "MINE": "m"}, "the argument is not changed"


def test_declared_names_are_checked_all_at_once() -> None:
    check_declared(service("A", "B"), ["FOO_BAR_A"])
    check_declared(service("A"), [])
    with pytest.raises(InvalidParams, match="X, Y cannot be set"):
        check_declared(service("A"), ["Y", "FOO_BAR_A", "X"])
    none = AddonService("1", "foo", "", None, "ga", {"id": "foo"}, "", [], START, START)
    with pytest.raises(InvalidParams, match="declares no config vars"):
        check_declared(none, ["X"])


def test_owned_are_the_vars_of_provisioned_addons_under_the_apps_names(
    tx: Transaction, customer: Actor, app: App
) -> None:
    new_service(tx)
    new_service(tx, "database")
    addon = new_addon(tx, customer, app, config={"EXCEPTIONS_URL": "1"})
    new_pending_addon(tx, customer, app, "database")
    other = new_app(tx, customer, "other")
    attach(tx, other, addon, "BORROWED")
    change_config_vars(tx, customer, app, {"EXCEPTIONS_URL": "mine"})
    assert owned_vars(tx, app) == {"EXCEPTIONS_URL": "1"}
    assert owned_vars(tx, other) == {"BORROWED_URL": "1"}
    assert [(a.name, held.name) for a, held, _ in attached(tx, other)] == [("BORROWED", addon.name)]
    assert [(a.name, where.name) for a, where in attachments_of(tx, addon)] == [
        ("EXCEPTIONS", "acme"),
        ("BORROWED", "other"),
    ]
    destroy_addon(tx, customer, addon, force=True)
    assert owned_vars(tx, app) == owned_vars(tx, other) == {}


def test_attachment_names_are_upper_case() -> None:
    assert checked_name("primary_db1") == "PRIMARY_DB1"
    assert checked_name("A" * 100) == "A" * 100
