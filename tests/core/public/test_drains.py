"""Log drains and log input as clients see them."""

from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_logs import begin_logs, input_token_of, use_drain_url
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.drains import create_drain, drains_of_app
from platform_sim.core.model.addons import Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.public import addons as public_addons
from platform_sim.core.public import drains as public
from platform_sim.core.store import Transaction

from ...support import AT, attach, new_addon, new_app, new_customer, new_service


def test_a_customer_s_drain_has_no_addon(tx: Transaction, customer: Actor, app: App) -> None:
    drain = create_drain(tx, customer, app, "https://user:pass@logs.example.com/")
    body = public.log_drain(tx, drain)
    assert body["addon"] is None
    assert body["app"] == {"id": app.id, "name": "acme"}
    assert (body["token"], body["url"]) == (drain.token, "https://user:pass@logs.example.com/")


def test_an_add_on_s_drain_names_the_app_that_pays_and_the_app_that_speaks(
    tx: Transaction, customer: Actor, app: App
) -> None:
    service = new_service(tx, requires=("syslog_drain",))
    addon = new_addon(tx, customer, app)
    use_drain_url(tx, customer.account, addon, "https://partner.example/")
    guest = new_customer(tx, "guest@example.com")
    other = new_app(tx, guest, "other")
    attach(tx, other, addon, "SHARED")
    begin_logs(tx, guest.account, other, addon, service)
    [drain] = drains_of_app(tx, other)
    body: Any = public.log_drain(tx, drain)
    assert body["addon"] == {"id": addon.id, "name": addon.name, "app": {"id": app.id, "name": "acme"}}
    assert body["app"] == {"id": other.id, "name": "other"}


def test_a_drain_outlives_the_app_that_paid_for_it(tx: Transaction, customer: Actor, app: App) -> None:
    """The row is read in the moment of the end, too."""
    new_service(tx, requires=("syslog_drain",))
    addon = new_addon(tx, customer, app)
    use_drain_url(tx, customer.account, addon, "https://partner.example/")
    [drain] = drains_of_app(tx, app)
    other = new_app(tx, customer)
    delete_app(tx, customer, app)
    body: Any = public.log_drain(tx, type(drain)(**{**vars(drain), "app_id": other.id}))
    assert body["addon"]["app"] == {"id": app.id, "name": "deleted"}


def test_an_attachment_shows_its_own_log_input_url_if_the_manifest_asks_for_it(
    tx: Transaction, customer: Actor, app: App
) -> None:
    service = new_service(tx, requires=("log_input",))
    addon = new_addon(tx, customer, app)
    other = new_app(tx, customer)
    attach(tx, other, addon, "SHARED")
    begin_logs(tx, customer.account, other, addon, service)
    for row in tx.all(Attachment, addon_id=addon.id):
        token = input_token_of(tx, addon.id, row.app_id)
        body = public_addons.attachment(tx, row, AT)
        assert body["log_input_url"] == f"http://token:{token}@localhost:5100/logs"
    quiet = new_service(tx, "quiet")
    new_addon(tx, customer, app, "quiet")
    [row] = tx.all(Attachment, app_id=app.id, name=quiet.name.upper())
    assert public_addons.attachment(tx, row, AT)["log_input_url"] is None
