"""The platform as a scenario file: what is registered, who there is, which apps there are with what they have.

Played on an empty platform it leads to the same. Secret values are left out: in their places stand names, which the
file's `values` make up anew.
"""

import re
from collections.abc import Iterator
from typing import Any

from platform_sim.core.actions.catalog import without_stamp
from platform_sim.core.actions.releases import app_config
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan, app_var
from platform_sim.core.model.apps import App
from platform_sim.core.model.masking import is_secret_name
from platform_sim.core.store import Snapshot

Json = dict[str, Any]
MADE_UP = 32
"""Characters of a value that is made up."""
TITLE = "A platform as it was exported"
_IN_URL = re.compile(r"(?<=://)[^/\s\"'<>?#]*(?=@)")
_OTHER = re.compile(r"[^a-z0-9]+")


class _Values:
    """The values of the file: a name for each secret, or with `secrets` the secret itself in its place."""

    def __init__(self, secrets: bool) -> None:
        self._secrets = secrets
        self.made: dict[str, Json] = {}

    def instead(self, value: str, *parts: str) -> str:
        """What stands in the file for a secret."""
        if self._secrets:
            return literal(value)
        plain = _OTHER.sub("_", "_".join(parts).lower()).strip("_") or "value"
        name = plain if plain[0].isalpha() else f"v_{plain}"
        number, chosen = 2, name
        while chosen in self.made:
            number, chosen = number + 1, f"{name}_{number}"
        self.made[chosen] = {"random": MADE_UP}
        return f"${{{chosen}}}"


def literal(text: str) -> str:
    """A text that means itself in a scenario."""
    return text.replace("${", "$${")


def exported(rows: Snapshot, own_id: str, *, secrets: bool = False, scripted: bool = False) -> Json:
    """The file as an object, its sections in order. `own_id`: of the customer that every platform has. `scripted`: its
    partners are scripted ones, for where the real ones are not."""
    values = _Values(secrets)
    services = {each.name: _service(rows, each, values, scripted) for each in rows.all(AddonService, order_by="name")}
    people = [each for each in rows.all(Account, order_by="email") if each.is_customer and each.id != own_id]
    owners = {each.id: each.email for each in people} | {own_id: ""}
    apps, left = {}, []
    for app in rows.all(App, order_by="name"):
        if app.owner_id in owners:
            apps[app.name] = _app(rows, app, owners[app.owner_id], values)
        else:
            left.append(app.name)
    found: Json = {"scenario": TITLE}
    if left:
        found["about"] = f"Left out, since teams own them: {', '.join(left)}."
    sections = {
        "values": values.made,
        "users": {each.email: {"name": literal(each.name)} if each.name else None for each in people},
        "services": services,
        "apps": apps,
    }
    return found | {name: section for name, section in sections.items() if section}


def _service(rows: Snapshot, row: AddonService, values: _Values, scripted: bool) -> Json:
    plans = sorted(rows.all(Plan, service_id=row.id), key=lambda plan: (not plan.is_default, plan.cents, plan.name))
    found: Json = {"manifest": _hidden(without_stamp(row.manifest), values, row.name), "plans": [*map(_plan, plans)]}
    if row.state != "alpha":
        found["state"] = row.state
    if row.abilities:
        found["abilities"] = row.abilities
    found["client_secret"] = values.instead(row.client_secret, row.name, "client_secret")
    if scripted:
        found["partner"] = "scripted"
    elif row.local_url:
        found["partner"] = {"url": row.local_url}
    return found


def _plan(row: Plan) -> Json:
    found: Json = {"name": row.name, "cents": row.cents, "human_name": literal(row.human_name)}
    found["description"] = literal(row.description)
    if row.is_default:
        found["default"] = True
    if row.state != "public":
        found["state"] = row.state
    return found | ({"passes": row.passes} if row.passes else {}) | ({"actions": row.actions} if row.actions else {})


def _hidden(value: Any, values: _Values, *parts: str) -> Any:
    """A part of a manifest without its secrets."""
    if isinstance(value, dict):
        return {name: _hidden_field(each, values, *parts, name=name) for name, each in value.items()}
    if isinstance(value, list):
        return [_hidden(each, values, *parts) for each in value]
    if not isinstance(value, str):
        return value
    found = _IN_URL.search(value)
    if found is None:
        return literal(value)
    return literal(value[: found.start()]) + values.instead(found[0], *parts, "login") + literal(value[found.end() :])


def _hidden_field(value: Any, values: _Values, *parts: str, name: str) -> Any:
    own = parts[:1] if name == "api" else (*parts, name)
    if isinstance(value, str) and is_secret_name(name):
        return values.instead(value, *own)
    return _hidden(value, values, *(parts if name == "api" else own))


def _app(rows: Snapshot, app: App, owner: str, values: _Values) -> Json | None:
    found: Json = {"owner": owner} if owner else {}
    attached = rows.all(Attachment, app_id=app.id, order_by="name")
    addons = {each.id: each for each in rows.all(Addon, id=[each.addon_id for each in attached])}
    theirs = {name for each in attached for name in _vars(rows, each, addons[each.addon_id])}
    config = sorted((name, value) for name, value in app_config(rows, app).items() if name not in theirs)
    if config:
        found["config"] = {name: values.instead(value, app.name, name) for name, value in config}
    own = [each for each in rows.all(Addon, app_id=app.id, order_by="name") if each.state == "provisioned"]
    first = {addon.id: next(each.name for each in attached if each.addon_id == addon.id) for addon in own}
    if own:
        found["addons"] = {addon.name: _addon(rows, addon, first[addon.id]) for addon in own}
    more = {
        each.name: addons[each.addon_id].name
        for each in attached
        if addons[each.addon_id].state == "provisioned" and first.get(each.addon_id) != each.name and not each.namespace
    }
    if more:
        found["attachments"] = more
    return found or None


def _vars(rows: Snapshot, attachment: Attachment, addon: Addon) -> Iterator[str]:
    """The names of the config vars that an attachment brings."""
    manifest = rows.get(AddonService, addon.service_id).manifest
    for name in addon.config_in(attachment.namespace):
        yield app_var(manifest, attachment.name, name)


def _addon(rows: Snapshot, addon: Addon, name: str) -> Json:
    plan, service = rows.get(Plan, addon.plan_id), rows.get(AddonService, addon.service_id)
    found: Json = {"plan": f"{service.name}:{plan.name}", "as": name}
    if addon.options:
        found["options"] = {key: literal(value) for key, value in sorted(addon.options.items())}
    return found
