"""Which of an app's config vars belong to add-ons, and how an add-on's config appears in an app (partner-api §2.8)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from platform_sim.core.access import LIVE
from platform_sim.core.errors import InvalidParams, PlatformError
from platform_sim.core.model.addons import Addon, AddonService, Attachment, app_var, declared_vars
from platform_sim.core.model.apps import App
from platform_sim.core.store import Snapshot

V = TypeVar("V")


def check_declared(service: AddonService, names: Iterable[str], refused: type[PlatformError] = InvalidParams) -> None:
    """`refused` if the manifest does not allow the partner to set one of the names (design §8 rule 10)."""
    declared = declared_vars(service.manifest)
    foreign = sorted(set(names) - set(declared))
    if foreign:
        raise refused(
            f"{', '.join(foreign)} cannot be set: not declared in the manifest of {service.name}. "
            f"It declares {', '.join(declared) or 'no config vars'}; add the name there and push the manifest."
        )


def attached(rows: Snapshot, app: App) -> Iterator[tuple[Attachment, Addon, AddonService]]:
    """An app's attachments with their live add-ons, in order of attaching."""
    attachments = rows.all(Attachment, app_id=app.id)
    live = rows.all(Addon, id=[each.addon_id for each in attachments], state=LIVE)
    addons = {each.id: each for each in live}
    services = {each.id: each for each in rows.all(AddonService, id=sorted({each.service_id for each in live}))}
    for attachment in attachments:
        addon = addons.get(attachment.addon_id)
        if addon is not None:
            yield attachment, addon, services[addon.service_id]


def as_app_vars(service: AddonService, attachment: Attachment, config: Mapping[str, V]) -> dict[str, V]:
    """Config by manifest names as config by the names that the attachment's app sees."""
    return {app_var(service.manifest, attachment.name, name): value for name, value in config.items()}


def shown_vars(service: AddonService, attachment: Attachment, addon: Addon) -> dict[str, str]:
    """What an attachment gives its app now: the config of its namespace, by the names that the app sees."""
    return as_app_vars(service, attachment, addon.config_in(attachment.namespace)) if addon.shows_config else {}


def possible_vars(service: AddonService, name: str) -> set[str]:
    """The config vars that an attachment of this name may ever give its app."""
    return {app_var(service.manifest, name, each) for each in declared_vars(service.manifest)}


def owned_vars(rows: Snapshot, app: App) -> dict[str, str]:
    """The app's config vars that belong to its add-ons, with the add-ons' values for them."""
    owned: dict[str, str] = {}
    for attachment, addon, service in attached(rows, app):
        owned |= shown_vars(service, attachment, addon)
    return owned


def merged(current: Mapping[str, str], changes: Mapping[str, str | None], before: Mapping[str, str]) -> dict[str, str]:
    """An app's config after an add-on has changed vars of its own; `before` are its values until now.

    What it sets is set, even over a customer's own value. What it removes (None) goes only where the value is
    still the add-on's. What it does not name stays as it is (partner-api §4.2, design §8 rule 10).
    """
    result = dict(current)
    for name, value in changes.items():
        if value is not None:
            result[name] = value
        elif name in before and result.get(name) == before[name]:
            del result[name]
    return result
