"""What becomes of an add-on when its partner has answered, or has not (partner-api §2.4, §2.5, §2.10)."""

from collections.abc import Mapping
from datetime import timedelta

from platform_sim.core.actions.addon_events import told
from platform_sim.core.actions.addons_end import revoke_authorization
from platform_sim.core.actions.attachments import attachments_of, detach
from platform_sim.core.actions.ownership import as_app_vars, merged
from platform_sim.core.actions.releases import app_config, make_release
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction


def partner_of(tx: Transaction, service: AddonService) -> Account:
    """The account in whose name a partner acts."""
    found = tx.find(Account, email=f"{service.name}@addons.heroku.com")
    assert found is not None, "a partner account is made with its service"
    return found


def acknowledge(tx: Transaction, addon: Addon, provider_id: str, message: str | None, *, asynchronous: bool) -> Addon:
    """The partner said yes: from here the add-on shows in the app's releases. 202 starts the deadline."""
    deadline = tx.now() + timedelta(seconds=tx.rules.async_deadline) if asynchronous else None
    addon = tx.update(
        addon,
        provider_id=provider_id,
        provision_message=message,
        acknowledged_at=tx.now(),
        deadline_at=deadline,
    )
    if deadline is not None:
        tx.add_job("provision_deadline", addon.id, {}, run_at=deadline)
    actor = tx.get(Account, addon.actor_id)
    for attachment, app in attachments_of(tx, addon):
        # The config does not change yet, so the release phase has nothing to do.
        make_release(tx, app, actor, f"Attach {attachment.name} (@ref:{addon.name})", release_phase=False)
    return addon


def finish_provisioning(tx: Transaction, addon: Addon, config: Mapping[str, str], actor: Account) -> Addon:
    """`provisioned`: the config becomes visible and each attached app gets exactly one release (design §8 rule 9)."""
    before = addon.state
    addon = tx.update(addon, state="provisioned", config=dict(config), deadline_at=None)
    service = tx.get(AddonService, addon.service_id)
    for attachment, app in attachments_of(tx, addon):
        given = as_app_vars(service, attachment, addon.config)
        setting = f", setting {', '.join(given)}." if given else "."
        after = merged(app_config(tx, app), {}, given)
        make_release(tx, app, actor, f"@ref:{addon.name} completed provisioning{setting}", config=after)
    tx.record(
        "addon",
        "update",
        addon.id,
        actor,
        told(tx, addon),
        app_id=addon.app_id,
        addon_id=addon.id,
        previous={"state": before},
    )
    return addon


def fail_provisioning(tx: Transaction, addon: Addon, message: str, *, clean_up: bool) -> Addon:
    """The install failed: nothing of it stays visible (design §8 rule 6).

    `clean_up`: the partner may have made something, so it is told to delete until it acknowledges.
    """
    actor = tx.get(Account, addon.actor_id)
    for attachment, app in attachments_of(tx, addon):
        detach(tx, actor, app, attachment, addon)
    before = addon.state
    addon = tx.update(addon, state="deprovisioned", provision_message=message, config={}, deadline_at=None)
    revoke_authorization(tx, addon)
    tx.record(
        "addon",
        "destroy",
        addon.id,
        actor,
        told(tx, addon) | {"reason": message},
        app_id=addon.app_id,
        addon_id=addon.id,
        previous={"state": before},
    )
    if clean_up:
        tell_to_delete(tx, addon)
    return addon


def tell_to_delete(tx: Transaction, addon: Addon) -> Job:
    """The job that tells the partner to delete what it may have made for an add-on that is gone already."""
    return tx.add_job("deprovision", addon.id, {"clean_up": True})


def change_config(
    tx: Transaction, addon: Addon, after: Mapping[str, str], actor: Account, *, description: str | None = None
) -> Addon:
    """Set an add-on's whole config. Provisioned: each attached app whose vars change gets a release, without
    release phase (platform-api §6). Provisioning: kept silently (design §8 rule 9)."""
    before = addon.config
    addon = tx.update(addon, config=dict(after))
    if addon.state != "provisioned":
        return addon
    service = tx.get(AddonService, addon.service_id)
    for attachment, app in attachments_of(tx, addon):
        current = app_config(tx, app)
        wanted = merged(
            current, as_app_vars(service, attachment, before), as_app_vars(service, attachment, addon.config)
        )
        if wanted == current and not tx.rules.unchanged_config_makes_release:
            continue
        text = description or f"Update {attachment.name} by {service.name}"
        make_release(tx, app, actor, text, config=wanted, release_phase=False)
    return addon


def finish_plan_change(
    tx: Transaction, addon: Addon, plan: Plan, config: Mapping[str, str] | None, message: str | None, actor: Account
) -> Addon:
    """The plan switches; config in the answer is set even over a customer's own value (partner-api §2.10)."""
    service, old = tx.get(AddonService, addon.service_id), tx.get(Plan, addon.plan_id)
    addon = tx.update(addon, plan_id=plan.id, provision_message=message)
    if config:
        addon = change_config(tx, addon, {**addon.config, **config}, partner_of(tx, service))
    tx.record(
        "addon",
        "update",
        addon.id,
        actor,
        told(tx, addon),
        app_id=addon.app_id,
        addon_id=addon.id,
        previous={"plan": f"{service.name}:{old.name}"},
    )
    return addon
