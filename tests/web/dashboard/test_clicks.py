"""What a person does in the browser is in the ledger, with what it caused and without what was typed."""

from platform_sim.core.model.records import Event, Exchange

from .browser import Browser

SECRET = "s3cr3t-0815"


def kept(browser: Browser) -> list[Exchange]:
    with browser.world.database.snapshot() as rows:
        return rows.all(Exchange, inbound=True, order_by="seq")


def test_a_form_is_a_customers_call(browser: Browser) -> None:
    browser.do("/dashboard/apps", name="clicked")
    [row] = kept(browser)
    assert (row.party, row.method, row.url) == ("customer", "POST", "http://localhost:5100/dashboard/apps")
    assert (row.status, row.actor_email) == (303, "user@example.com")
    assert row.request_body == "name=[hidden]"
    with browser.world.database.snapshot() as rows:
        assert [each.kind for each in rows.all(Event, cause_id=row.id)][:2] == ["app", "release"]


def test_what_was_typed_is_not_kept_nor_the_forms_token(browser: Browser) -> None:
    token = browser.token()
    browser.do("/dashboard/apps/acme/settings/set", token=token, var="KEY", value=SECRET)
    row = kept(browser)[-1]
    assert row.app_id is not None
    assert SECRET not in f"{row}"
    assert token not in f"{row}"


def test_a_form_that_does_nothing_or_is_not_ours_is_not_kept(browser: Browser) -> None:
    assert browser.post("/dashboard/apps", name="acme").status_code == 422
    assert browser.post("/dashboard/apps", token="", name="other").status_code == 403
    assert kept(browser) == []


def test_what_comes_after_a_form_has_other_causes(browser: Browser) -> None:
    browser.do("/dashboard/apps", name="clicked")
    [row] = kept(browser)
    with browser.world.database.transaction() as tx:
        assert tx.record("thing", "create", "t", None, {}).cause_id != row.id
