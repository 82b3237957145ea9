"""The dashboard of a running platform: forms are taken, the log is live, what another site sends is refused."""

import http.client
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from ..processes.customer import Customer
from ..processes.partner import TinyPartner, said
from .windows import Complaints, OpenWindow

HOSTILE = "/<img/src=x/onerror=document.title=1>"


@pytest.fixture
def shown(customer: Customer) -> Iterator[Customer]:
    """With an app `shown`, on which nothing is deployed."""
    customer.api("POST", "/apps", {"name": "shown"})
    yield customer


def ask_app(customer: Customer, path: str) -> None:
    """A request whose path is sent as it is; the router writes it into the app's log."""
    connection = http.client.HTTPConnection("127.0.0.1", customer.port)
    connection.request("GET", path, headers={"Host": f"shown.localhost:{customer.port}"})
    connection.getresponse().read()
    connection.close()


def test_the_log_is_live_and_its_lines_are_text(shown: Customer, window: Page) -> None:
    window.goto(f"{shown.url}/dashboard/apps/shown/logs")
    title = window.title()
    expect(window.locator("#how")).to_contain_text("Live")
    ask_app(shown, HOSTILE)
    expect(window.locator("#lines")).to_contain_text(HOSTILE)
    window.reload()
    expect(window.locator("#lines")).to_contain_text(HOSTILE)
    expect(window.locator("img")).to_have_count(0)
    assert window.title() == title


def test_a_config_var_is_set_and_revealed_by_clicking(shown: Customer, window: Page) -> None:
    window.goto(shown.url)
    window.get_by_role("link", name="shown").click()
    window.get_by_role("link", name="Settings").click()
    window.get_by_label("Name", exact=True).fill("KEY")
    window.get_by_label("Value", exact=True).fill("  two\nlines")
    window.get_by_role("button", name="Set", exact=True).click()
    expect(window.locator(".said")).to_have_text("KEY is set.")
    assert shown.api("GET", "/apps/shown/config-vars") == {"KEY": "  two\nlines"}
    assert "two" not in window.content()
    window.get_by_role("button", name="Reveal KEY").click()
    expect(window.get_by_label("Value of KEY")).to_have_value("  two\nlines")


def test_a_page_of_another_site_changes_nothing(shown: Customer, window: Page, complaints: Complaints) -> None:
    """An app is another site, on the same machine and with the same cookies."""
    site = f"http://shown.localhost:{shown.port}"
    action = f"{shown.url}/dashboard/apps/shown/settings/maintenance"
    page = f'<form method="post" action="{action}"><button name="maintenance" value="on">Win</button></form>'
    window.route(f"{site}/**", lambda route: route.fulfill(content_type="text/html", body=page))
    window.goto(f"{site}/")
    window.get_by_role("button").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("You may not")
    complaints.forgive("403")
    assert shown.api("GET", "/apps/shown")["maintenance"] is False


def test_over_tls_it_is_the_same(shown: Customer, open_window: OpenWindow) -> None:
    window = open_window(ignore_https_errors=True)
    window.goto(f"https://localhost:{shown.port}/dashboard/apps/shown/settings")
    expect(window.locator(".loud")).to_have_css("text-align", "center")
    window.get_by_role("button", name="Switch it on").click()
    expect(window.locator(".said")).to_have_text("Maintenance mode is on.")
    window.get_by_role("link", name="Logs").click()
    expect(window.locator("#how")).to_contain_text("Live")


def test_a_refused_form_leads_back_to_what_was_typed(shown: Customer, window: Page, complaints: Complaints) -> None:
    window.goto(f"{shown.url}/dashboard/apps")
    window.get_by_label("Name, or nothing").fill("shown")
    window.get_by_label("Region").select_option("eu")
    window.get_by_role("button", name="Create app").click()
    expect(window.get_by_role("alert")).to_contain_text("already taken")
    complaints.forgive("422")
    window.get_by_role("link", name="Back to the form").click()
    expect(window.get_by_label("Name, or nothing")).to_have_value("shown")
    expect(window.get_by_label("Region")).to_have_value("eu")


def test_a_page_that_waits_takes_nothing_away(shown: Customer, partner: TinyPartner, window: Page) -> None:
    """It shows by itself what has come, but not as long as somebody has typed something."""
    shown.register(partner)
    partner.answers["POST"] = lambda sent: said({"id": "later"}, 202)
    addon = shown.api("POST", "/apps/shown/addons", {"plan": f"{partner.slug}:test"})
    as_partner = replace(shown, token=partner.exchange(shown.url, addon["id"]))
    window.goto(f"{shown.url}/dashboard/apps/shown/addons/{addon['name']}")
    window.get_by_text("Attach once more").click()
    field = window.get_by_label("As, or nothing")
    field.fill("MORE")
    window.get_by_role("heading", name=addon["name"]).click()
    as_partner.api("POST", f"/addons/{addon['id']}/actions/provision")
    for _ in range(2):
        with window.expect_response(window.url) as looked:
            pass
    assert "provisioned" in looked.value.text()
    expect(field).to_have_value("MORE")
    field.fill("")
    window.get_by_role("heading", name=addon["name"]).click()
    expect(window.locator("h2 .state")).to_have_text("provisioned")
    expect(window.get_by_text("looks again")).to_have_count(0)
