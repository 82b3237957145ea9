"""The partner beside a real platform, over HTTP both ways: what a customer does there shows here, and the other way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from addon_service.manifest import flags, manifest
from addon_service.service import Service
from platform_sim.assemble import Options, Platform
from platform_sim.demo.login import fresh_form

from ..processes.conftest import QUICK
from ..processes.customer import Customer, fetch
from ..processes.up import outer_environment
from ..processes.waiting import wait_until
from .partner import AUTH, ENVIRONMENT
from .running import running_service
from .test_dashboard import Page

pytestmark = pytest.mark.processes


@dataclass
class World:
    """A platform with its customer, the partner, and one instance of `exceptions` on the app `acme`."""

    customer: Customer
    service: Service
    addon: dict[str, Any]
    browser: requests.Session

    @property
    def url(self) -> str:
        return self.service.settings.public_url

    def operator(self, method: str = "GET", path: str = "") -> Any:
        answer = fetch(method, f"{self.url}/admin/resources/{self.addon['id']}{path}", auth=AUTH)
        assert answer.ok, answer.text
        return answer.json()

    def apps(self) -> list[str]:
        """The attached apps as the partner has them, the owning one first."""
        return [each["app"] for each in self.operator()["apps"]]

    def owed(self) -> list[str]:
        """The kinds of duties that are still to be done."""
        return [duty["kind"] for duty in self.operator()["duties"] if duty["state"] in ("waiting", "doing")]

    def page(self) -> str:
        """The text of the dashboard, to which the customer comes by single sign-on the first time."""
        if not self.browser.cookies:
            form = fresh_form(self.browser, self.addon["web_url"])
            assert self.browser.post(form.action, form.fields, timeout=60).ok
        answer = self.browser.get(f"{self.url}/dashboard/{self.addon['id']}", timeout=60)
        assert answer.ok, answer.text
        return Page(answer.text).text


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "scratch").mkdir()
    options = Options(environment=outer_environment(tmp_path), rules=QUICK)
    with Platform(options) as platform:
        customer = Customer(platform.url, platform.token, tmp_path)
        # Looks come of events alone: what the last one found is fresh for longer than a test.
        known = {**ENVIRONMENT, "HEROKU_API_URL": platform.url, "ADDON_FACTS_FRESH": "3600"}
        with running_service(tmp_path / "partner", known) as service:
            wants = flags("exceptions", reads_logs=True, writes_logs=True)
            made = manifest(service.exceptions.identity, service.settings.public_url, ("us",), wants)
            customer.api("POST", "/api/v3/addons/exceptions/manifests", {"contents": made})
            plans = [{"name": name} for name in ("test", "basic")]
            secret = service.settings.client_secret
            customer.api("PUT", "/sim/services/exceptions", {"plans": plans, "client_secret": secret})
            customer.api("POST", "/apps", {"name": "acme"})
            addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
            with requests.Session() as browser:
                browser.trust_env = False
                found = World(customer, service, addon, browser)
                wait_until("the partner has subscribed", lambda: found.operator()["webhook"])
                wait_until("and looked", found.apps)
                yield found


def test_names_and_attachments_of_apps_arrive_by_webhook(world: World) -> None:
    world.customer.api("PATCH", "/apps/acme", {"name": "boutique"})
    wait_until("the new name is known", lambda: world.apps() == ["boutique"])
    world.customer.api("POST", "/apps", {"name": "annex"})
    wish = {"addon": world.addon["id"], "app": "annex", "name": "BLUE"}
    attached = world.customer.api("POST", "/addon-attachments", wish)
    wait_until("the second app is known", lambda: world.apps() == ["boutique", "annex"])
    text = world.page()
    assert "boutique as EXCEPTIONS (owner)" in text
    assert "annex as BLUE" in text
    assert "acme" not in re.sub(r"[\"{].*", "", text), "what Heroku sent may name it, the rest of the page does not"
    world.customer.api("DELETE", f"/addon-attachments/{attached['id']}")
    wait_until("it is gone", lambda: world.apps() == ["boutique"])


def test_what_apps_say_is_on_the_dashboard_and_of_a_detached_app_no_more(world: World) -> None:
    customer = world.customer
    customer.api("PATCH", "/apps/acme/config-vars", {"COLOUR": "blue"})
    wait_until("the line has come", lambda: world.operator()["log_lines"])
    wait_until("the page shows it", lambda: "app[api] Set COLOUR config vars by user you@example.com" in world.page())
    customer.api("POST", "/apps", {"name": "annex"})
    attached = customer.api("POST", "/addon-attachments", {"addon": world.addon["id"], "app": "annex"})
    drains = f"/addons/{world.addon['id']}/log-drains"
    wait_until("the second app is known", lambda: world.apps() == ["acme", "annex"])
    customer.api("PATCH", "/apps/annex/config-vars", {"SIZE": "big"})
    wait_until("its line is there", lambda: "annex app[api] Set SIZE config vars" in world.page())
    assert len({each["url"] for each in customer.api("GET", drains)}) == 1
    customer.api("DELETE", f"/addon-attachments/{attached['id']}")
    wait_until("its lines are gone", lambda: "Set SIZE" not in world.page())
    assert "Set COLOUR" in world.page()


def test_a_rotation_is_told_in_the_app_s_log(world: World) -> None:
    customer = world.customer
    before = customer.api("GET", "/apps/acme/config-vars")["EXCEPTIONS_URL"]
    world.operator("POST", "/rotate")
    name = world.addon["name"]
    line = f'app[exceptions]: source={name} msg="credentials rotated" credential=2 old_works_for=3600s'
    wait_until("the line is in the app's log", lambda: line in customer.log("acme"))
    assert customer.api("GET", "/apps/acme/config-vars")["EXCEPTIONS_URL"] != before
    wait_until("and comes back through the drain", lambda: "credentials rotated" in world.page())


def test_who_has_access_is_shown(world: World) -> None:
    world.customer.api("POST", "/sim/users", {"email": "ana@example.com"})
    world.customer.api("POST", "/apps/acme/collaborators", {"user": "ana@example.com"})
    wait_until("the collaborator is shown", lambda: "ana@example.com collaborator" in world.page())


def test_an_upgrade_is_on_both_sides_and_the_end_leaves_nothing(world: World) -> None:
    customer, uuid = world.customer, world.addon["id"]
    customer.api("PATCH", f"/apps/acme/addons/{uuid}", {"plan": "exceptions:basic"})
    assert (world.operator()["plan"], world.operator()["limit"]) == ("basic", 5)
    wait_until("the app is told", lambda: 'msg="plan changed" plan=basic' in customer.log("acme"))
    wait_until("a line has come", lambda: world.operator()["log_lines"])
    customer.api("DELETE", f"/apps/acme/addons/{uuid}")
    wait_until("the lines are gone", lambda: world.operator()["log_lines"] == 0)
    wait_until("nothing is left to do here", lambda: world.owed() == [])
    wait_until("nor there", lambda: not any(customer.api("GET", "/sim/status")["jobs"].values()))
    gone = world.operator()
    assert (gone["state"], gone["apps"], gone["people"], gone["webhook"]) == ("deprovisioned", [], [], None)
    assert customer.api("GET", "/apps/acme/log-drains") == []
    kept = world.operator(path="/requests")
    assert {each["path"].removesuffix(f"/{uuid}") for each in kept} == {"/heroku/resources"}


def test_of_an_app_of_a_team_the_members_have_access(world: World) -> None:
    customer = world.customer
    customer.api("POST", "/sim/users", {"email": "ana@example.com"})
    customer.api("POST", "/teams", {"name": "acme-team"})
    customer.api("POST", "/teams/acme-team/members", {"email": "ana@example.com", "role": "member"})
    customer.api("PATCH", "/teams/apps/acme", {"owner": "acme-team"})
    wait_until("the team's members are shown", lambda: "ana@example.com member of team acme-team" in world.page())
    assert "Heroku does not tell" not in world.page()
