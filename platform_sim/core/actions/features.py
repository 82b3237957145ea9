"""Features of apps and accounts: switched, and what those that do something here do."""

from typing import Any

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.errors import NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App, Dyno, FeatureSwitch, Release, Slug
from platform_sim.core.model.domains import default_hostname
from platform_sim.core.model.features import (
    ACCOUNT_FEATURES,
    APP_FEATURES,
    BUILD_METADATA,
    DYNO_METADATA,
    PREBOOT,
    Feature,
    feature,
)
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot, Transaction

Owner = App | Account


def features_of(owner: Owner) -> tuple[Feature, ...]:
    """Those that there are for apps, or for accounts."""
    return APP_FEATURES if isinstance(owner, App) else ACCOUNT_FEATURES


def feature_named(owner: Owner, identity: str) -> Feature:
    """One of them by id or name."""
    found = feature(features_of(owner), identity)
    if found is None:
        raise NotFound("feature")
    return found


def switch_of(rows: Snapshot, owner: Owner, chosen: Feature) -> FeatureSwitch | None:
    """How a feature is switched; None: off, as from the beginning."""
    return rows.find(FeatureSwitch, owner_id=owner.id, name=chosen.name)


def switch(tx: Transaction, actor: Actor, owner: Owner, chosen: Feature, enabled: bool) -> FeatureSwitch | None:
    """Switch a feature; what is so already stays."""
    customers_only(actor, "switch features")
    found = switch_of(tx, owner, chosen)
    if (found is not None and found.enabled) == enabled:
        return found
    now = tx.now()
    if found is None:
        found = tx.insert(FeatureSwitch(tx.uuid("feature", owner.id), owner.id, chosen.name, enabled, now, now))
    else:
        found = tx.update(found, enabled=enabled)
    kind, where = ("app-feature", owner.id) if isinstance(owner, App) else ("account-feature", None)
    data: dict[str, Any] = {"name": chosen.name, "enabled": enabled}
    tx.record(kind, "update", found.id, actor.account, data, app_id=where, previous={"enabled": not enabled})
    return found


def has_preboot(rows: Snapshot, app_id: str) -> bool:
    """Whether an app's web dynos are kept until new ones are up."""
    return rows.find(FeatureSwitch, owner_id=app_id, name=PREBOOT, enabled=True) is not None


def metadata(rows: Snapshot, app: App, release: Release, dyno: Dyno) -> dict[str, str]:
    """What a dyno's environment has of the features that tell it about itself.

    Only of those that were on when its release was made: they act from the next deploy on (platform-api §6).
    """
    switches = rows.all(FeatureSwitch, owner_id=app.id, enabled=True)
    active = {each.name for each in switches if each.updated_at <= release.created_at}
    slug = rows.get(Slug, release.slug_id) if release.slug_id else None
    commit = (slug.commit_id if slug else None) or ""
    told: dict[str, str] = {}
    if DYNO_METADATA in active:
        told |= {
            "HEROKU_APP_ID": app.id,
            "HEROKU_APP_NAME": app.name,
            "HEROKU_APP_DEFAULT_DOMAIN_NAME": default_hostname(app.name),
            "HEROKU_DYNO_ID": dyno.id,
            "HEROKU_RELEASE_CREATED_AT": iso(release.created_at),
            "HEROKU_RELEASE_VERSION": f"v{release.version}",
            "HEROKU_SLUG_COMMIT": commit,
            "HEROKU_SLUG_DESCRIPTION": release.description,
        }
    if BUILD_METADATA in active:
        described = (slug.commit_description if slug else None) or ""
        told |= {"HEROKU_BUILD_COMMIT": commit, "HEROKU_BUILD_DESCRIPTION": described}
    return told
