"""Which customer a browser is on the pages of single sign-on (partner-api §5.5)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.actions.accounts import set_standing
from platform_sim.core.actions.browsers import SESSION_LIFE
from platform_sim.core.actions.collaborators import add_collaborator, remove_collaborator
from platform_sim.core.model.addons import Addon

from .. import support
from .people import FRIEND
from .world import Populated, World

LOCAL = {"Host": "localhost:5100"}
PATHS = [
    *(f"/dashboard/{each}" for each in ("apps", "learn", "marketplace", "operator", "timeline")),
    "/myapps",
    "/sso/apps",
]
"""Of ours: `/dashboard` itself is also a path of the reference partner."""


def get(world: World, path: str) -> Any:
    return world.client.get(path, headers=LOCAL)


def dashboard(full: Populated, addon: Addon | None = None) -> Any:
    return get(full.world, f"/sso/apps/acme/addons/{(addon or full.addon).id}")


def link_for(world: World, email: str) -> str:
    url: str = world.call("POST", f"/sim/users/{email}/links").json["url"]
    assert url.startswith("http://localhost:5100/sso/browser/")
    return url.removeprefix("http://localhost:5100")


def signed_in_as(answer: Any) -> str:
    found = re.search(r'name="email" value="([^"]*)"', answer.text)
    assert found is not None, answer.text
    return found[1]


def test_without_a_link_it_is_the_first_customer(full: Populated) -> None:
    assert signed_in_as(dashboard(full)) == "user@example.com"


def test_with_a_link_it_is_somebody_else_until_the_next(full: Populated) -> None:
    world = full.world
    page = get(world, link_for(world, FRIEND))
    assert (page.status_code, FRIEND in page.text) == (200, True)
    for path in (full.path("/sso/apps/acme/addons/{add-on}"), "/myapps/acme/addons/exceptions"):
        assert signed_in_as(get(world, path)) == FRIEND
    get(world, link_for(world, "user@example.com"))
    assert signed_in_as(dashboard(full)) == "user@example.com"


def test_the_cookie_stays_on_the_gateways_own_paths(full: Populated) -> None:
    """A cookie knows no port: the partner's dashboard on this machine must not get it, whatever its SSO path is."""
    cookies = get(full.world, link_for(full.world, FRIEND)).headers.getlist("Set-Cookie")
    assert sorted(re.findall(r"Path=([^;]*)", "; ".join(cookies))) == PATHS
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie


def test_a_link_works_once(full: Populated) -> None:
    link = link_for(full.world, FRIEND)
    assert get(full.world, link).status_code == 200
    with full.world.nothing_written():
        again = get(full.world, link)
    assert (again.status_code, "platform-sim users open" in again.text) == (401, True)
    assert get(full.world, "/sso/browser/nothing").status_code == 401


def test_a_page_elsewhere_cannot_use_a_link(full: Populated) -> None:
    link = link_for(full.world, FRIEND)
    with full.world.nothing_written():
        answer = full.world.client.get(link, headers={"Host": "evil.example"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    assert get(full.world, link).status_code == 200


def test_a_session_that_has_ended_says_so_once(full: Populated) -> None:
    get(full.world, link_for(full.world, FRIEND))
    full.world.database.clock.advance(SESSION_LIFE + timedelta(seconds=1))
    ended = dashboard(full)
    assert (ended.status_code, "session has ended" in ended.text) == (401, True)
    assert all("Max-Age=0" in cookie for cookie in ended.headers.getlist("Set-Cookie"))
    assert signed_in_as(dashboard(full)) == "user@example.com"


def test_a_cookie_that_nobody_has_given_is_refused(full: Populated) -> None:
    for guess in ("x", "user@example.com", full.world.customer.account.id, "0" * 32):
        full.world.client.set_cookie("platform_sim_customer", guess, domain="localhost", path="/sso/apps")
        assert dashboard(full).status_code == 401


def test_owner_and_collaborators_enter_who_has_no_role_does_not(full: Populated) -> None:
    """Not even who has created the add-on (partner-api §5.5)."""
    world = full.world
    with world.database.transaction() as tx:
        add_collaborator(tx, world.customer, full.app, "stranger@example.com")
        support.new_service(tx, "second")
        made = support.new_addon(tx, world.stranger, full.app, "second")
    get(world, link_for(world, "stranger@example.com"))
    assert signed_in_as(dashboard(full, made)) == "stranger@example.com"
    with world.database.transaction() as tx:
        remove_collaborator(tx, world.customer, full.app, "stranger@example.com")
    assert dashboard(full, made).status_code == 404
    get(world, link_for(world, FRIEND))
    assert signed_in_as(dashboard(full, made)) == FRIEND


@pytest.mark.parametrize(("standing", "status"), [("suspended", 403), ("delinquent", 402)])
def test_who_is_out_of_favour_does_not_enter(standing: str, status: int, full: Populated) -> None:
    with full.world.database.transaction() as tx:
        account = full.world.customer.account
        set_standing(tx, account, account, **{standing: True})
    assert dashboard(full).status_code == status


def test_a_hostile_name_stays_text(full: Populated) -> None:
    full.world.call("POST", "/sim/users", {"email": "'&x@example.com"})
    page = get(full.world, link_for(full.world, "'&x@example.com"))
    assert "&#39;&amp;x@example.com" in page.text
