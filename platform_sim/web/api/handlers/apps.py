"""Apps and their config vars."""

from platform_sim.core import access
from platform_sim.core.actions import apps, config_vars, releases
from platform_sim.core.model.values import CONFIG_VAR
from platform_sim.core.public import apps as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import flag, identity, read_changes, text
from platform_sim.web.api.call import Call, Json

CREATE = {"name": text, "region": identity, "stack": identity}
UPDATE = {"name": text, "maintenance": flag, "build_stack": identity}
NO_VARS = "read an app's config vars; it sees what it set itself at /addons/:id/config"


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /apps."""
    return [public.app(rows, app, call.at) for app in access.visible_apps(rows, call.actor)]


def listing_by_user(call: Call, rows: Snapshot) -> Json:
    """GET /users/:account/apps: what the user owns or collaborates on."""
    found = access.visible_apps_of(rows, call.actor, call.path["account"])
    return [public.app(rows, app, call.at) for app in found]


def create(call: Call, tx: Transaction) -> Json:
    """POST /apps."""
    wish = call.body
    app = apps.create_app(tx, call.actor, name=wish.get("name"), region=wish.get("region"), stack=wish.get("stack"))
    return public.app(tx, app, call.at)


def info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app."""
    return public.app(rows, access.app_named(rows, call.actor, call.path["app"]), call.at)


def update(call: Call, tx: Transaction) -> Json:
    """PATCH /apps/:app."""
    app = access.app_named(tx, call.actor, call.path["app"])
    wish = call.body
    app = apps.update_app(
        tx,
        call.actor,
        app,
        name=wish.get("name"),
        maintenance=wish.get("maintenance"),
        build_stack=wish.get("build_stack"),
    )
    return public.app(tx, app, call.at)


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app answers with the app as it was."""
    app = access.app_named(tx, call.actor, call.path["app"])
    body = public.app(tx, app, call.at)
    apps.delete_app(tx, call.actor, app)
    return body


def config(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/config-vars; never for partners: they see only what they set (partner-api §4.2)."""
    access.customers_only(call.actor, NO_VARS)
    return releases.app_config(rows, access.app_named(rows, call.actor, call.path["app"]))


def release_config(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/releases/:release/config-vars."""
    access.customers_only(call.actor, NO_VARS)
    app = access.app_named(rows, call.actor, call.path["app"])
    return releases.config_of(rows, releases.release_named(rows, app, call.path["release"]))


def update_config(call: Call, tx: Transaction) -> Json:
    """PATCH /apps/:app/config-vars: merge, null removes, answer is the whole set."""
    app = access.app_named(tx, call.actor, call.path["app"])
    return config_vars.change_config_vars(tx, call.actor, app, read_changes(call.body, CONFIG_VAR))
