"""The live timeline: steps come by themselves, as the server would draw them; filters, pause, details, the command."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from ..processes.customer import Customer
from ..processes.partner import TinyPartner, said
from ..processes.waiting import wait_until
from .windows import OpenWindow

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def acme(customer: Customer, partner: TinyPartner) -> TinyPartner:
    """A partner that is registered, with an app of this name."""
    customer.register(partner, "test")
    customer.api("POST", "/apps", {"name": "acme"})
    return partner


def live(window: Page, customer: Customer, query: str = "") -> Page:
    """The page, once it follows."""
    window.goto(f"{customer.url}/dashboard/timeline{query}")
    expect(window.locator("#how")).to_contain_text("Live")
    return window


def step(window: Page, title: str) -> Locator:
    """The row of the newest step that is called so."""
    return window.locator("summary").filter(has_text=title).first


def drawn(window: Page) -> str:
    """What the page has of all actions, without the numbers of their headings, and without spaces."""
    return re.sub(r'(id="[tn]\d+"|aria-labelledby="[tn]\d+"|\s+)', "", window.locator("#trees").inner_html())


def test_a_provisioning_is_drawn_while_it_happens(customer: Customer, acme: TinyPartner, window: Page) -> None:
    live(window, customer)
    acme.before_answering.shut()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(customer.api, "POST", "/apps/acme/addons", {"plan": "exceptions:test"})
        try:
            expect(step(window, "POST /heroku/resources").locator(".state")).to_have_text("awaited")
        finally:
            acme.before_answering.open()
        call.result()
    expect(step(window, "POST /heroku/resources").locator(".state")).to_have_text("200")
    expect(step(window, "POST /apps/acme/addons").locator(".state")).to_have_text("201")
    tree = window.locator("section.tree").first
    expect(tree.locator("li.from-customer > ol > li.to-partner > ol")).to_contain_text("release v")
    came = drawn(window)
    window.reload()
    assert drawn(window) == came


def test_only_what_is_chosen_comes(customer: Customer, acme: TinyPartner, window: Page) -> None:
    live(window, customer)
    window.get_by_label("App", exact=True).fill("acme")
    window.get_by_role("button", name="Show").click()
    expect(window.locator("#how")).to_contain_text("Live")
    customer.api("POST", "/apps", {"name": "another"})
    customer.api("PATCH", "/apps/acme/config-vars", {"KEY": "value"})
    expect(step(window, "PATCH /apps/acme/config-vars")).to_be_visible()
    expect(window.get_by_text("POST /apps", exact=True)).to_have_count(1)
    with window.expect_download() as saved:
        window.get_by_role("link", name="HAR").click()
    assert saved.value.suggested_filename == "timeline.har"


def test_what_happens_during_a_pause_comes_after_it(customer: Customer, window: Page) -> None:
    live(window, customer)
    window.get_by_role("button", name="Pause").click()
    expect(window.locator("#how")).to_have_text("Paused.")
    for name in ("one", "two"):
        customer.api("POST", "/apps", {"name": name})
    expect(window.get_by_text("POST /apps")).to_have_count(0)
    window.get_by_role("button", name="Go on").click()
    expect(window.get_by_text("POST /apps")).to_have_count(2)
    expect(window.locator("#how")).to_contain_text("Live")


def test_after_a_flood_the_page_is_drawn_anew(customer: Customer, window: Page) -> None:
    live(window, customer)
    window.get_by_role("button", name="Pause").click()
    expect(window.locator("#how")).to_have_text("Paused.")
    for number in range(40):
        customer.api("POST", "/apps", {"name": f"app-{number}"})
    window.get_by_role("button", name="Go on").click()
    expect(window.locator("#skipped")).to_be_visible()
    expect(window.locator("#skipped")).to_be_hidden()
    customer.api("POST", "/apps", {"name": "after-it"})
    fresh = window.context.new_page()

    def is_the_same() -> bool:
        fresh.goto(window.url)
        return drawn(window).startswith(drawn(fresh)[:20_000])

    wait_until("the page is as if it were opened now", is_the_same)


def test_what_others_say_is_text(customer: Customer, acme: TinyPartner, window: Page) -> None:
    live(window, customer)
    acme.acts = False
    acme.answers["POST"] = lambda sent: said({"message": HOSTILE, HOSTILE: HOSTILE}, 422)
    customer.ask("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    row = step(window, "POST /heroku/resources")
    expect(row.locator(".state")).to_have_text("422")
    row.click()
    expect(window.locator(".exchange .message").nth(1)).to_contain_text(HOSTILE)
    window.goto(window.locator(".exchange").get_attribute("data-page") or "")
    expect(window.locator(".exchange .message").nth(1)).to_contain_text(HOSTILE)
    expect(window.locator("img")).to_have_count(0)


def test_the_command_is_copied(customer: Customer, open_window: OpenWindow) -> None:
    window = live(open_window(permissions=["clipboard-read", "clipboard-write"]), customer)
    customer.api("POST", "/apps", {"name": "it-s"})
    step(window, "POST /apps").click()
    window.get_by_role("button", name="Copy as curl").click()
    expect(window.get_by_role("button", name="Copied")).to_be_visible()
    copied = window.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl -X POST {customer.url}/apps")
    assert copied == window.locator(".exchange .message").last.inner_text()
