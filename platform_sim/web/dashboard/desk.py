"""What the topics share: who is looking, what it may, how a page is answered, and where one goes after a change."""

from dataclasses import dataclass

from flask import Response, redirect, render_template, request

from platform_sim.core import access, errors
from platform_sim.core.access import Actor
from platform_sim.core.actions.logins import check_app
from platform_sim.core.model import permissions
from platform_sim.core.model.addons import AddonService, as_called
from platform_sim.core.model.apps import App
from platform_sim.core.model.sso import SALT
from platform_sim.core.roles import permissions_in_app
from platform_sim.core.store import Snapshot
from platform_sim.web.context import Doors
from platform_sim.web.dashboard.guard import FIELD, SAID, Guard
from platform_sim.web.dashboard.links import Link
from platform_sim.web.sso.browser import browsing_customer

SHORTLY = 3.0
"""Seconds: partners of this machine have answered by then, a person still waits."""


@dataclass(frozen=True)
class Desk:
    """One a platform."""

    doors: Doors
    guard: Guard

    @property
    def patience(self) -> float:
        """Seconds for which a form waits for a partner: then the page of the add-on says how it stands."""
        return min(SHORTLY, self.doors.database.rules.customer_patience)

    def actor(self, rows: Snapshot) -> Actor:
        """Whom the browser stands for, as on the pages of single sign-on; Suspended as in the API."""
        actor = Actor(browsing_customer(self.doors, rows), authorization_id="browser")
        access.check_standing(actor.account)
        return actor

    def app(self, rows: Snapshot, actor: Actor, name: str, link: Link) -> App:
        """The app, if the actor may use this link of the API with it."""
        app = access.app_named(rows, actor, name)
        needed = permissions.needed(link.method, link.path)
        if needed is not None:
            access.check_permitted(rows, actor, app, needed)
        if link.changes_app and self.doors.database.rules.two_factor_for_apps:
            check_app(rows, actor, app.id, request.form.get("code"))
        return app

    def may(self, rows: Snapshot, actor: Actor, app: App) -> tuple[str, ...]:
        """What the actor may with the app: forms that it may not send are not shown."""
        return permissions_in_app(rows, actor.account, app)

    def signs_in(self, service: AddonService) -> bool:
        """Whether the service's add-ons have dashboards to sign in to (partner-api §1.1)."""
        manifest = as_called(service)
        return bool(manifest.get("api", {}).get(SALT)) and self.doors.sso_target(manifest, "any") is not None

    def page(self, template: str, actor: Actor, **shown: object) -> Response:
        """A page for the actor, with the message that the last change has left."""
        said = self.guard.said()
        asks_code = actor.account.two_factor and self.doors.database.rules.two_factor_for_apps
        text = render_template(
            template,
            who=actor.account,
            field=FIELD,
            token=self.guard.token(actor.account),
            asks_code=asks_code,
            said=said,
            at=self.doors.addresses,
            **shown,
        )
        answer = Response(text)
        if said is not None:
            answer.delete_cookie(SAID, path=request.path, httponly=True, samesite="Strict")
        return answer

    def go(self, path: str, said: str) -> Response:
        """To another page of ours, which then says what was done."""
        answer = redirect(path, 303)
        assert isinstance(answer, Response)
        return self.guard.say(answer, said, path.partition("?")[0].partition("#")[0])


def field(name: str) -> str:
    """What a form says, without spaces around it; "" for nothing."""
    return whole_field(name).strip()


def whole_field(name: str) -> str:
    """With its spaces; browsers send every line end as two characters, which become one."""
    text: str = request.form.get(name, "")
    if "\x00" in text:
        raise errors.InvalidParams(f"{name} must not contain NUL characters.")
    return text.replace("\r\n", "\n")


def check_typed(name: str, what: str) -> None:
    """InvalidParams unless the name was typed into the form: what cannot be undone is not done by a slip."""
    if field("confirm") != name:
        raise errors.InvalidParams(f"Nothing was done. To {what}, type its name, {name}, into the form.")
