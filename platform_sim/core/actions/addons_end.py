"""The end of an add-on: the customer's wish, and the partner's acknowledgement (partner-api §2.11)."""

from platform_sim.core.access import Actor, check_buys, customers_only
from platform_sim.core.actions.accounts import revoke
from platform_sim.core.actions.addon_events import told
from platform_sim.core.actions.addon_logs import forget_logs
from platform_sim.core.actions.attachments import attachments_of, detach_everywhere
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction


def destroy_addon(tx: Transaction, actor: Actor, addon: Addon, *, force: bool = False, release: bool = True) -> Job:
    """Begin to deprovision it and write the job that tells the partner; asked again, the job that does so already.

    An add-on that other apps use needs `force`. `release` False: the owning app is going away itself. With the
    setting `refused_delete_keeps_addon` it stays provisioned until the partner has not refused.
    """
    customers_only(actor, "destroy an add-on")
    addon = tx.get(Addon, addon.id)
    if addon.state == "deprovisioned":
        raise NotFound("add_on")
    asked = tx.all(Job, kind="deprovision", subject_id=addon.id)
    if addon.state == "deprovisioning":
        assert asked, "deprovisioning is marked together with its job"
        return asked[-1]
    check_buys(tx, actor, tx.get(App, addon.app_id), tx.get(Plan, addon.plan_id))
    others = sorted({app.name for _, app in attachments_of(tx, addon) if app.id != addon.app_id})
    if others and not force:
        raise InvalidParams(
            f"{addon.name} is attached to other apps ({', '.join(others)}). "
            "Detach it there first, or add --force"  # The CLI puts the full stop (heroku-cli §7).
        )
    may_stay = release and addon.state == "provisioned" and tx.rules.refused_delete_keeps_addon
    if not may_stay:
        begin_deprovisioning(tx, addon, actor.account, release=release)
    if asked and asked[-1].state in ("todo", "doing"):
        return asked[-1]
    late = "async_deprovisioning" in tx.get(AddonService, addon.service_id).abilities
    return tx.add_job("deprovision", addon.id, {"actor_id": actor.account.id, "may_finish_later": late})


def begin_deprovisioning(tx: Transaction, addon: Addon, actor: Account, *, release: bool = True) -> Addon:
    """`deprovisioning`: detached from every app, with a release in each.

    A provisioned one whose partner may finish later stays attached until it has: the partner still acts on the apps.
    """
    stays = addon.state == "provisioned" and "async_deprovisioning" in tx.get(AddonService, addon.service_id).abilities
    held, addon = addon, tx.update(addon, state="deprovisioning")
    if not stays:
        detach_everywhere(tx, actor, held, own_release=release)
    tx.record(
        "addon",
        "update",
        addon.id,
        actor,
        told(tx, addon),
        app_id=addon.app_id,
        addon_id=addon.id,
        previous={"state": held.state},
    )
    return addon


def finish_deprovisioning(tx: Transaction, addon: Addon, actor: Account | None) -> Addon:
    """The partner acknowledged: the add-on is gone for good and its tokens are worth nothing (design §8 rule 15).

    Where it was still attached it is detached now, with a release, by `actor` or else by who had installed it.
    """
    addon = tx.get(Addon, addon.id)
    if addon.state == "deprovisioned":
        return addon
    revoke_authorization(tx, addon)
    held, addon = addon, tx.update(addon, state="deprovisioned", config={}, namespaces={}, deadline_at=None)
    detach_everywhere(tx, actor or tx.get(Account, addon.actor_id), held)
    forget_logs(tx, addon)
    tx.record(
        "addon",
        "destroy",
        addon.id,
        actor,
        told(tx, addon),
        app_id=addon.app_id,
        addon_id=addon.id,
        previous={"state": held.state},
    )
    return addon


def revoke_authorization(tx: Transaction, addon: Addon) -> None:
    """End the instance's grant, access and refresh tokens (partner-api §3.2)."""
    for authorization in end_grants(tx, addon):
        revoke(tx, authorization)


def end_grants(tx: Transaction, addon: Addon) -> list[Authorization]:
    """End the instance's grant and refresh token only; returns the authorizations."""
    found = tx.all(Authorization, addon_id=addon.id, revoked_at=None)
    return [tx.update(each, grant_code=None, refresh_token=None) for each in found]
