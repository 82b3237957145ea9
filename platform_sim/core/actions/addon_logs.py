"""An add-on's part in the logs of the apps that it is attached to: a drain and a token for writing (partner-api §7).

Both exist for each attached app. They are made when the add-on is attached, because the partner is told them in the
provisioning request, and they end when it is detached.
"""

from platform_sim.core.actions.drains import drain_token, tell
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Attachment, requires
from platform_sim.core.model.apps import App
from platform_sim.core.model.drains import LogDrain, LogInput
from platform_sim.core.store import Snapshot, Transaction


def begin_logs(tx: Transaction, actor: Account, app: App, addon: Addon, service: AddonService) -> None:
    """The add-on is attached to the app: what its manifest requires of logs is there now. Again is harmless."""
    if requires(service.manifest, "log_input") and tx.find(LogInput, addon_id=addon.id, app_id=app.id) is None:
        token = "t." + tx.uuid("log-input-token", addon.id)
        tx.insert(LogInput(tx.uuid("log-input", addon.id), app.id, addon.id, token, tx.now()))
    if requires(service.manifest, "syslog_drain"):
        _begin_drain(tx, actor, app, addon)


def _begin_drain(tx: Transaction, actor: Account, app: App, addon: Addon) -> None:
    """With the URL that the add-on's partner has named; without one it waits for it. A drain of an earlier
    attachment comes back with its token, by which the partner knows the app."""
    drain, url = tx.find(LogDrain, addon_id=addon.id, app_id=app.id), _known_url(tx, addon)
    if drain is None:
        now = tx.now()
        made = LogDrain(tx.uuid("log-drain", addon.id), app.id, addon.id, drain_token(tx, app), url, False, now, now)
        drain = tx.insert(made)
    if url is not None and not drain.active:
        tell(tx, "create", tx.update(drain, url=url, active=True), actor)


def _known_url(tx: Transaction, addon: Addon) -> str | None:
    """That of the drains in use, else of one that was."""
    named = [drain for drain in tx.all(LogDrain, addon_id=addon.id, order_by="updated_at") if drain.url]
    named.sort(key=lambda drain: drain.active)
    return named[-1].url if named else None


def use_drain_url(tx: Transaction, actor: Account, addon: Addon, url: str) -> None:
    """The partner's answer names where the add-on's drains send to (partner-api §2.4)."""
    attached = {each.app_id for each in tx.all(Attachment, addon_id=addon.id)}
    for drain in tx.all(LogDrain, addon_id=addon.id, app_id=sorted(attached)):
        tell(tx, "update" if drain.active else "create", tx.update(drain, url=url, active=True), actor)


def end_logs(tx: Transaction, actor: Account, app: App, addon: Addon) -> None:
    """An attachment has gone; with the last one in this app, the add-on neither hears nor writes its log any more.

    While it is provisioning its own app's token is kept, and useless: a provisioning request that is sent again has to
    be the same bytes (design §8 rule 18).
    """
    if tx.find(Attachment, addon_id=addon.id, app_id=app.id) is not None:
        return
    if app.id != addon.app_id or tx.get(Addon, addon.id).state != "provisioning":
        tx.delete_where(LogInput, addon_id=addon.id, app_id=app.id)
    for drain in tx.all(LogDrain, addon_id=addon.id, app_id=app.id, active=True):
        tell(tx, "destroy", tx.update(drain, active=False), actor)


def forget_logs(tx: Transaction, addon: Addon) -> None:
    """The add-on is gone for good, detached from everywhere before."""
    tx.delete_where(LogInput, addon_id=addon.id)
    tx.delete_where(LogDrain, addon_id=addon.id)


def end_app_logs(tx: Transaction, actor: Account, app: App) -> None:
    """The app is going away, its add-ons detached before."""
    for drain in tx.all(LogDrain, app_id=app.id, active=True):
        tell(tx, "destroy", drain, actor)
    tx.delete_where(LogInput, app_id=app.id)
    tx.delete_where(LogDrain, app_id=app.id)


def drain_token_of(rows: Snapshot, addon: Addon) -> str | None:
    """`log_drain_token` of the provisioning request; None if the manifest did not ask for logs."""
    drain = rows.find(LogDrain, addon_id=addon.id, app_id=addon.app_id)
    return drain.token if drain else None


def input_token_of(rows: Snapshot, addon_id: str, app_id: str) -> str | None:
    """The password of `log_input_url` for one app."""
    found = rows.find(LogInput, addon_id=addon_id, app_id=app_id)
    return found.token if found else None
