"""Whether rows from a file name rows that are there, of those without which a platform cannot answer.

Only what no verb leaves behind is asked for: events, jobs, dynos and add-ons may name an app that has been deleted.
"""

from collections.abc import Mapping
from typing import Any

from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService, Attachment, ManifestVersion, Plan
from platform_sim.core.model.apps import App, Dyno, Release
from platform_sim.core.model.places import STACKS
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.core.store.still import Still
from platform_sim.core.store.tables import TABLES

KEPT: Mapping[tuple[type, str], type] = {
    (AccessToken, "authorization_id"): Authorization,
    (Authorization, "account_id"): Account,
    (Authorization, "addon_id"): Addon,
    (App, "owner_id"): Account,
    (Release, "app_id"): App,
    (ManifestVersion, "service_id"): AddonService,
    (Plan, "service_id"): AddonService,
    (Addon, "service_id"): AddonService,
    (Addon, "plan_id"): Plan,
    (Attachment, "app_id"): App,
    (Attachment, "addon_id"): Addon,
}
"""Noun and field -> whose id it holds, if any: rows that are there as long as this one is."""


def check_references(still: Still) -> None:
    """BadSnapshot for the first row that names one that is not there; it says which and what."""
    ids = {target: {row.id for row in _rows(still, target)} for target in {*KEPT.values(), Release}}
    for (noun, field), target in KEPT.items():
        for row in _rows(still, noun):
            _check(noun, row.id, field, getattr(row, field), target, ids[target])
    for dyno in still.rows.all(Dyno):
        if dyno.app_id in ids[App]:
            _check(Dyno, dyno.id, "release_id", dyno.release_id, Release, ids[Release])
    _check_apps(still)


def _rows(still: Still, noun: type[Any]) -> list[Any]:
    return still.rows.all(noun)


def _check(noun: type, row_id: str, field: str, value: str | None, target: type, known: set[str]) -> None:
    if value is not None and value not in known:
        raise BadSnapshot(
            f"the snapshot cannot be used: {field} of the {TABLES[noun].name} {row_id} is {value}, and there is no "
            f"such {TABLES[target].name}"
        )


def _check_apps(still: Still) -> None:
    released = {row.app_id for row in still.rows.all(Release, status="succeeded")}
    for app in still.rows.all(App):
        if app.stack not in {stack.name for stack in STACKS}:
            raise BadSnapshot(
                f"the snapshot cannot be used: stack of the app {app.id} is {app.stack[:60]}, "
                "and there is no such stack"
            )
        if app.id not in released:
            raise BadSnapshot(f"the snapshot cannot be used: the app {app.id} has no release that has succeeded")
