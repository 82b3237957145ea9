"""Config vars: no value in a page until it is asked for; what an add-on has set is not lost by a slip."""

import pytest

from ..world import Populated
from .browser import Browser, Page

HERE = "/dashboard/apps/acme/settings"
VALUE = 's3cret <b>&amp;</b> "quoted"\n  second line '


@pytest.fixture
def page(browser: Browser) -> Browser:
    browser.world.call("PATCH", "/apps/acme/config-vars", {"KEY": VALUE, "OTHER": "another s3cret"})
    return browser


def value(browser: Browser, name: str) -> str | None:
    found: str | None = browser.world.get("/apps/acme/config-vars").get(name)
    return found


def every_page(browser: Browser) -> str:
    return "".join(
        browser.answer(f"/dashboard/apps/acme{tab}").text
        for tab in (
            "",
            "/resources",
            "/addons/exceptions-first",
            "/deploy",
            "/activity",
            "/access",
            "/settings",
            "/logs",
        )
    )


def test_no_page_holds_a_value(page: Browser) -> None:
    text = every_page(page)
    assert "s3cret" not in text
    assert "http://exceptions-first.test/secret" not in text
    assert {"KEY", "OTHER", "EXCEPTIONS_URL"} <= set(Page(page.answer(HERE).text).text.split())


def test_one_value_is_revealed_by_a_form_and_kept_nowhere(page: Browser) -> None:
    answer = page.post(f"{HERE}/reveal", var="KEY")
    shown = Page(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.getlist("Set-Cookie") == []
    assert VALUE in "".join(shown.words)
    assert "another s3cret" not in answer.text
    assert page.world.client.get(f"{HERE}/reveal?var=KEY", headers={"Host": "localhost"}).status_code == 404
    assert "s3cret" not in every_page(page)
    assert page.post(f"{HERE}/reveal", var="NOTHING").status_code == 404


def test_a_value_is_set_as_it_was_typed_and_removed(page: Browser) -> None:
    answer = page.post(f"{HERE}/set", var="KEY", value=" new\r\nlines ")
    assert "new" not in str(answer.headers)
    assert "KEY is set." in page.get(HERE).text
    assert value(page, "KEY") == " new\nlines "
    assert "KEY is removed." in page.do(f"{HERE}/unset", var="KEY").text
    assert value(page, "KEY") is None
    assert page.post(f"{HERE}/set", var="NO GOOD", value="x").status_code == 422
    assert page.post(f"{HERE}/set", var="HEROKU_X", value="x").status_code == 422


def test_what_an_add_on_has_set_bears_its_name(page: Browser) -> None:
    shown = page.get(HERE)
    assert "EXCEPTIONS_URL •••••••• exceptions-first Reveal EXCEPTIONS_URL" in shown.text
    assert "OTHER •••••••• a person Reveal OTHER Remove OTHER" in shown.text


def test_it_is_not_overridden_by_a_slip(page: Browser) -> None:
    before, token = value(page, "EXCEPTIONS_URL"), page.token()
    for path, fields in (
        (f"{HERE}/set", {"value": "mine"}),
        (f"{HERE}/unset", {}),
        (f"{HERE}/set", {"override": "no"}),
    ):
        with page.world.nothing_written():
            answer = page.post(path, token=token, var="EXCEPTIONS_URL", **fields)
        assert (answer.status_code, "exceptions-first" in answer.text) == (422, True)
    assert value(page, "EXCEPTIONS_URL") == before
    assert "overridden" not in page.get(HERE).text
    shown = page.do(f"{HERE}/set", var="EXCEPTIONS_URL", value="mine", override="yes")
    assert value(page, "EXCEPTIONS_URL") == "mine"
    assert "exceptions-first overridden by a person, until the add-on's next change" in shown.text


def test_where_the_setting_says_so_not_even_on_purpose(full: Populated) -> None:
    rules = full.world.database.rules
    object.__setattr__(rules, "addon_vars_can_be_set", False)
    answer = Browser(full.world).post(f"{HERE}/set", var="EXCEPTIONS_URL", value="mine", override="yes")
    assert (answer.status_code, "Cannot overwrite attachment values" in answer.text) == (422, True)
