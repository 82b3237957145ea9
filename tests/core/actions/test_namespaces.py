"""Attachments with a namespace show config of their own, such as one credential's (partner-api §2.8)."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_config import config_list, partner_provisions, update_config
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import fail_provisioning
from platform_sim.core.actions.attachments import attach, customer_detaches
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.ownership import owned_vars
from platform_sim.core.actions.releases import app_config, newest_release, rollback
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import App, Release
from platform_sim.core.store import Transaction

from ...support import deploy, new_addon, new_app, new_pending_addon, new_service, partner_of_addon

READER, WRITER = "credential:reader", "credential:writer"
OWNER = {"ACME_URL": "http://owner", "ACME_KEY": "owner-key"}


@pytest.fixture
def other(tx: Transaction, customer: Actor) -> App:
    return new_app(tx, customer, "other-app")


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App) -> Addon:
    """Attached to `acme` as ACME; its partner has made the credential `reader`."""
    new_service(tx, "acme", "URL", "KEY", requires=["attachable"])
    made = new_addon(tx, customer, app, "acme", OWNER)
    return set_vars(tx, made, READER, ACME_URL="http://reader")


def set_vars(tx: Transaction, addon: Addon, namespace: str | None, **changes: str | None) -> Addon:
    """As the partner does it."""
    return update_config(tx, partner_of_addon(tx, addon), addon.id, list(changes.items()), namespace)


def releases(tx: Transaction, app: App) -> list[str]:
    return [each.description for each in tx.all(Release, app_id=app.id, order_by="version")][2:]


def test_making_one_changes_no_app(tx: Transaction, app: App, addon: Addon) -> None:
    assert config_list(addon, READER) == [("ACME_URL", "http://reader")]
    assert config_list(addon) == sorted(OWNER.items())
    assert app_config(tx, app) == OWNER
    assert len(releases(tx, app)) == 2


def test_an_attachment_with_it_shows_its_config_and_nothing_of_the_usual_one(
    tx: Transaction, customer: Actor, app: App, other: App, addon: Addon
) -> None:
    made = attach(tx, customer, other, addon, name="READONLY", namespace=READER)
    assert made.namespace == READER
    assert app_config(tx, other) == owned_vars(tx, other) == {"READONLY_URL": "http://reader"}
    assert releases(tx, other) == [f"Attach READONLY (@ref:{addon.name})"]
    assert app_config(tx, app) == OWNER


def test_a_partners_change_reaches_the_attachments_of_that_namespace_only(
    tx: Transaction, customer: Actor, app: App, other: App, addon: Addon
) -> None:
    addon = set_vars(tx, addon, WRITER, ACME_URL="http://writer")
    attach(tx, customer, other, addon, name="READ", namespace=READER)
    attach(tx, customer, other, addon, name="WRITE", namespace=WRITER)
    set_vars(tx, addon, READER, ACME_URL="http://reader2", ACME_KEY="k")
    assert app_config(tx, other) == {
        "READ_URL": "http://reader2",
        "READ_KEY": "k",
        "WRITE_URL": "http://writer",
    }
    assert releases(tx, other)[-1] == "Update READ by acme"
    assert newest_release(tx, other).actor_email == "acme@addons.heroku.com"
    before = newest_release(tx, other).version
    set_vars(tx, addon, None, ACME_KEY="rolled")
    assert newest_release(tx, other).version == before
    assert app_config(tx, app) == OWNER | {"ACME_KEY": "rolled"}


def test_on_one_app_each_name_has_its_own_and_takes_its_own_away(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    made = attach(tx, customer, app, addon, name="READ", namespace=READER)
    assert app_config(tx, app) == OWNER | {"READ_URL": "http://reader"}
    customer_detaches(tx, customer, app, made)
    assert app_config(tx, app) == OWNER


def test_an_unknown_one_is_refused_with_those_that_there_are(
    tx: Transaction, customer: Actor, other: App, addon: Addon
) -> None:
    for unknown in ("credential:nobody", "nonsense", ""):
        with pytest.raises(InvalidParams, match=f"no config in the namespace '{unknown}'.*It has set {READER}"):
            attach(tx, customer, other, addon, namespace=unknown)
    addon = set_vars(tx, addon, READER, ACME_URL=None)
    with pytest.raises(InvalidParams, match="It has set none so far"):
        attach(tx, customer, other, addon, namespace=READER)
    assert tx.count(Attachment, app_id=other.id) == 0


def test_one_whose_last_var_is_removed_is_gone_and_leaves_the_customers_value(
    tx: Transaction, customer: Actor, other: App, addon: Addon
) -> None:
    set_vars(tx, addon, READER, ACME_KEY="k")
    attach(tx, customer, other, addon, name="READ", namespace=READER)
    change_config_vars(tx, customer, other, {"READ_KEY": "mine"})
    now = set_vars(tx, addon, READER, ACME_URL=None, ACME_KEY=None)
    assert now.namespaces == {}
    assert app_config(tx, other) == {"READ_KEY": "mine"}


def test_invariant_10_undeclared_vars_and_names_that_are_none_write_nothing(tx: Transaction, addon: Addon) -> None:
    with pytest.raises(InvalidParams, match="not declared"):
        set_vars(tx, addon, READER, ACME_URL="http://x", OTHER="1")
    for name in ("reader", "credential:", ":reader", "Credential:reader", "credential:a b", "a:" + "x" * 65):
        with pytest.raises(InvalidParams, match="not a namespace"):
            set_vars(tx, addon, name, ACME_URL="http://x")
    assert tx.get(Addon, addon.id).namespaces == {READER: {"ACME_URL": "http://reader"}}


def test_invariant_14_only_its_own_partner_sets_it(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    new_service(tx, "second")
    foreign = partner_of_addon(tx, new_addon(tx, customer, app, "second"))
    with pytest.raises(NotFound):
        update_config(tx, foreign, addon.id, [("ACME_URL", "x")], READER)
    with pytest.raises(Forbidden):
        update_config(tx, customer, addon.id, [("ACME_URL", "x")], READER)


def test_while_provisioning_it_is_kept_silently_and_completion_shows_it(
    tx: Transaction, customer: Actor, app: App, other: App
) -> None:
    new_service(tx, "acme", "URL", requires=["attachable"])
    addon = new_pending_addon(tx, customer, app, "acme")
    set_vars(tx, addon, None, ACME_URL="http://owner")
    addon = set_vars(tx, addon, READER, ACME_URL="http://reader")
    attach(tx, customer, other, addon, name="READ", namespace=READER)
    assert app_config(tx, app) == app_config(tx, other) == {}
    partner_provisions(tx, partner_of_addon(tx, addon), addon.id)
    assert app_config(tx, app) == {"ACME_URL": "http://owner"}
    assert app_config(tx, other) == {"READ_URL": "http://reader"}
    text = f"@ref:{addon.name} completed provisioning, setting READ_URL."
    assert releases(tx, other) == [f"Attach READ (@ref:{addon.name})", text]


def test_a_rollback_does_not_bring_back_an_old_credential(
    tx: Transaction, customer: Actor, other: App, addon: Addon
) -> None:
    attach(tx, customer, other, addon, name="READ", namespace=READER)
    old = deploy(tx, customer, other)
    set_vars(tx, addon, READER, ACME_URL="http://reader2")
    rollback(tx, other, customer.account, str(old.version))
    assert app_config(tx, other) == {"READ_URL": "http://reader2"}


def test_it_ends_with_its_addon(tx: Transaction, customer: Actor, app: App, other: App, addon: Addon) -> None:
    attach(tx, customer, other, addon, name="READ", namespace=READER)
    destroy_addon(tx, customer, addon, force=True)
    assert app_config(tx, other) == {}
    assert finish_deprovisioning(tx, addon, None).namespaces == {}


def test_a_failed_install_forgets_it(tx: Transaction, customer: Actor, other: App, addon: Addon) -> None:
    pending = new_pending_addon(tx, customer, other, "acme")
    set_vars(tx, pending, READER, ACME_URL="http://reader")
    assert fail_provisioning(tx, pending, "No.", clean_up=True).namespaces == {}
