"""The end of an add-on: the customer's wish, and the partner's acknowledgement (partner-api §2.11)."""

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.addon_events import told
from platform_sim.core.actions.addon_logs import forget_logs
from platform_sim.core.actions.attachments import attachments_of, detach
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction


def destroy_addon(tx: Transaction, actor: Actor, addon: Addon, *, force: bool = False, release: bool = True) -> Job:
    """Detach from every app (a release each), mark `deprovisioning`, write the job that tells the partner.

    An add-on that other apps use needs `force`. `release` False: the owning app is going away itself.
    """
    customers_only(actor, "destroy an add-on")
    addon = tx.get(Addon, addon.id)
    if addon.state == "deprovisioned":
        raise NotFound("add_on")
    if addon.state == "deprovisioning":
        running = tx.find(Job, kind="deprovision", subject_id=addon.id)
        assert running is not None, "deprovisioning is marked together with its job"
        return running
    pairs = attachments_of(tx, addon)
    others = sorted({app.name for _, app in pairs if app.id != addon.app_id})
    if others and not force:
        raise InvalidParams(
            f"{addon.name} is attached to other apps ({', '.join(others)}). "
            "Detach it there first, or repeat the request with force."
        )
    held, addon = addon, tx.update(addon, state="deprovisioning")
    for attachment, app in pairs:
        detach(tx, actor.account, app, attachment, held, release=release or app.id != addon.app_id)
    tx.record(
        "addon",
        "update",
        addon.id,
        actor.account,
        told(tx, addon),
        app_id=addon.app_id,
        addon_id=addon.id,
        previous={"state": held.state},
    )
    return tx.add_job("deprovision", addon.id, {"actor_id": actor.account.id})


def finish_deprovisioning(tx: Transaction, addon: Addon, actor: Account | None) -> Addon:
    """The partner acknowledged: the add-on is gone for good and its tokens are worth nothing (design §8 rule 15)."""
    addon = tx.get(Addon, addon.id)
    revoke_authorization(tx, addon)
    if addon.state == "deprovisioned":
        return addon
    before = addon.state
    addon = tx.update(addon, state="deprovisioned", config={}, deadline_at=None)
    forget_logs(tx, addon)
    tx.record(
        "addon",
        "destroy",
        addon.id,
        actor,
        told(tx, addon),
        app_id=addon.app_id,
        addon_id=addon.id,
        previous={"state": before},
    )
    return addon


def revoke_authorization(tx: Transaction, addon: Addon) -> None:
    """End the instance's grant, access and refresh tokens (partner-api §3.2)."""
    for authorization in tx.all(Authorization, addon_id=addon.id, revoked_at=None):
        tx.delete_where(AccessToken, authorization_id=authorization.id)
        tx.update(authorization, revoked_at=tx.now(), grant_code=None, refresh_token=None)
