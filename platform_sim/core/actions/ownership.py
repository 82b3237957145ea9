"""Which of an app's config vars belong to add-ons, and how an add-on's config appears in an app (partner-api §2.8)."""

from collections.abc import Iterator, Mapping

from platform_sim.core.access import LIVE
from platform_sim.core.model.addons import Addon, AddonService, Attachment, app_var
from platform_sim.core.model.apps import App
from platform_sim.core.store import Snapshot


def attached(rows: Snapshot, app: App) -> Iterator[tuple[Attachment, Addon, AddonService]]:
    """An app's attachments with their live add-ons, in order of attaching."""
    for attachment in rows.all(Attachment, app_id=app.id):
        addon = rows.find(Addon, id=attachment.addon_id, state=LIVE)
        if addon is not None:
            yield attachment, addon, rows.get(AddonService, addon.service_id)


def as_app_vars(service: AddonService, attachment: Attachment, config: Mapping[str, str]) -> dict[str, str]:
    """Config by manifest names as config by the names that the attachment's app sees."""
    return {app_var(service.manifest, attachment.name, name): value for name, value in config.items()}


def owned_vars(rows: Snapshot, app: App) -> dict[str, Addon]:
    """The app's config vars that belong to provisioned add-ons: name in the app -> add-on."""
    owned: dict[str, Addon] = {}
    for attachment, addon, service in attached(rows, app):
        if addon.state == "provisioned":
            owned |= dict.fromkeys(as_app_vars(service, attachment, addon.config), addon)
    return owned


def merged(current: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """An app's config when an add-on's vars go from `before` to `after`.

    What the add-on changed is set, even over a customer's own value; what it no longer has is removed only
    where the value is still the add-on's (design §8 rule 10).
    """
    result = dict(current)
    for name, value in before.items():
        if name not in after and result.get(name) == value:
            del result[name]
    return result | dict(after)
