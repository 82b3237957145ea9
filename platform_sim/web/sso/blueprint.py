"""SSO links by id or name, the legacy form, and the link with which a browser becomes a certain customer."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, request

from platform_sim.core import access, errors
from platform_sim.core.access import Actor
from platform_sim.core.actions.browsers import use_link
from platform_sim.core.actions.sso import begin_sso, partners_id, record_sign_in
from platform_sim.core.model.addons import Addon, AddonService, Attachment, as_called
from platform_sim.core.model.apps import App, legacy_number
from platform_sim.core.store import Snapshot
from platform_sim.web.answers import errors_as, only_local_names
from platform_sim.web.context import Doors
from platform_sim.web.pages import html_page
from platform_sim.web.sso.browser import browsing_customer, forget, remember

PAGE = """<p>Platform Sim (a simulator, not Heroku) sends you to the add-on's dashboard as {{ email }}.</p>
<form id="sso" method="{{ form.method }}" action="{{ form.action }}">
{% for key, value in form.params.items() %}<input type="hidden" name="{{ key }}" value="{{ value }}">
{% endfor %}<button type="submit">Continue to {{ name }}</button></form>
<script nonce="{{ nonce }}">HTMLFormElement.prototype.submit.call(document.getElementById("sso"))</script>"""
# Not form.submit(): a link's own parameter `submit` is a field of that name, which hides the method.
SIGNED_IN = """<p>For Platform Sim (a simulator, not Heroku) this browser is {{ email }} now:
links to the dashboards of add-ons sign in as that customer.</p>"""
PROBLEM = """<p>{{ message }}</p>
<p>Platform Sim (a simulator, not Heroku) sent you nowhere.</p>"""


def sso_blueprint(doors: Doors) -> Blueprint:
    """The gateway's routes. Extra query parameters travel into the form (partner-api §5.1)."""
    blueprint = Blueprint("sso", __name__)
    errors_as(blueprint, partial(_problem, doors))

    @blueprint.get("/sso/apps/<app>/addons/<addon>")
    def by_addon(app: str, addon: str) -> Response:
        return _page(doors, lambda rows, actor: _addon(rows, actor, app, addon))

    @blueprint.get("/sso/apps/<app>/attachments/<attachment>")
    def by_attachment(app: str, attachment: str) -> Response:
        return _page(doors, lambda rows, actor: _attachment(rows, actor, app, attachment))

    @blueprint.get("/myapps/<app>/addons/<addon>")
    def legacy(app: str, addon: str) -> Response:
        return _page(doors, lambda rows, actor: _addon(rows, actor, _name_of(rows, app), addon))

    @blueprint.get("/sso/browser/<link>")
    def become(link: str) -> Response:
        return _become(doors, link)

    return blueprint


Finder = Callable[[Snapshot, Actor], tuple[App, Addon]]


def _page(doors: Doors, find: Finder) -> Response:
    only_local_names()
    with doors.database.transaction() as tx:
        actor = Actor(browsing_customer(doors, tx), authorization_id="browser")
        access.check_standing(actor.account)
        app, addon = find(tx, actor)
        service = tx.get(AddonService, addon.service_id)
        target = doors.sso_target(as_called(service), partners_id(addon))
        form = begin_sso(tx, actor, addon, app, target, request.args.to_dict())
        record_sign_in(tx, actor, addon, app)
    shown = {"form": form, "name": service.human_name, "email": actor.account.email}
    return html_page(doors, f"Signing in to {service.human_name}", PAGE, shown)


def _become(doors: Doors, link: str) -> Response:
    only_local_names()
    with doors.database.transaction() as tx:
        session, account = use_link(tx, link)
    assert session.cookie is not None, "given with the link's use"
    return remember(html_page(doors, "Signed in", SIGNED_IN, {"email": account.email}), session.cookie)


def _problem(doors: Doors, problem: errors.PlatformError) -> Response:
    answer = html_page(doors, "Cannot sign in", PROBLEM, {"message": problem.message}, problem.status)
    return forget(answer) if isinstance(problem, errors.Unauthorized) else answer


def _name_of(rows: Snapshot, identity: str) -> str:
    """The name behind a `heroku_id`, by which old links name the app (partner-api §5.1); anything else as it is."""
    number = legacy_number(identity)
    found = rows.find(App, legacy_number=number) if number is not None else None
    return found.name if found else identity


def _addon(rows: Snapshot, actor: Actor, app: str, addon: str) -> tuple[App, Addon]:
    found = access.app_named(rows, actor, app)
    service = rows.find(AddonService, name=addon)
    if service is not None:
        of_service = [a for a in access.visible_addons(rows, actor, found) if a.service_id == service.id]
        if of_service:
            return found, of_service[0]
    return found, access.addon_named(rows, actor, addon, found)


def _attachment(rows: Snapshot, actor: Actor, app: str, identity: str) -> tuple[App, Addon]:
    found = access.app_named(rows, actor, app)
    for each in rows.all(Attachment, app_id=found.id):
        if identity in (each.id, each.name):
            return found, access.addon_named(rows, actor, each.addon_id)
    raise errors.NotFound("add_on attachment", "Couldn't find that add-on attachment.")
