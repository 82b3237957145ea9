"""What a partner calls with the token of one instance: config, and the end of asynchronous work (partner-api §4.1)."""

from platform_sim.core import access
from platform_sim.core.actions import addon_config
from platform_sim.core.actions.sso import begin_sso, partners_id
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.addons import Addon, as_called
from platform_sim.core.model.apps import App
from platform_sim.core.public import addons as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import list_of, text
from platform_sim.web.api.call import Answer, Call, Json


def _pair(name: str, value: object) -> tuple[str, str | None]:
    if not isinstance(value, dict) or "name" not in value:
        raise InvalidParams(f'{name} must be an object like {{"name": "X_URL", "value": "..."}}.')
    given = value.get("value")
    return text(f"{name}.name", value["name"]), None if given is None else text(f"{name}.value", given)


CONFIG = {"config": list_of(_pair)}


def _config(call: Call, addon: Addon) -> Json:
    listed = addon_config.config_list(addon, call.path.get("namespace"))
    return [{"name": name, "value": value} for name, value in listed]


def config(call: Call, rows: Snapshot) -> Json:
    """GET /addons/:addon/config, by manifest names; open to the customer too. With /:namespace that one's, an empty
    list if there is none: clients look at its length (heroku-cli §7)."""
    addon = access.addon_named(rows, call.actor, call.path["add-on"])
    access.check_reads_config(rows, call.actor, addon)
    return _config(call, addon)


def update_config(call: Call, tx: Transaction) -> Json:
    """PATCH /addons/:addon/config, or with /:namespace that one's: the answer is the whole list (partner-api §4.2)."""
    namespace = call.path.get("namespace")
    addon = addon_config.update_config(tx, call.actor, call.path["add-on"], call.body["config"], namespace)
    return _config(call, addon)


def provision(call: Call, tx: Transaction) -> Json:
    """POST /addons/:addon/actions/provision."""
    addon = addon_config.partner_provisions(tx, call.actor, call.path["add-on"])
    return Answer(public.addon(tx, addon, call.at), tx.rules.provision_action_status)


def deprovision(call: Call, tx: Transaction) -> Json:
    """POST /addons/:addon/actions/deprovision."""
    addon = addon_config.partner_deprovisions(tx, call.actor, call.path["add-on"])
    return public.addon(tx, addon, call.at)


def sso(call: Call, rows: Snapshot) -> Json:
    """GET /addons/:addon/sso: the signed form as JSON (partner-api §5.1)."""
    access.customers_only(call.actor, "sign in to a dashboard")
    addon = access.addon_named(rows, call.actor, call.path["add-on"])
    app = access.app_named(rows, call.actor, addon.app_id)
    return _form(call, rows, addon, app)


def sso_by_app(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/addons/:addon/sso."""
    access.customers_only(call.actor, "sign in to a dashboard")
    app = access.app_named(rows, call.actor, call.path["app"])
    addon = access.addon_named(rows, call.actor, call.path["add-on"], app)
    return _form(call, rows, addon, app)


def _form(call: Call, rows: Snapshot, addon: Addon, app: App) -> Json:
    target = call.doors.sso_target(as_called(access.service_of(rows, addon)), partners_id(addon))
    form = begin_sso(rows, call.actor, addon, app, target, call.query)
    return {"method": form.method, "action": form.action, "params": form.params}
