"""What one may not do in the API one may not do here: forms are hidden, and refused when they are sent all the same."""

import io
from collections.abc import Iterator
from typing import Any

import pytest

from platform_sim.core.actions import logins
from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.team_access import give_permissions
from platform_sim.core.model.addons import Plan
from platform_sim.core.model.one_time import code_at
from platform_sim.web.api.routes import table
from platform_sim.web.dashboard import links
from platform_sim.web.dashboard.application import create_dashboard

from ... import support
from ..people import FRIEND
from ..world import Populated, new_world, populate
from .browser import Browser

LINKS = [each for each in vars(links).values() if isinstance(each, links.Link)]
ARCHIVE = "an archive"
POSTS: dict[str, dict[str, str]] = {
    "/dashboard/apps/{app}/resources/scale": {"type": "web", "quantity": "2"},
    "/dashboard/apps/{app}/resources/restart": {},
    "/dashboard/apps/{app}/addons/{addon}/plan": {"plan": "test"},
    "/dashboard/apps/{app}/addons/{addon}/attach": {"app": "{app}", "as": "MORE"},
    "/dashboard/apps/{app}/addons/{addon}/detach": {"attachment": "{attachment}"},
    "/dashboard/apps/{app}/addons/{addon}/destroy": {"confirm": "{addon}", "force": "yes"},
    "/dashboard/apps/{app}/deploy/rollback": {"release": "3"},
    "/dashboard/apps/{app}/deploy/archive": {"archive": ARCHIVE},
    "/dashboard/apps/{app}/access/add": {"user": "stranger@example.com"},
    "/dashboard/apps/{app}/access/remove": {"user": "invited@example.com"},
    "/dashboard/apps/{app}/settings/reveal": {"var": "KEY"},
    "/dashboard/apps/{app}/settings/set": {"var": "KEY", "value": "other"},
    "/dashboard/apps/{app}/settings/unset": {"var": "KEY"},
    "/dashboard/apps/{app}/settings/maintenance": {"maintenance": "on"},
    "/dashboard/apps/{app}/settings/rename": {"name": "renamed"},
    "/dashboard/apps/{app}/settings/delete": {"confirm": "{app}"},
    "/dashboard/apps/{app}/logs/session": {},
    "/dashboard/marketplace/second/install": {"app": "{app}", "plan": "test"},
    "/dashboard/operator/sso/reveal": {"addon": "{addon}"},
    "/dashboard/operator/sso/try": {"addon": "{addon}", "experiment": "valid"},
}
"""Every form about an app, filled in as it has to be."""


OF_NO_APP = {"/dashboard/apps", "/dashboard/learn/restart"} | {
    *(f"/dashboard/operator/clock/{act}" for act in ("freeze", "resume", "advance", "run")),
    *(f"/dashboard/operator/scenarios/{act}" for act in ("load", "<play>/stop")),
}
OF_NO_APP |= {"/dashboard/operator/snapshots/take", "/dashboard/operator/snapshots/restore"}
OF_NO_APP |= {f"/dashboard/operator/faults/{act}" for act in ("add", "remove", "clear", "profile", "profile/end")}


@pytest.fixture
def crew(full: Populated) -> Populated:
    """The team's app has a deploy, an add-on, a config var and a collaborator; FRIEND may only look at it."""
    with full.world.database.transaction() as tx:
        who = full.world.customer
        app = next(each for each in tx.all(type(full.app)) if each.name == "crew-app")
        support.deploy(tx, who, app)
        addon = support.new_addon(tx, who, app, name="exceptions-crew")
        support.deploy(tx, who, app, "0123456789")
        support.new_service(tx, "second")
        add_collaborator(tx, who, app, "invited@example.com")
        give_permissions(tx, who, app, FRIEND, ["view"])
        full.paths |= {"attachment": support.attach(tx, app, addon, "EXTRA").id}
    full.world.call("PATCH", "/apps/crew-app/config-vars", {"KEY": "a secret value"})
    return full


def filled(text: str, full: Populated) -> Any:
    if text == ARCHIVE:
        return io.BytesIO(b"data"), "app.tar.gz"
    return text.format(app="crew-app", addon="exceptions-crew", attachment=full.paths["attachment"])


@pytest.mark.parametrize("path", POSTS)
def test_who_may_only_look_changes_nothing(path: str, crew: Populated) -> None:
    browser = Browser(crew.world)
    browser.become(FRIEND)
    fields = {name: filled(value, crew) for name, value in POSTS[path].items()}
    token = browser.token()
    with crew.world.nothing_written():
        answer = browser.post(filled(path, crew), token=token, **fields)
    assert answer.status_code == 403, answer.text
    assert "a secret value" not in answer.text


@pytest.mark.parametrize("path", POSTS)
def test_who_has_no_part_in_the_app_does_not_even_see_it(path: str, crew: Populated) -> None:
    browser = Browser(crew.world)
    browser.become("stranger@example.com")
    fields = {name: filled(value, crew) for name, value in POSTS[path].items()}
    token = browser.token()
    with crew.world.nothing_written():
        assert browser.post(filled(path, crew), token=token, **fields).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_who_may_all_does_it(path: str, crew: Populated) -> None:
    """So that the two tests before fail for the right reason."""
    fields = {name: filled(value, crew) for name, value in POSTS[path].items()}
    answer = Browser(crew.world).post(filled(path, crew), **fields)
    assert answer.status_code in (200, 201, 303), answer.text


def test_every_form_about_an_app_is_tried(crew: Populated) -> None:
    rules = [
        rule.rule
        for rule in create_dashboard(crew.world.doors).url_map.iter_rules()
        if "POST" in (rule.methods or set()) and rule.rule not in OF_NO_APP
    ]
    named = {
        rule.replace("<name>", "{app}").replace("<addon>", "{addon}").replace("<service>", "second") for rule in rules
    }
    assert named == set(POSTS)


def test_who_may_only_look_sees_no_form(crew: Populated) -> None:
    browser = Browser(crew.world)
    browser.become(FRIEND)
    for page in ("", "/resources", "/addons/exceptions-crew", "/deploy", "/activity", "/settings"):
        found = browser.get(f"/dashboard/apps/crew-app{page}")
        assert [each for form in found.forms if form.method == "post" for each in form.buttons] == []
        assert "KEY" not in found.text or page in ("", "/deploy", "/activity"), "releases say what was set"
    buttons = [each for form in browser.get("/dashboard/apps/crew-app/access").forms for each in form.buttons]
    assert buttons == [("user", FRIEND, "")], "one may leave"
    assert browser.answer("/dashboard/apps/crew-app/logs").status_code == 403


@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"{link.method} {link.path}")
def test_a_link_behind_a_page_is_one_of_the_api(link: links.Link) -> None:
    simulated = {(row.method, row.path): row for row in table() if row.simulated}
    row = simulated[link.method, link.path]
    assert link.changes_app == (row.mode != "read" and not row.unguarded and "app" in row.variables)


def test_every_link_is_used_once_at_least() -> None:
    used = set(_used())
    assert {name for name, each in vars(links).items() if isinstance(each, links.Link)} - used == set()


def _used() -> Iterator[str]:
    for path in support.Path(links.__file__).parent.glob("*.py"):
        if path.name != "links.py":
            yield from path.read_text().replace("(", " ").replace(")", " ").replace(",", " ").split()


def test_paid_add_ons_are_the_owners_affair(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        support.new_service(tx, "second")
        (plan,) = [each for each in tx.all(Plan) if each.description.startswith("Second")]
        tx.update(plan, cents=900)
    browser = Browser(full.world)
    browser.become(FRIEND)
    assert "$9.00/month" in browser.get("/dashboard/marketplace/second").text
    answer = browser.post("/dashboard/marketplace/second/install", app="acme", plan="test")
    assert (answer.status_code, "Collaborators cannot" in answer.text) == (403, True)


def test_a_second_factor_is_asked_for_where_the_api_asks(tmp_path: support.Path) -> None:
    world = new_world(tmp_path, two_factor_for_apps=True)
    populate(world)
    with world.database.transaction() as tx:
        account = world.customer.account
        logins.set_password(tx, account, account, "correct horse")
        secret = logins.set_second_factor(tx, account, account)
    browser, on = Browser(world), {"maintenance": "on"}
    where = "/dashboard/apps/acme/settings/maintenance"
    assert "code" in browser.get("/dashboard/apps/acme/settings").form("/maintenance").fields
    for code in ("", "000000"):
        assert browser.post(where, code=code, **on).status_code == 403
    assert browser.post(where, code=code_at(secret, world.database.clock.now()), **on).status_code == 303
    world.database.close()
