"""Single sign-on with the three who take part in it: platform, partner and a real browser between them."""

import time
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Page, Request, expect

from platform_sim.core.model.sso_lab import EXPERIMENTS
from platform_sim.demo.scene import Scene

from ..processes.customer import Customer
from ..processes.waiting import wait_until
from .looking import check
from .windows import Complaints

SHOP, ADDON = "shop", "exceptions-first"
HERE = f"/dashboard/apps/{SHOP}/addons/{ADDON}"


@pytest.fixture
def scene(customer: Customer, tmp_path: Path) -> Iterator[Scene]:
    """The reference partner beside the platform, with an add-on, and one that has gone."""
    with Scene(customer.url, customer.token, tmp_path / "scene") as made:
        made.start_partner()
        made.register()
        for app, name in ((SHOP, ADDON), ("late", "exceptions-late")):
            customer.api("POST", "/apps", {"name": app})
            customer.api("POST", f"/apps/{app}/addons", {"plan": "exceptions:test", "name": name})
        customer.api("DELETE", "/apps/late/addons/exceptions-late")
        yield made
        for app in (SHOP, "late"):
            customer.api("DELETE", f"/apps/{app}")


def arrives(window: Page, scene: Scene) -> None:
    """In the partner's dashboard, signed in."""
    expect(window.get_by_text("Logged in through Heroku as you@example.com")).to_be_visible()
    assert window.url.startswith(f"{scene.partner_url}/dashboard/")


def in_the_next_second() -> None:
    """Two logins of one second are the same form: the partner takes the second for a replay."""
    now = int(time.time())
    wait_until("the next second", lambda: int(time.time()) > now)


def test_every_way_leads_into_the_partners_dashboard(scene: Scene, customer: Customer, window: Page) -> None:
    window.goto(f"{scene.url}{HERE}")
    window.get_by_role("link", name="Open the add-on's dashboard").click()
    arrives(window, scene)
    window.go_back()
    expect(window.get_by_role("heading", name=ADDON)).to_be_visible()
    addon: Any = customer.api("GET", f"/apps/{SHOP}/addons/{ADDON}")
    mail = f"{addon['web_url']}?utm=mail&page=rotate"
    for link in (addon["web_url"], f"{scene.url}/myapps/{SHOP}/addons/exceptions", mail):
        in_the_next_second()
        window.goto(link)
        arrives(window, scene)
    window.locator(".requests summary").first.click()
    sent = window.locator(".requests pre").first
    expect(sent).to_contain_text('"page": "rotate"')
    expect(sent).to_contain_text('"utm": "mail"')
    check(window)


def test_a_form_that_is_sent_again_is_refused_on_a_clear_page(
    scene: Scene, window: Page, complaints: Complaints
) -> None:
    forms: list[dict[str, str]] = []

    def hear(request: Request) -> None:
        if request.method == "POST":
            forms.append(dict(parse_qsl(request.post_data or "")))

    window.on("request", hear)
    window.goto(f"{scene.url}/sso/apps/{SHOP}/addons/{ADDON}")
    arrives(window, scene)
    fields = "".join(f'<input name="{escape(name)}" value="{escape(value)}">' for name, value in forms[0].items())
    window.goto("about:blank")
    window.set_content(f'<form method="post" action="{scene.partner_url}/heroku/sso">{fields}<button>Again</button>')
    window.get_by_role("button").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("You are not let in")
    expect(window.get_by_role("alert")).to_contain_text("this link was used before")
    check(window)
    complaints.forgive("403")


def test_the_lab_tries_them_all(scene: Scene, window: Page) -> None:
    window.goto(f"{scene.url}{HERE}")
    window.get_by_role("link", name="Try its single sign-on").click()
    for experiment in EXPERIMENTS:
        window.get_by_role("button", name=experiment.label, exact=True).click()
        result = window.locator("section[aria-labelledby=result]")
        expect(result.get_by_role("heading", level=2)).to_have_text(f"{experiment.label} as expected")
    check(window)
    window.get_by_role("button", name="Reveal salt and tokens").click()
    expect(window.get_by_text(scene.secrets["ADDON_SSO_SALT"]).first).to_be_visible()
    check(window)
    window.get_by_role("link", name="Hide").click()
    assert scene.secrets["ADDON_SSO_SALT"] not in window.content()
