"""A lesson's page turns green by itself, and its commands can be copied."""

from playwright.sync_api import Page, expect

from ..processes.customer import Customer
from ..processes.partner import TinyPartner


def test_a_lesson_turns_green_by_itself_and_leads_on(customer: Customer, partner: TinyPartner, window: Page) -> None:
    customer.register(partner)
    customer.api("POST", "/apps", {"name": "shown"})
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.goto(f"{customer.url}/dashboard/learn/1")
    command = window.locator(".typed").first
    expect(command).to_have_text(f"platform-sim heroku addons:create {partner.slug}:test -a shown --wait")
    window.get_by_role("button", name="Copy").first.click()
    expect(window.get_by_role("button", name="Copied")).to_be_visible()
    assert window.evaluate("navigator.clipboard.readText()") == command.text_content()
    expect(window.get_by_role("status")).to_contain_text("No add-on was added to shown")
    customer.api("POST", "/apps/shown/addons", {"plan": f"{partner.slug}:test"})
    expect(window.get_by_role("status")).to_contain_text("has been provisioned since")
    expect(window.get_by_role("link", name="Check again")).to_have_count(0)
    window.get_by_role("link", name="Go on to lesson 2").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Config and restart: every change is a release")
    expect(window.get_by_role("status")).to_contain_text("No config var was set")
