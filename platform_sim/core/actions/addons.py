"""Add-ons from the customer's side: install one, rename it, ask for another plan."""

from collections.abc import Mapping
from datetime import timedelta

from platform_sim.core.access import LIVE, Actor, check_buys, customers_only
from platform_sim.core.actions.addon_events import told
from platform_sim.core.actions.attachments import first_attachment
from platform_sim.core.actions.catalog import plan_wanted
from platform_sim.core.actions.offers import check_installable, check_offered
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon, AddonService, Plan, requires
from platform_sim.core.model.apps import App
from platform_sim.core.model.names import addon_name
from platform_sim.core.model.places import region
from platform_sim.core.model.records import Job
from platform_sim.core.model.values import ADDON_NAME
from platform_sim.core.store import Snapshot, Transaction


def create_addon(
    tx: Transaction,
    actor: Actor,
    app: App,
    plan: str,
    *,
    name: str | None = None,
    attachment: str | None = None,
    options: Mapping[str, str] | None = None,
    confirm: str | None = None,
) -> tuple[Addon, Job]:
    """Write an add-on in state `provisioning`, its attachment, its grant and the job that asks the partner."""
    customers_only(actor, "create an add-on")
    service, chosen = plan_wanted(tx, plan)
    check_buys(tx, actor, app, chosen)
    check_installable(tx, actor, service, chosen)
    _check_not_twice(tx, app, service)
    name = _checked_name(tx, name) if name is not None else _free_name(tx, service)
    now = tx.now()
    place = region(app.region)
    assert place is not None, "an app's region is checked when it is created"
    addon = tx.insert(
        Addon(
            id=tx.uuid("addon", app.id),
            name=name,
            app_id=app.id,
            service_id=service.id,
            plan_id=chosen.id,
            state="provisioning",
            provider_id=None,
            provision_message=None,
            config={},
            namespaces={},
            options=dict(options or {}),
            region=f"amazon-web-services::{place.provider_region}",
            actor_id=actor.account.id,
            acknowledged_at=None,
            deadline_at=None,
            created_at=now,
            updated_at=now,
        )
    )
    first_attachment(tx, actor, app, addon, service, attachment, confirm)
    _grant(tx, addon)
    tx.record("addon", "create", addon.id, actor.account, told(tx, addon), app_id=app.id, addon_id=addon.id)
    return addon, tx.add_job("provision", addon.id, {})


def _check_not_twice(tx: Transaction, app: App, service: AddonService) -> None:
    installed = tx.find(Addon, app_id=app.id, service_id=service.id, state=LIVE)
    if installed is not None and not requires(service.manifest, "many_per_app"):
        raise InvalidParams(
            f"{service.human_name} can be installed only once on an app; {app.name} already has it. "
            "Change its plan instead, or use another app."
        )


def _checked_name(tx: Transaction, name: str) -> str:
    if ADDON_NAME.fullmatch(name) is None or len(name) > 256:
        raise InvalidParams(
            "Name must start with a letter and can only contain letters, digits, dashes and underscores."
        )
    if tx.find(Addon, name=name, state=LIVE) is not None:
        raise InvalidParams("Name is already taken")
    return name


def _free_name(tx: Transaction, service: AddonService) -> str:
    dice = tx.dice("addon-name", service.name)
    while True:
        name = addon_name(dice, service.name)
        if tx.find(Addon, name=name) is None:
            return name


def _grant(tx: Transaction, addon: Addon) -> None:
    """One authorization an instance; its code goes to the partner and can be exchanged once (partner-api §3)."""
    now = tx.now()
    tx.insert(
        Authorization(
            id=tx.uuid("authorization", addon.id),
            account_id=None,
            addon_id=addon.id,
            description=f"Add-on {addon.name}",
            scope=["partner"],
            grant_code=tx.uuid("grant", addon.id),
            grant_expires_at=now + timedelta(seconds=tx.rules.grant_life),
            grant_used_at=None,
            refresh_token=None,
            revoked_at=None,
            created_at=now,
            updated_at=now,
        )
    )


def rename_addon(tx: Transaction, actor: Actor, addon: Addon, name: str) -> Addon:
    """Another global name; nobody calls the partner for it, and old releases keep the old one (partner-api §2.8).

    InvalidParams for a bad or taken name, and until the partner has answered: it is asked under the name of then.
    """
    customers_only(actor, "rename an add-on")
    if name == addon.name:
        return addon
    if addon.acknowledged_at is None or addon.state not in ("provisioning", "provisioned"):
        raise InvalidParams(f"{addon.name} is {addon.state}: it can be renamed once its provider has answered.")
    before = addon.name
    addon = tx.update(addon, name=_checked_name(tx, name))
    tx.record(
        "addon",
        "update",
        addon.id,
        actor.account,
        told(tx, addon),
        app_id=addon.app_id,
        addon_id=addon.id,
        previous={"name": before},
    )
    return addon


def request_plan_change(tx: Transaction, actor: Actor, addon: Addon, plan: str) -> Job:
    """Write the job that asks the partner for another plan; the plan switches when it says yes (partner-api §2.10)."""
    customers_only(actor, "change a plan")
    service = tx.get(AddonService, addon.service_id)
    _, chosen = plan_wanted(tx, plan, service)
    if addon.state != "provisioned":
        raise InvalidParams(f"{addon.name} is {addon.state}: its plan can be changed once it is provisioned.")
    check_buys(tx, actor, tx.get(App, addon.app_id), chosen, plan_of(tx, addon))
    if chosen.id != addon.plan_id:
        check_offered(tx, actor, service, chosen)
    return tx.add_job("change_plan", addon.id, {"plan_id": chosen.id, "actor_id": actor.account.id})


def plan_of(rows: Snapshot, addon: Addon) -> Plan:
    """An add-on's plan."""
    return rows.get(Plan, addon.plan_id)
