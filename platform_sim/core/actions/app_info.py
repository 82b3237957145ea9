"""App Info: what a partner reads and sets with its manifest's id and password (partner-api §4.5, §8.3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from platform_sim.core.access import LIVE
from platform_sim.core.actions.addons_outcome import change_config, finish_provisioning, partner_of
from platform_sim.core.actions.ownership import check_declared
from platform_sim.core.errors import Forbidden, InvalidParams, MultipleMatches, NotFound
from platform_sim.core.model.addons import Addon, AddonService, Plan, is_legacy, requires
from platform_sim.core.model.apps import App, heroku_id, legacy_number
from platform_sim.core.model.values import is_uuid
from platform_sim.core.store import Snapshot, Transaction


@dataclass(frozen=True)
class Install:
    """One instance of a service with all that App Info tells of it. `app` is the one that owns it."""

    service: AddonService
    addon: Addon
    app: App
    plan: Plan


def installs(rows: Snapshot, service: AddonService) -> list[Install]:
    """All instances that a partner has answered for and that are not gone, oldest first."""
    plans = {plan.id: plan for plan in rows.all(Plan, service_id=service.id)}
    addons = [a for a in rows.all(Addon, service_id=service.id, state=LIVE) if a.acknowledged_at is not None]
    apps = {app.id: app for app in rows.all(App)} if addons else {}
    return [Install(service, a, apps[a.app_id], plans[a.plan_id]) for a in addons if a.app_id in apps]


def install_named(rows: Snapshot, service: AddonService, identity: str) -> Install:
    """By the app's `heroku_id` or the add-on's uuid. NotFound for what does not exist, is another service's, has gone,
    or has not been answered for; MultipleMatches when a `heroku_id` could mean several."""
    if is_uuid(identity):
        found = rows.all(Addon, id=identity, service_id=service.id, state=LIVE)
    else:
        number = legacy_number(identity)
        app = rows.find(App, legacy_number=number) if number is not None else None
        found = rows.all(Addon, app_id=app.id, service_id=service.id, state=LIVE) if app else []
    found = [addon for addon in found if addon.acknowledged_at is not None]
    if len(found) > 1:
        raise MultipleMatches(
            f"{identity} has several add-ons of {service.name}: ask for one by its uuid, as in GET /vendor/apps."
        )
    owner = rows.find(App, id=found[0].app_id) if found else None
    if owner is None:
        raise NotFound("app", "Couldn't find that app, or it does not have your add-on (any more).")
    return Install(service, found[0], owner, rows.get(Plan, found[0].plan_id))


def set_config(tx: Transaction, service: AddonService, identity: str, changes: Mapping[str, str | None]) -> Install:
    """Set vars (None removes); names not listed stay. Forbidden for a name that the manifest does not declare.

    In version 1 it is also how a partner ends an asynchronous provisioning (partner-api §8.1).
    """
    install = install_named(tx, service, identity)
    try:
        check_declared(service, changes)
    except InvalidParams as problem:
        raise Forbidden(problem.message) from None
    partner = partner_of(tx, service)
    addon = change_config(tx, install.addon, changes, partner)
    if addon.state == "provisioning" and is_legacy(service.manifest):
        finish_provisioning(tx, addon, {}, partner)
    return install_named(tx, service, addon.id)


def back_channel_name(service: AddonService, addon: Addon, app: App) -> str:
    """What stands for an add-on in its App Info URL: the app's `heroku_id` of old, or the uuid, as in the last years,
    where that could mean several add-ons or where the partner speaks version 3."""
    unambiguous = is_legacy(service.manifest) and not requires(service.manifest, "many_per_app")
    return heroku_id(app) if unambiguous else addon.id
