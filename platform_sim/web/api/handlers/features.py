"""Features of apps, and of the caller's account."""

from platform_sim.core.access import app_named, customers_only
from platform_sim.core.actions import features
from platform_sim.core.actions.features import Owner
from platform_sim.core.public import features as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import flag
from platform_sim.web.api.call import Call, Json

UPDATE = {"enabled": flag}


def _owner(call: Call, rows: Snapshot) -> Owner:
    """The app in the path; without one, the account."""
    customers_only(call.actor, "see or switch features")
    return app_named(rows, call.actor, call.path["app"]) if "app" in call.path else call.actor.account


def _identity(call: Call) -> str:
    return call.path.get("app-feature") or call.path["account-feature"]


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/features and /account/features."""
    owner = _owner(call, rows)
    return [public.feature(rows, each, owner) for each in features.features_of(owner)]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/features/:feature and /account/features/:feature (id or name)."""
    owner = _owner(call, rows)
    return public.feature(rows, features.feature_named(owner, _identity(call)), owner)


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /apps/:app/features/:feature and /account/features/:feature."""
    owner = _owner(call, tx)
    found = features.feature_named(owner, _identity(call))
    features.switch(tx, call.actor, owner, found, call.body["enabled"])
    return public.feature(tx, found, owner)
