"""Attachments: an add-on's presence in an app and the name that prefixes its config vars (partner-api §2.8)."""

from platform_sim.core.access import Actor, check_permitted, customers_only
from platform_sim.core.actions.addon_logs import begin_logs, end_logs
from platform_sim.core.actions.ownership import attached, merged, possible_vars, shown_vars
from platform_sim.core.actions.releases import app_config, make_release
from platform_sim.core.errors import ConfirmationRequired, InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Attachment, config_prefix, requires
from platform_sim.core.model.apps import App
from platform_sim.core.model.names import COLOURS
from platform_sim.core.model.values import ATTACHMENT_NAME
from platform_sim.core.store import Transaction

FIRST_NAMES = {"heroku-postgresql": "DATABASE"}
"""Services whose first attachment to an app is not named after their prefix (partner-api §2.8)."""


def first_attachment(
    tx: Transaction,
    actor: Actor,
    app: App,
    addon: Addon,
    service: AddonService,
    name: str | None,
    confirm: str | None,
    namespace: str | None = None,
) -> Attachment:
    """Attach a new add-on to the app that owns it; `name` is the customer's `--as`. No release yet.

    InvalidParams for a name under which a config var would be another attachment's too.
    """
    chosen = checked_name(name) if name else _default_name(tx, app, service)
    taken = tx.find(Attachment, app_id=app.id, name=chosen)
    if taken is not None:
        _give_way(tx, actor, app, taken, confirm)
    _check_vars_are_free(tx, app, service, chosen)
    attachment = _insert(tx, actor, app, addon, chosen, namespace)
    begin_logs(tx, actor.account, app, addon, service)
    return attachment


def _insert(tx: Transaction, actor: Actor, app: App, addon: Addon, chosen: str, namespace: str | None) -> Attachment:
    now = tx.now()
    attachment = tx.insert(Attachment(tx.uuid("attachment", addon.id), app.id, addon.id, chosen, namespace, now, now))
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
    tx: Transaction,
    actor: Actor,
    app: App,
    addon: Addon,
    *,
    name: str | None = None,
    confirm: str | None = None,
    namespace: str | None = None,
) -> Attachment:
    """Attach an add-on once more, to its own app or to another one, with a release there (partner-api §2.8).

    With a `namespace` the app gets that one's config. Nobody calls the partner for it. InvalidParams if the service
    is not `attachable`, the add-on is going away or knows no such namespace; ConfirmationRequired if the name is in
    use.
    """
    customers_only(actor, "attach an add-on")
    check_permitted(tx, actor, app, "deploy")
    service = tx.get(AddonService, addon.service_id)
    if app.id != addon.app_id and not requires(service.manifest, "attachable"):
        raise InvalidParams(
            f"{service.human_name} cannot be attached to other apps: its manifest does not say `attachable`. "
            f"Create another one on {app.name} instead."
        )
    if addon.state not in ("provisioning", "provisioned"):
        raise InvalidParams(f"{addon.name} is {addon.state}: it cannot be attached any more.")
    _check_namespace(addon, namespace)
    attachment = first_attachment(tx, actor, app, addon, service, name, confirm, namespace)
    if addon.acknowledged_at is not None:
        given = shown_vars(service, attachment, addon)
        text = f"Attach {attachment.name} (@ref:{addon.name})"
        config = merged(app_config(tx, app), given, {})
        make_release(tx, app, actor.account, text, config=config, release_phase=bool(given))
    return attachment


def _check_namespace(addon: Addon, namespace: str | None) -> None:
    if namespace is None or addon.config_in(namespace):
        return
    known = ", ".join(sorted(addon.namespaces))
    raise InvalidParams(
        f"{addon.name} has no config in the namespace {namespace[:100]!r}: its provider has to set it before it can "
        f"be attached. {f'It has set {known}.' if known else 'It has set none so far.'}"
    )


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
    held = list(attached(tx, app))
    names = {attachment.name for attachment, _, _ in held}
    given = {var for attachment, _, other in held for var in possible_vars(other, attachment.name)}

    def is_free(name: str) -> bool:
        return name not in names and given.isdisjoint(possible_vars(service, name))

    first = FIRST_NAMES.get(service.name, prefix)
    if is_free(first):
        return first
    free = [name for colour in COLOURS if is_free(name := f"{prefix}_{colour}")]
    if free:
        return tx.dice("colour", app.id).choice(free)
    return next(name for n in range(2, 10_000) if is_free(name := f"{prefix}_{n}"))


def _check_vars_are_free(tx: Transaction, app: App, service: AddonService, name: str) -> None:
    """A var has one owner: two would take it from each other (design §8 rule 10)."""
    wanted = possible_vars(service, name)
    for other, addon, its_service in attached(tx, app):
        both = sorted(wanted & possible_vars(its_service, other.name))
        if both:
            raise InvalidParams(
                f"As {name} it would set {', '.join(both)}, which {other.name} ({addon.name}) sets on {app.name}. "
                "Choose another name for the attachment."
            )


def _give_way(tx: Transaction, actor: Actor, app: App, taken: Attachment, confirm: str | None) -> None:
    """A used name is freed only if the customer confirms with the app's name (heroku-cli §7)."""
    holder = tx.get(Addon, taken.addon_id)
    if confirm != app.name:
        raise ConfirmationRequired(
            f"{taken.name} is already attached to {holder.name} on {app.name}. "
            f"To replace it, confirm with the name of the app."
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
        given = shown_vars(service, attachment, addon)
        config = merged(app_config(tx, app), dict.fromkeys(given), given)
        make_release(tx, app, actor, f"Detach {attachment.name} (@ref:{addon.name})", config=config)


def detach_everywhere(tx: Transaction, actor: Account, addon: Addon, *, own_release: bool = True) -> None:
    """Remove all attachments, each with a release. `own_release` False: the owning app needs none, it goes itself."""
    for attachment, app in attachments_of(tx, addon):
        detach(tx, actor, app, attachment, addon, release=own_release or app.id != addon.app_id)


def customer_detaches(tx: Transaction, actor: Actor, app: App, attachment: Attachment) -> None:
    """The customer's wish, with a release on the app. InvalidParams for the last attachment to the app that owns the
    add-on, unless the setting allows it: destroying is the way to be rid of an add-on (partner-api §2.8)."""
    customers_only(actor, "detach an add-on")
    check_permitted(tx, actor, app, "deploy")
    addon = tx.get(Addon, attachment.addon_id)
    is_last = app.id == addon.app_id and tx.count(Attachment, addon_id=addon.id, app_id=app.id) == 1
    if is_last and not tx.rules.last_attachment_can_be_detached:
        raise InvalidParams(
            f"Cannot destroy last attachment to billing app for addon {addon.name}. "
            "Destroy the add-on, or attach it to the app under another name first."
        )
    detach(tx, actor.account, app, attachment, addon)


def attachments_of(tx: Transaction, addon: Addon) -> list[tuple[Attachment, App]]:
    """Where an add-on is attached, its own app first."""
    pairs = [(a, tx.get(App, a.app_id)) for a in tx.all(Attachment, addon_id=addon.id)]
    return sorted(pairs, key=lambda pair: (pair[1].id != addon.app_id, pair[0].created_at, pair[0].name))
