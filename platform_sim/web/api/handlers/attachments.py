"""Attachments: lists, one of them, and finding one by whatever name a customer uses."""

from platform_sim.core import access
from platform_sim.core.actions import attachments
from platform_sim.core.errors import InvalidParams, NotFound, NotSimulated
from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import App
from platform_sim.core.public import addons as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import identity, options, text
from platform_sim.web.api.call import Call, Json
from platform_sim.web.api.handlers.addons import attachment_name

CREATE = {
    "addon": identity,
    "app": identity,
    "name": text,
    "confirm": text,
    "namespace": text,
    "namespace_config": options,
}
RESOLVE = {"addon_attachment": text, "app": text, "addon_service": text}


def _shown(call: Call, rows: Snapshot, attachment: Attachment) -> Json:
    return public.attachment(rows, attachment, call.at, include=call.inclusion)


def _visible(call: Call, rows: Snapshot) -> list[Attachment]:
    addons = [a.id for a in access.visible_addons(rows, call.actor)]
    apps = sorted(access.visible_app_ids(rows, call.actor))
    seen = {a.id: a for a in rows.all(Attachment, addon_id=addons)}
    if not call.actor.is_partner:
        seen |= {a.id: a for a in rows.all(Attachment, app_id=apps)}
    return _live(rows, list(seen.values()))


def _live(rows: Snapshot, attachments: list[Attachment]) -> list[Attachment]:
    live = {a.id for a in rows.all(Addon, id=[a.addon_id for a in attachments], state=access.LIVE)}
    return sorted((a for a in attachments if a.addon_id in live), key=lambda a: (a.app_id, a.name))


def create(call: Call, tx: Transaction) -> Json:
    """POST /addon-attachments: to the add-on's own app or to another one."""
    app = access.app_named(tx, call.actor, call.body["app"])
    addon = access.addon_named(tx, call.actor, call.body["addon"])
    made = attachments.attach(
        tx,
        call.actor,
        app,
        addon,
        name=call.body.get("name"),
        confirm=call.body.get("confirm"),
        namespace=_namespace(call.body.get("namespace"), call.body.get("namespace_config")),
    )
    return _shown(call, tx, made)


def _namespace(name: str | None, pairs: dict[str, str] | None) -> str | None:
    """The namespace that a body asks for: its name, or as a pair of key and value (`{"credential": "reader"}`)."""
    if not pairs:
        return name or None
    if len(pairs) > 1:
        raise NotSimulated("A namespace_config of several pairs is not simulated: nobody says which namespace it is.")
    named = ":".join(*pairs.items())
    if name and name != named:
        raise InvalidParams(
            f"namespace is {name[:100]!r} and namespace_config means {named[:100]!r}: give one of them."
        )
    return named


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /addon-attachments/:attachment answers with the attachment as it was."""
    attachment = _pick(_visible(call, tx), call.path["add-on-attachment"])
    body = _shown(call, tx, attachment)
    app = access.app_named(tx, call.actor, attachment.app_id)
    attachments.customer_detaches(tx, call.actor, app, attachment)
    return body


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /addon-attachments."""
    return [_shown(call, rows, each) for each in _visible(call, rows)]


def listing_by_addon(call: Call, rows: Snapshot) -> Json:
    """GET /addons/:addon/addon-attachments."""
    addon = access.addon_named(rows, call.actor, call.path["add-on"])
    return [_shown(call, rows, each) for each in _live(rows, rows.all(Attachment, addon_id=addon.id))]


def listing_by_app(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/addon-attachments; a partner sees its own instance's only."""
    return [_shown(call, rows, each) for each in _of_app(call, rows)]


def _of_app(call: Call, rows: Snapshot) -> list[Attachment]:
    app: App = access.app_named(rows, call.actor, call.path["app"])
    found = rows.all(Attachment, app_id=app.id)
    if call.actor.is_partner:
        found = [a for a in found if a.addon_id == call.actor.addon_id]
    return _live(rows, found)


def info(call: Call, rows: Snapshot) -> Json:
    """GET /addon-attachments/:attachment (an id; names are only unique within an app)."""
    return _shown(call, rows, _pick(_visible(call, rows), call.path["add-on-attachment"]))


def info_by_app(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/addon-attachments/:name."""
    identity = call.path["add-on-attachment.scopedIdentity"]
    return _shown(call, rows, _pick(_of_app(call, rows), identity))


def _pick(candidates: list[Attachment], identity: str) -> Attachment:
    for each in candidates:
        if identity in (each.id, each.name):
            return each
    raise NotFound("add_on attachment", "Couldn't find that add-on attachment.")


def resolve(call: Call, rows: Snapshot) -> Json:
    """POST /actions/addon-attachments/resolve: by name, id or config var (heroku-cli §7)."""
    wanted = call.body["addon_attachment"]
    app = access.app_named(rows, call.actor, call.body["app"]) if call.body.get("app") else None
    candidates = [a for a in _visible(call, rows) if app is None or a.app_id == app.id]
    found = [a for a in candidates if wanted == a.id or attachment_name(wanted) == a.name or wanted.upper() == a.name]
    if not found:
        raise NotFound("add_on attachment", "Couldn't find that add-on attachment.")
    return [_shown(call, rows, each) for each in found]
