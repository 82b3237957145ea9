"""The dashboard in a real browser: its forms are taken, the log is live, and what looks like HTML is text."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .chromium import PROGRAM, Chromium
from .customer import Customer
from .up import Up

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed here"),
]
HOSTILE = "/<img/src=x/onerror=document.title=1>"


@pytest.fixture
def customer(tmp_path: Path) -> Iterator[Customer]:
    """With an app `shown`, on which nothing is deployed."""
    with Up(tmp_path, "--memory") as up:
        found = up.start()
        made = Customer(found["url"], found["token"], tmp_path)
        made.api("POST", "/apps", {"name": "shown"})
        yield made


def ask_app(customer: Customer, path: str) -> None:
    """A request whose path is sent as it is; the router writes it into the app's log."""
    connection = http.client.HTTPConnection("127.0.0.1", customer.port)
    connection.request("GET", path, headers={"Host": f"shown.localhost:{customer.port}"})
    connection.getresponse().read()
    connection.close()


def test_the_log_is_live_and_its_lines_are_text(customer: Customer, tmp_path: Path) -> None:
    with Chromium(tmp_path) as browser:
        browser.open(f"{customer.url}/dashboard/apps/shown/logs")
        browser.wait("the page is live", "document.getElementById('how').textContent.startsWith('Live')")
        ask_app(customer, HOSTILE)
        shown = f"document.getElementById('lines').textContent.includes({json.dumps(HOSTILE)})"
        browser.wait("the line comes by itself", shown)
        title = browser.value("document.title")
        assert browser.value("document.images.length") == 0
        browser.open(f"{customer.url}/dashboard/apps/shown/logs?again")
        browser.wait("the page has the line from the start", shown)
        assert browser.value("document.images.length") == 0
        assert browser.value("document.title") == title
        assert browser.complaints == []


def test_a_config_var_is_set_and_revealed_by_clicking(customer: Customer, tmp_path: Path) -> None:
    with Chromium(tmp_path) as browser:
        browser.open(f"{customer.url}/", f"{customer.url}/dashboard/apps")
        browser.open(f"{customer.url}/dashboard/apps/shown/settings")
        browser.value(
            """
            const form = document.querySelector("form[action$='/settings/set']");
            form.elements.var.value = "KEY";
            form.elements.value.value = "  two\\nlines";
            form.querySelector("button").click();
            """
        )
        browser.wait("it says so", "document.querySelector('.said')?.textContent == 'KEY is set.'")
        assert customer.api("GET", "/apps/shown/config-vars") == {"KEY": "  two\nlines"}
        assert not browser.value("document.documentElement.outerHTML.includes('two')")
        browser.value("document.querySelector('button[formaction$=reveal]').click()")
        browser.wait("it is there", "document.querySelector('#revealed textarea')?.value == '  two\\nlines'")
        assert browser.complaints == []


def test_a_page_of_another_site_changes_nothing(customer: Customer, tmp_path: Path) -> None:
    """An app is another site, on the same machine and with the same cookies."""
    with Chromium(tmp_path) as browser:
        browser.open(f"http://shown.localhost:{customer.port}/")
        url = f"{customer.url}/dashboard/apps/shown/settings/maintenance"
        browser.value(
            f"""
            document.body.innerHTML = '<form method="post"><input name="maintenance" value="on"></form>';
            document.forms[0].action = {json.dumps(url)};
            document.forms[0].submit();
            """
        )
        browser.wait("it is refused", "document.querySelector('h1')?.textContent == 'You may not'")
        assert customer.api("GET", "/apps/shown")["maintenance"] is False


@pytest.mark.parametrize("width", [400, 1600])
def test_no_page_is_wider_than_its_window(width: int, customer: Customer, tmp_path: Path) -> None:
    pages = ["apps", "marketplace", "operator", "operator/jobs", "operator/webhooks", "operator/drains"]
    pages += [f"apps/shown{tab}" for tab in ("", "/resources", "/deploy", "/activity", "/access", "/settings", "/logs")]
    with Chromium(tmp_path) as browser:
        browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        for page in pages:
            browser.open(f"{customer.url}/dashboard/{page}")
            assert browser.value("document.documentElement.scrollWidth <= innerWidth"), page
        assert browser.complaints == []


def test_over_tls_it_is_the_same(customer: Customer, tmp_path: Path) -> None:
    with Chromium(tmp_path) as browser:
        browser.open(f"https://localhost:{customer.port}/dashboard/apps/shown/settings")
        assert browser.value("getComputedStyle(document.querySelector('.loud')).textAlign") == "center"
        browser.value("document.querySelector('form[action$=maintenance] button').click()")
        browser.wait("it is on", "document.querySelector('.said')?.textContent == 'Maintenance mode is on.'")
        browser.open(f"https://localhost:{customer.port}/dashboard/apps/shown/logs")
        browser.wait("the page is live", "document.getElementById('how').textContent.startsWith('Live')")
        assert browser.complaints == []
