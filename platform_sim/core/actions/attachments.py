"""Attachments: an add-on's presence in an app and the name that prefixes its config vars (partner-api §2.8)."""

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.addon_logs import begin_logs, end_logs
from platform_sim.core.actions.ownership import as_app_vars, merged
from platform_sim.core.actions.releases import app_config, make_release
from platform_sim.core.errors import ConfirmationRequired, InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Attachment, config_prefix, requires
from platform_sim.core.model.apps import App
from platform_sim.core.model.names import COLOURS
from platform_sim.core.model.values import ATTACHMENT_NAME
from platform_sim.core.store import Transaction


def first_attachment(
    tx: Transaction,
    actor: Actor,
    app: App,
    addon: Addon,
    service: AddonService,
    name: str | None,
    confirm: str | None,
) -> Attachment:
    """Attach a new add-on to the app that owns it; `name` is the customer's `--as`. No release yet."""
    chosen = checked_name(name) if name else _default_name(tx, app, service)
    taken = tx.find(Attachment, app_id=app.id, name=chosen)
    if taken is not None:
        _give_way(tx, actor, app, taken, confirm)
    attachment = _insert(tx, actor, app, addon, chosen)
    begin_logs(tx, actor.account, app, addon, service)
    return attachment


def _insert(tx: Transaction, actor: Actor, app: App, addon: Addon, chosen: str) -> Attachment:
    now = tx.now()
    attachment = tx.insert(Attachment(tx.uuid("attachment", addon.id), app.id, addon.id, chosen, None, now, now))
    tx.record(
        "addon-attachment",
        "create",
        attachment.id,
        actor.account,
        {"name": chosen, "addon": addon.name},
        app_id=app.id,
        addon_id=addon.id,
    )
    return attachment


def attach(
    tx: Transaction, actor: Actor, app: App, addon: Addon, *, name: str | None = None, confirm: str | None = None
) -> Attachment:
    """Attach an add-on once more, to its own app or to another one, with a release there (partner-api §2.8).

    Nobody calls the partner for it. InvalidParams if the service is not `attachable` or the add-on is going away,
    ConfirmationRequired if the name is in use.
    """
    customers_only(actor, "attach an add-on")
    service = tx.get(AddonService, addon.service_id)
    if app.id != addon.app_id and not requires(service.manifest, "attachable"):
        raise InvalidParams(
            f"{service.human_name} cannot be attached to other apps: its manifest does not say `attachable`. "
            f"Create another one on {app.name} instead."
        )
    if addon.state not in ("provisioning", "provisioned"):
        raise InvalidParams(f"{addon.name} is {addon.state}: it cannot be attached any more.")
    attachment = first_attachment(tx, actor, app, addon, service, name, confirm)
    if addon.acknowledged_at is not None:
        given = as_app_vars(service, attachment, addon.config) if addon.shows_config else {}
        text = f"Attach {attachment.name} (@ref:{addon.name})"
        config = merged(app_config(tx, app), given, {})
        make_release(tx, app, actor.account, text, config=config, release_phase=bool(given))
    return attachment


def checked_name(name: str) -> str:
    """An attachment name in upper case; InvalidParams if it cannot prefix a config var."""
    upper = name.upper()
    if ATTACHMENT_NAME.fullmatch(upper) is None or len(upper) > 100:
        raise InvalidParams(
            f"{name[:100]!r} is not an attachment name: start with a letter; use letters, digits and underscores."
        )
    return upper


def _default_name(tx: Transaction, app: App, service: AddonService) -> str:
    prefix = config_prefix(service.manifest)
    taken = {a.name for a in tx.all(Attachment, app_id=app.id)}
    if prefix not in taken:
        return prefix
    dice = tx.dice("colour", app.id)
    free = [f"{prefix}_{colour}" for colour in COLOURS if f"{prefix}_{colour}" not in taken]
    if free:
        return dice.choice(free)
    return next(name for n in range(2, 10_000) if (name := f"{prefix}_{n}") not in taken)


def _give_way(tx: Transaction, actor: Actor, app: App, taken: Attachment, confirm: str | None) -> None:
    """A used name is freed only if the customer confirms with the app's name (heroku-cli §7)."""
    holder = tx.get(Addon, taken.addon_id)
    if confirm != app.name:
        raise ConfirmationRequired(
            f"{taken.name} is already attached to {holder.name} on {app.name}. "
            f"To replace it, repeat the request with confirm set to {app.name}."
        )
    detach(tx, actor.account, app, taken, holder)


def detach(
    tx: Transaction, actor: Account, app: App, attachment: Attachment, addon: Addon, *, release: bool = True
) -> None:
    """Remove an attachment and, with a release, the config vars that still hold the add-on's values."""
    service = tx.get(AddonService, addon.service_id)
    tx.record(
        "addon-attachment",
        "destroy",
        attachment.id,
        actor,
        {"name": attachment.name, "addon": addon.name},
        app_id=app.id,
        addon_id=addon.id,
    )
    tx.delete(attachment)
    end_logs(tx, actor, app, addon)
    if release and addon.acknowledged_at is not None:
        given = as_app_vars(service, attachment, addon.config) if addon.shows_config else {}
        config = merged(app_config(tx, app), dict.fromkeys(given), given)
        make_release(tx, app, actor, f"Detach {attachment.name} (@ref:{addon.name})", config=config)


def detach_everywhere(tx: Transaction, actor: Account, addon: Addon, *, own_release: bool = True) -> None:
    """Remove all attachments, each with a release. `own_release` False: the owning app needs none, it goes itself."""
    for attachment, app in attachments_of(tx, addon):
        detach(tx, actor, app, attachment, addon, release=own_release or app.id != addon.app_id)


def attachments_of(tx: Transaction, addon: Addon) -> list[tuple[Attachment, App]]:
    """Where an add-on is attached, its own app first."""
    pairs = [(a, tx.get(App, a.app_id)) for a in tx.all(Attachment, addon_id=addon.id)]
    return sorted(pairs, key=lambda pair: (pair[1].id != addon.app_id, pair[0].created_at, pair[0].name))
