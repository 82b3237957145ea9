"""Which buildpacks an app's next build uses."""

from platform_sim.core.access import app_named, customers_only
from platform_sim.core.actions import builds
from platform_sim.core.model.apps import App
from platform_sim.core.public import apps as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import list_of, part, text
from platform_sim.web.api.call import Call, Json

UPDATES = {"updates": list_of(part({"buildpack": text}))}


def _shown(app: App) -> Json:
    return [public.buildpack_installation(name, number) for number, name in enumerate(app.buildpacks)]


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/buildpack-installations."""
    customers_only(call.actor, "see an app's buildpacks")
    return _shown(app_named(rows, call.actor, call.path["app"]))


def update(call: Call, tx: Transaction) -> Json:
    """PUT /apps/:app/buildpack-installations: these instead of those before; none means what fits."""
    app = app_named(tx, call.actor, call.path["app"])
    names = [update.get("buildpack", "") for update in call.body["updates"]]
    return _shown(builds.set_buildpacks(tx, call.actor, app, names))
