"""What an app has, add-ons and dynos, with as few questions to the rows as there are kinds of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from platform_sim.core.access import LIVE
from platform_sim.core.actions.ownership import shown_vars
from platform_sim.core.actions.releases import current_release
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan
from platform_sim.core.model.apps import App, Dyno, Release
from platform_sim.core.store import Snapshot

T = TypeVar("T")


def by_id(rows: Snapshot, noun: type[T], ids: Iterable[str]) -> dict[str, T]:
    """All of them that there are, in one question."""
    wanted = sorted(set(ids))
    found: list[Any] = rows.all(noun, id=wanted) if wanted else []
    return {each.id: each for each in found}


@dataclass(frozen=True)
class Held:
    """An add-on that an app has, its own or another app's."""

    addon: Addon
    service: AddonService
    plan: Plan
    attachments: Sequence[Attachment]
    """To this app."""
    owner: App | None
    """The app that pays for it."""


def held_by(rows: Snapshot, app: App) -> list[Held]:
    """The live add-ons of an app and those that are attached to it, by name."""
    attachments = rows.all(Attachment, app_id=app.id, order_by="name")
    addons = {each.id: each for each in rows.all(Addon, app_id=app.id, state=LIVE)}
    others = [each.addon_id for each in attachments if each.addon_id not in addons]
    addons |= {key: each for key, each in by_id(rows, Addon, others).items() if each.state in LIVE}
    return with_details(rows, list(addons.values()), attachments)


def with_details(rows: Snapshot, addons: Sequence[Addon], attachments: Sequence[Attachment]) -> list[Held]:
    """Add-ons with what they are instances of."""
    services = by_id(rows, AddonService, (each.service_id for each in addons))
    plans = by_id(rows, Plan, (each.plan_id for each in addons))
    owners = by_id(rows, App, (each.app_id for each in addons))
    places: dict[str, list[Attachment]] = {each.id: [] for each in addons}
    for one in attachments:
        places.get(one.addon_id, []).append(one)
    return [
        Held(
            each,
            services[each.service_id],
            plans[each.plan_id],
            places[each.id],
            owners.get(each.app_id),
        )
        for each in sorted(addons, key=lambda addon: addon.name)
    ]


def owners_of_vars(held: Sequence[Held]) -> dict[str, Held]:
    """The config vars that add-ons give the app, with whose they are."""
    return {
        name: each for each in held for one in each.attachments for name in shown_vars(each.service, one, each.addon)
    }


def values_of_addons(held: Sequence[Held]) -> dict[str, str]:
    """What add-ons have set them to; a person may have set them to something else since. Secrets."""
    given: dict[str, str] = {}
    for each in held:
        for one in each.attachments:
            given |= shown_vars(each.service, one, each.addon)
    return given


def dynos_of(rows: Snapshot, app: App) -> dict[str, object]:
    """The dynos of an app, the releases that they run, and whether a page waits for them to change."""
    dynos = rows.all(Dyno, app_id=app.id, wanted=True, order_by="name", limit=100)
    running = by_id(rows, Release, (each.release_id for each in dynos))
    return {"dynos": dynos, "running": running, "waits": _changes(rows, app, dynos)}


def _changes(rows: Snapshot, app: App, dynos: Sequence[Dyno]) -> bool:
    """Dynos start, run another release than the current one, or there will soon be a newer one."""
    current = current_release(rows, app.id)
    kept = [each for each in dynos if each.kind == "formation"]
    return (
        any(each.state == "starting" or each.release_id != current.id for each in kept)
        or rows.find(Release, app_id=app.id, status="pending") is not None
    )
