"""A refused form leads back to its page, filled in again, and never anywhere else nor with a secret."""

from typing import Any
from urllib.parse import quote

import pytest

from .browser import HEADERS, HOST, Browser, Page

FORM = {"name": "No Good", "region": "eu", "stack": "heroku-22"}
OURS = {"Referer": f"http://{HOST}/dashboard/apps"}
"""Of somebody who has pressed the button of the problem page."""


def refused(browser: Browser, path: str, came: str, **fields: Any) -> Page:
    """The problem page after a form of the page at `came`."""
    headers = HEADERS | {"Origin": f"http://{HOST}", "Referer": came}
    answer = browser.world.client.post(path, data={"form": browser.token()} | fields, headers=headers)
    assert answer.status_code in (404, 413, 422), answer.text
    return Page(answer.text)


@pytest.fixture
def here() -> str:
    return f"http://{HOST}/dashboard/apps"


def link(page: Page) -> str | None:
    """Of the button that leads back."""
    return next((each["href"] for each in page.all("a") if each.get("class") == "button"), None)


def test_it_leads_to_the_page_filled_in_again(here: str, browser: Browser) -> None:
    where = link(refused(browser, "/dashboard/apps", f"{here}?q=x&typed_name=older", **FORM))
    assert where == "/dashboard/apps?q=x&typed_name=No+Good&typed_region=eu&typed_stack=heroku-22"
    page = browser.get(where, **OURS)
    assert page.form("/dashboard/apps").fields["name"] == "No Good"
    chosen = [each["value"] for each in page.all("option") if "selected" in each and "value" in each]
    assert chosen == ["eu"]


def test_no_secret_is_in_the_address(browser: Browser) -> None:
    settings = "/dashboard/apps/acme/settings"
    page = refused(browser, f"{settings}/set", f"http://{HOST}{settings}", var="NO GOOD", value="s3cret")
    assert link(page) == f"{settings}?typed_var=NO+GOOD"
    assert browser.get(str(link(page)), **OURS).form("/settings/set").fields["var"] == "NO GOOD"
    install = {"app": "nobodys", "plan": "test", "options": "password=s3cret", "confirm": "acme"}
    service = "/dashboard/marketplace/exceptions"
    page = refused(browser, f"{service}/install", f"http://{HOST}{service}?app=acme", **install)
    assert link(page) == f"{service}?app=acme&typed_app=nobodys&typed_plan=test"
    assert "s3cret" not in "".join(page.words)
    fields = browser.get(str(link(page)), **OURS).form("/install").fields
    assert fields["app"] == "nobodys"


def test_the_address_of_a_form_is_no_page(browser: Browser) -> None:
    settings = "/dashboard/apps/acme/settings"
    page = refused(browser, f"{settings}/set", f"http://{HOST}{settings}/reveal", var="NO GOOD", value="x")
    assert link(page) == f"{settings}?typed_var=NO+GOOD"


@pytest.mark.parametrize(
    "came",
    [
        "",
        "http://evil.example/dashboard/apps",
        f"http://{HOST}.evil.example/dashboard/apps",
        f"http://{HOST}//evil.example/dashboard/apps",
        f"http://{HOST}/sso/browser/x",
        f"http://{HOST}/dashboard/nothing/at/all",
        "javascript:alert(1)",
        "//",
        "http://[::1",
    ],
)
def test_it_leads_nowhere_else(came: str, browser: Browser) -> None:
    assert link(refused(browser, "/dashboard/apps", came, **FORM)) is None


def test_what_was_typed_is_text_in_the_page(browser: Browser) -> None:
    evil = '"><script>alert(1)</script>'
    page = browser.get(f"/dashboard/apps?typed_name={quote(evil)}", **OURS)
    assert page.form("/dashboard/apps").fields["name"] == evil
    assert page.all("script") == []


@pytest.mark.parametrize("headers", [{}, {"Referer": "http://evil.example/dashboard/apps"}, {"Referer": "http://[::1"}])
def test_a_link_from_elsewhere_fills_in_nothing(headers: dict[str, str], browser: Browser) -> None:
    page = browser.get("/dashboard/apps/acme/access?typed_user=evil@example.com", **headers)
    assert page.form("/access/add").fields["user"] == ""


def test_what_is_too_long_leads_back_too(here: str, browser: Browser) -> None:
    page = refused(browser, "/dashboard/apps", here, name="x" * 2_000_000)
    assert link(page) == "/dashboard/apps"
