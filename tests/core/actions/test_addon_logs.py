"""What an add-on hears and writes of the logs of the apps that it is attached to (partner-api §2.3, §2.4, §7)."""

import re

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_logs import (
    begin_logs,
    drain_token_of,
    end_logs,
    input_token_of,
    use_drain_url,
)
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import acknowledge, fail_provisioning, finish_provisioning
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.attachments import detach
from platform_sim.core.actions.drains import drains_of_app, update_drain
from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.model.drains import LogDrain, LogInput
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ... import support
from ...support import new_addon, new_app, new_service, partner_of_addon

URL = "https://partner.example/logs"


@pytest.fixture
def service(tx: Transaction) -> AddonService:
    """A service whose manifest asks for everything about logs."""
    return new_service(tx, requires=("syslog_drain", "log_input", "attachable"))


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App, service: AddonService) -> Addon:
    """Provisioned on `acme`, with a drain URL."""
    made, _ = create_addon(tx, customer, app, "exceptions")
    acknowledge(tx, made, "1", None, asynchronous=False)
    use_drain_url(tx, customer.account, made, URL)
    return finish_provisioning(tx, made, {}, customer.account)


def attach(tx: Transaction, customer: Actor, app: App, addon: Addon, name: str = "LOGS") -> Attachment:
    """A further attachment, with what follows from it."""
    made = support.attach(tx, app, addon, name)
    begin_logs(tx, customer.account, app, addon, tx.get(AddonService, addon.service_id))
    return made


def told(tx: Transaction) -> list[str]:
    return [event.action for event in tx.all(Event, kind="log-drain")]


def test_a_service_that_asks_for_nothing_gets_nothing(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    addon = new_addon(tx, customer, app)
    use_drain_url(tx, customer.account, addon, URL)
    assert (tx.count(LogDrain), tx.count(LogInput), told(tx)) == (0, 0, [])
    assert drain_token_of(tx, addon) is None
    assert input_token_of(tx, addon.id, app.id) is None


def test_tokens_are_there_before_the_partner_is_asked(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, _ = create_addon(tx, customer, app, "exceptions")
    uuid = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    drain, given = drain_token_of(tx, addon), input_token_of(tx, addon.id, app.id)
    assert re.fullmatch(r"d\." + uuid, drain or "")
    assert re.fullmatch(r"t\." + uuid, given or "")
    assert (drains_of_app(tx, app), told(tx)) == ([], []), "nobody sees a drain without a URL, nothing is sent"


def test_the_partner_s_answer_makes_the_drain(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, _ = create_addon(tx, customer, app, "exceptions")
    token = drain_token_of(tx, addon)
    use_drain_url(tx, customer.account, addon, URL)
    [drain] = drains_of_app(tx, app)
    assert (drain.addon_id, drain.token, drain.url, drain.active) == (addon.id, token, URL, True)
    assert told(tx) == ["create"]


def test_each_attached_app_has_a_drain_and_a_token_of_its_own(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    other = new_app(tx, customer)
    attach(tx, customer, other, addon)
    attach(tx, customer, other, addon, "AGAIN")
    [first], [second] = drains_of_app(tx, app), drains_of_app(tx, other)
    assert (first.url, second.url) == (URL, URL)
    assert first.token != second.token
    assert input_token_of(tx, addon.id, app.id) != input_token_of(tx, addon.id, other.id)
    assert (tx.count(LogDrain), tx.count(LogInput), told(tx)) == (2, 2, ["create", "create"])


def test_a_drain_attached_while_provisioning_waits_for_the_url(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, _ = create_addon(tx, customer, app, "exceptions")
    other = new_app(tx, customer)
    attach(tx, customer, other, addon)
    assert drains_of_app(tx, other) == []
    use_drain_url(tx, customer.account, addon, URL)
    assert [d.url for d in (*drains_of_app(tx, app), *drains_of_app(tx, other))] == [URL, URL]


def test_the_last_detach_from_an_app_ends_both(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    other = new_app(tx, customer)
    first, second = attach(tx, customer, other, addon), attach(tx, customer, other, addon, "AGAIN")
    token = input_token_of(tx, addon.id, other.id)
    detach(tx, customer.account, other, first, addon)
    assert len(drains_of_app(tx, other)) == 1
    assert input_token_of(tx, addon.id, other.id) == token
    detach(tx, customer.account, other, second, addon)
    assert drains_of_app(tx, other) == []
    assert tx.find(LogInput, token=token) is None
    assert len(drains_of_app(tx, app)) == 1, "the other app's goes on"
    assert told(tx) == ["create", "create", "destroy"]
    end_logs(tx, customer.account, other, addon)
    assert len(told(tx)) == 3, "again is harmless"


def test_attached_again_it_has_its_drain_token_back_but_a_new_token_for_writing(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    [before] = drains_of_app(tx, app)
    written = input_token_of(tx, addon.id, app.id)
    [only] = tx.all(Attachment, addon_id=addon.id)
    detach(tx, customer.account, app, only, addon)
    attach(tx, customer, app, addon)
    [after] = drains_of_app(tx, app)
    assert (after.id, after.token, after.url) == (before.id, before.token, URL)
    assert input_token_of(tx, addon.id, app.id) not in (written, None)


def test_a_new_drain_has_the_url_that_is_in_use(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    """An old drain that nobody uses does not bring its old URL back."""
    parked = new_app(tx, customer)
    detach(tx, customer.account, parked, attach(tx, customer, parked, addon), addon)
    update_drain(tx, partner_of_addon(tx, addon), addon.id, URL, "https://new.example/logs")
    attach(tx, customer, parked, addon)
    assert [d.url for d in drains_of_app(tx, parked)] == ["https://new.example/logs"]


def test_destroying_the_add_on_ends_its_logs(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    other = new_app(tx, customer)
    attach(tx, customer, other, addon)
    destroy_addon(tx, customer, addon, force=True)
    assert (drains_of_app(tx, app), drains_of_app(tx, other), tx.count(LogInput)) == ([], [], 0)
    assert told(tx).count("destroy") == 2
    finish_deprovisioning(tx, addon, None)
    assert tx.count(LogDrain) == 0


def test_a_failed_install_leaves_nothing_of_them(
    tx: Transaction, customer: Actor, app: App, service: AddonService
) -> None:
    addon, _ = create_addon(tx, customer, app, "exceptions")
    fail_provisioning(tx, addon, "No.", clean_up=False)
    assert (tx.count(LogDrain), tx.count(LogInput), told(tx)) == (0, 0, [])


def test_deleting_an_attached_app_ends_only_its_own(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    other = new_app(tx, customer)
    attach(tx, customer, other, addon)
    delete_app(tx, customer, other)
    assert [(d.app_id, d.active) for d in tx.all(LogDrain)] == [(app.id, True)]
    assert [i.app_id for i in tx.all(LogInput)] == [app.id]
