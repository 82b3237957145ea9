"""Without a mouse, and without scripts: everything can still be done."""

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from ..processes.customer import Customer
from ..processes.partner import TinyPartner, said
from ..processes.waiting import wait_until
from .windows import OpenWindow

MOST = 60
"""Presses of a key after which one has been everywhere on a page."""


@pytest.fixture
def shop(customer: Customer, partner: TinyPartner) -> Customer:
    """With an app `shop`, and a service in the marketplace."""
    customer.register(partner)
    customer.api("POST", "/apps", {"name": "shop"})
    return customer


class Keys:
    """The keyboard."""

    def __init__(self, window: Page) -> None:
        self.window = window

    def go_to(self, wanted: Locator) -> None:
        """Tab until it has the focus, which one must see."""
        for _ in range(MOST):
            self.window.keyboard.press("Tab")
            if wanted.evaluate("each => each === document.activeElement"):
                assert wanted.evaluate("each => getComputedStyle(each).outlineStyle") != "none"
                return
        raise AssertionError(f"{wanted} cannot be reached by keys")

    def enter(self, wanted: Locator) -> None:
        """Press it."""
        self.go_to(wanted)
        self.window.keyboard.press("Enter")

    def type(self, wanted: Locator, text: str) -> None:
        """Write into it, whatever was there."""
        self.go_to(wanted)
        self.window.keyboard.press("Control+A")
        self.window.keyboard.type(text)


def test_an_add_on_is_installed_with_keys_only(shop: Customer, partner: TinyPartner, window: Page) -> None:
    keys = Keys(window)
    window.goto(shop.url)
    keys.enter(window.get_by_role("link", name="Skip to content"))
    keys.enter(window.get_by_role("link", name="shop"))
    expect(window.get_by_role("heading", name="shop")).to_be_visible()
    keys.enter(window.get_by_role("link", name="Find more in the marketplace"))
    keys.enter(window.locator(".cards").get_by_role("link"))
    expect(window.get_by_role("combobox", name="App")).to_have_value("shop")
    keys.enter(window.get_by_text("Name and options"))
    keys.type(window.get_by_label("Name of the add-on"), "by-keys")
    keys.enter(window.get_by_role("button", name="Install"))
    expect(window.locator(".said[role=status]")).to_have_text("by-keys is installed.")
    assert [each["name"] for each in shop.api("GET", "/addons")] == ["by-keys"]
    keys.enter(window.get_by_role("link", name="Resources"))
    keys.enter(window.get_by_role("link", name="by-keys"))
    keys.type(window.get_by_label("Name of the add-on"), "by-keys")
    keys.enter(window.get_by_role("button", name="Destroy add-on"))
    expect(window.locator(".said[role=status]")).to_have_text("by-keys is destroyed.")


def test_wide_tables_are_scrolled_with_keys(shop: Customer, open_window: OpenWindow) -> None:
    window = open_window(viewport={"width": 400, "height": 900})
    window.goto(f"{shop.url}/dashboard/apps/shop/activity")
    table = window.locator(".scroll").last
    assert table.evaluate("each => each.scrollWidth > each.clientWidth"), "else this shows nothing"
    Keys(window).go_to(table)
    window.keyboard.press("ArrowRight")
    wait_until("it has moved", lambda: table.evaluate("each => each.scrollLeft > 0"))


def test_without_scripts(shop: Customer, partner: TinyPartner, open_window: OpenWindow) -> None:
    """Installed by a partner that takes its time: the page of the add-on reloads itself until it is there."""
    window = open_window(java_script_enabled=False)
    window.goto(f"{shop.url}/dashboard/marketplace/{partner.slug}?app=shop")
    partner.answers["POST"] = lambda sent: said({"id": "later"}, 202)
    window.get_by_role("button", name="Install").click()
    expect(window.get_by_text("looks again every two seconds")).to_be_visible()
    [addon] = shop.api("GET", "/addons")
    as_partner = replace(shop, token=partner.exchange(shop.url, addon["id"]))
    config = [{"name": "EXCEPTIONS_URL", "value": "http://resources.test/"}]
    as_partner.api("PATCH", f"/addons/{addon['id']}/config", {"config": config})
    as_partner.api("POST", f"/addons/{addon['id']}/actions/provision")
    expect(window.get_by_text("looks again every two seconds")).to_have_count(0)
    expect(window.locator("h2 .state")).to_have_text("provisioned")
    window.get_by_role("link", name="Logs").click()
    expect(window.locator("#lines")).to_contain_text("completed provisioning")
