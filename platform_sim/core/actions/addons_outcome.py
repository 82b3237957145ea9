"""What becomes of an add-on when its partner has answered, or has not (partner-api §2.4, §2.5, §2.10).

Whoever asked a partner holds a row from before the answer. Each outcome therefore looks at the row as it is now and
changes nothing if the add-on has moved on meanwhile: states only move forward (design §8 rule 7).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from platform_sim.core.actions.addon_events import told
from platform_sim.core.actions.addon_logs import forget_logs
from platform_sim.core.actions.addons_end import end_grants, revoke_authorization
from platform_sim.core.actions.attachments import attachments_of, detach_everywhere
from platform_sim.core.actions.ownership import as_app_vars, check_declared, merged, shown_vars
from platform_sim.core.actions.releases import app_config, make_release
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.store import Snapshot, Transaction

V = TypeVar("V")


def partner_of(rows: Snapshot, service: AddonService) -> Account:
    """The account in whose name a partner acts."""
    found = rows.find(Account, email=f"{service.name}@addons.heroku.com")
    assert found is not None, "a partner account is made with its service"
    return found


def acknowledge(tx: Transaction, addon: Addon, provider_id: str, message: str | None, *, asynchronous: bool) -> Addon:
    """The partner said yes: from here the add-on shows in the app's releases. 202 starts the deadline.

    If the customer has destroyed it meanwhile, only the partner's id is kept, since a DELETE may need it.
    """
    addon = tx.get(Addon, addon.id)
    if addon.acknowledged_at is not None or addon.state == "deprovisioned":
        return addon
    if addon.state != "provisioning":
        return tx.update(addon, provider_id=provider_id)
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


def known_as(tx: Transaction, addon: Addon, provider_id: str) -> Addon:
    """Keep the partner's id of a resource whose answer cannot be used or came too late: a partner of version 1 is
    told to delete by it (partner-api §8.1)."""
    addon = tx.get(Addon, addon.id)
    return addon if addon.provider_id is not None else tx.update(addon, provider_id=provider_id)


def finish_provisioning(tx: Transaction, addon: Addon, config: Mapping[str, str], actor: Account) -> Addon:
    """`provisioned`: the config, with what the partner has set before, becomes visible and each attached app gets
    exactly one release (design §8 rule 9). InvalidParams for a var that the manifest does not declare."""
    addon = tx.get(Addon, addon.id)
    if addon.state != "provisioning":
        return addon
    service = tx.get(AddonService, addon.service_id)
    check_declared(service, config)
    before = addon.state
    addon = tx.update(addon, state="provisioned", config={**addon.config, **config}, deadline_at=None)
    for app, attachments in _by_app(attachments_of(tx, addon)):
        given = {name: value for each in attachments for name, value in shown_vars(service, each, addon).items()}
        setting = f", setting {', '.join(sorted(given))}." if given else "."
        after = merged(app_config(tx, app), given, {})
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


def fail_provisioning(
    tx: Transaction, addon: Addon, message: str, *, clean_up: bool, out_of_time: bool = False
) -> Addon:
    """The install failed: nothing of it stays visible (design §8 rule 6).

    `clean_up`: the partner may have made something, so it is told to delete until it acknowledges. `out_of_time`: it
    still works on it, so an access token that it has lasts until it expires; what it asks for is not found (§2.12).
    """
    addon = tx.get(Addon, addon.id)
    if addon.state != "provisioning":
        return addon
    actor = tx.get(Account, addon.actor_id)
    detach_everywhere(tx, actor, addon)
    before = addon.state
    addon = tx.update(
        addon, state="deprovisioned", provision_message=message, config={}, namespaces={}, deadline_at=None
    )
    (end_grants if out_of_time else revoke_authorization)(tx, addon)
    forget_logs(tx, addon)
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


def tell_to_delete(tx: Transaction, addon: Addon) -> Job | None:
    """The job that tells the partner to delete what it may have made for an add-on that is gone already; None where
    the setting says that Heroku does not."""
    return tx.add_job("deprovision", addon.id, {"clean_up": True}) if tx.rules.failed_create_is_deleted else None


def change_config(
    tx: Transaction,
    addon: Addon,
    changes: Mapping[str, str | None],
    actor: Account,
    namespace: str | None = None,
) -> Addon:
    """The partner sets vars by their manifest names (None removes); others stay as they are (partner-api §4.2).

    Where apps have its config, each whose vars change gets one release, without release phase (platform-api §6).
    Provisioning: kept silently (design §8 rule 9). InvalidParams for a var that the manifest does not declare.
    `namespace`: only what is attached with it changes; the first var makes one, without its last it is gone.
    """
    addon = tx.get(Addon, addon.id)
    service = tx.get(AddonService, addon.service_id)
    check_declared(service, changes)
    if addon.state == "deprovisioned":
        return addon
    before = addon.config_in(namespace)
    addon = _keep(tx, addon, namespace, {k: v for k, v in {**before, **changes}.items() if v is not None})
    if not addon.shows_config:
        return addon
    for app, attachments in _by_app(pair for pair in attachments_of(tx, addon) if pair[0].namespace == namespace):
        current = app_config(tx, app)
        wanted = merged(current, _app_vars(service, attachments, changes), _app_vars(service, attachments, before))
        if wanted == current and not tx.rules.unchanged_config_makes_release:
            continue
        names = ", ".join(attachment.name for attachment in attachments)
        make_release(tx, app, actor, f"Update {names} by {service.name}", config=wanted, release_phase=False)
    return addon


def _keep(tx: Transaction, addon: Addon, namespace: str | None, config: dict[str, str]) -> Addon:
    if namespace is None:
        return tx.update(addon, config=config)
    others = {name: theirs for name, theirs in addon.namespaces.items() if name != namespace}
    return tx.update(addon, namespaces=others | ({namespace: config} if config else {}))


def _by_app(pairs: Iterable[tuple[Attachment, App]]) -> list[tuple[App, list[Attachment]]]:
    """Each app once, with the attachments to it, in the same order."""
    apps: dict[str, tuple[App, list[Attachment]]] = {}
    for attachment, app in pairs:
        apps.setdefault(app.id, (app, []))[1].append(attachment)
    return list(apps.values())


def _app_vars(service: AddonService, attachments: Sequence[Attachment], config: Mapping[str, V]) -> dict[str, V]:
    return {name: value for each in attachments for name, value in as_app_vars(service, each, config).items()}


def finish_plan_change(
    tx: Transaction, addon: Addon, plan: Plan, config: Mapping[str, str] | None, message: str | None, actor: Account
) -> Addon:
    """The plan switches; config in the answer is set even over a customer's own value (partner-api §2.10)."""
    addon = tx.get(Addon, addon.id)
    if addon.state != "provisioned":
        return addon
    service, old = tx.get(AddonService, addon.service_id), tx.get(Plan, addon.plan_id)
    addon = tx.update(addon, plan_id=plan.id, provision_message=message)
    if config:
        addon = change_config(tx, addon, config, partner_of(tx, service))
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
