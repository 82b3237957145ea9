"""The operator's pages tell what is there and no secret, and change nothing but by the buttons of clock and SSO lab."""

import json

from platform_sim.core.actions.accounts import partner_account
from platform_sim.core.actions.catalog import register_manifest
from platform_sim.core.actions.incidents import declare
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.model.accounts import AccessToken, Authorization
from platform_sim.core.model.addons import AddonService
from platform_sim.core.model.drains import LogDrain, LogInput
from platform_sim.core.model.webhooks import Webhook
from platform_sim.web.dashboard.application import create_dashboard

from ... import support
from ..world import Populated
from .browser import Browser

PAGES = (
    "",
    "/partners/exceptions",
    "/clock",
    "/snapshots",
    "/faults",
    "/jobs",
    "/webhooks",
    "/drains",
    "/sso?addon=exceptions-first",
)
LAB = "/dashboard/operator/sso/"
SCENARIOS = "/dashboard/operator/scenarios"
CLOCK = "/dashboard/operator/clock/"
FAULTS = "/dashboard/operator/faults/"
SNAPSHOTS = "/dashboard/operator/snapshots/"


def test_every_secret_that_there_is_is_in_none_of_the_pages(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        wish = {
            "include": ["api:app"],
            "level": "notify",
            "url": "https://me:hookpass@hooks.example.com/x?token=tkn12345",
        }
        create_webhook(tx, full.world.customer, full.app, wish)
        tx.update(tx.all(LogDrain)[0], url="https://me:drainpass@logs.example.com/path-secret")
        secrets = {"hookpass", "tkn12345", "drainpass", "path-secret", "partner-password", "partner-salt"}
        secrets |= {each.client_secret for each in tx.all(AddonService)}
        secrets |= {each.token for each in tx.all(AccessToken)} | {each.token for each in tx.all(LogInput)}
        secrets |= {each.token for each in tx.all(LogDrain)} | {each.secret for each in tx.all(Webhook)}
        for each in tx.all(Authorization):
            secrets |= {value for value in (each.grant_code, each.refresh_token) if value}
    assert len(secrets) > 10
    paths = [f"/dashboard/operator{page}" for page in PAGES] + ["/dashboard/timeline", "/dashboard/timeline.json"]
    text = "".join(Browser(full.world).answer(path).text for path in paths)
    assert [secret for secret in secrets if secret in text] == []
    assert "hooks.example.com" in text
    assert "https://logs.example.com:443" in text


def test_the_status_tells_clock_and_partners(full: Populated) -> None:
    page = Browser(full.world).get("/dashboard/operator")
    assert "2026-03-01 12:00:00 UTC, frozen" in page.text
    assert "Seed 1" in page.text
    assert "exceptions Exceptions alpha user@example.com" in page.text


def test_the_status_tells_what_an_operator_says_is_wrong(full: Populated) -> None:
    browser = Browser(full.world)
    assert "Incidents none" in browser.get("/dashboard/operator").text
    assert "Faults none" in browser.get("/dashboard/operator").text
    with full.world.database.transaction() as tx:
        declare(tx, full.world.customer.account, "Slow <b>builds</b>", "yellow", ["Apps"], "We look into it.")
    assert "Incidents Slow <b>builds</b>" in browser.get("/dashboard/operator").text


def test_a_partner_is_told_with_manifest_plans_grants_and_tokens(full: Populated) -> None:
    page = Browser(full.world).get("/dashboard/operator/partners/exceptions")
    assert "Called at http://localhost:5200/r" in page.text
    assert "test (default) free public" in page.text
    assert "exceptions-first acme provisioned exchanged 2026-03-01 12:00:00 ••••••••, until" in page.text
    manifest = json.loads(
        "".join(page.words).partition("Manifest, without its secrets")[2].partition("\n\n")[0].strip() or "{}"
    )
    assert manifest == {} or manifest["api"]["password"] == "[hidden]"
    assert '"password": "[hidden]"' in "".join(page.words)
    assert Browser(full.world).answer("/dashboard/operator/partners/nobody").status_code == 404


def test_jobs_webhooks_and_drains_are_told(full: Populated) -> None:
    browser = Browser(full.world)
    with full.world.database.transaction() as tx:
        tx.add_job("provision", full.addon.id, {"secret": "payload-secret"})
    answer = browser.answer("/dashboard/operator/jobs").text
    assert "payload-secret" not in answer
    assert "provision exceptions-first todo 0 2026-03-01" in browser.get("/dashboard/operator/jobs").text
    page = browser.get("/dashboard/operator/webhooks")
    assert "acme http://localhost:9/hook sync api:release, api:dyno" in page.text
    assert "api:release create" in page.text
    page = browser.get("/dashboard/operator/drains")
    assert "acme https://logs.example.com:443 the customer" in page.text
    assert "acme https://logs.example.com:443 exceptions-first" in page.text


def test_nothing_is_changed_there(full: Populated) -> None:
    rules = create_dashboard(full.world.doors).url_map.iter_rules()
    here = [rule for rule in rules if rule.rule.startswith("/dashboard/operator")]
    found = [rule for rule in here if not rule.rule.startswith((CLOCK, FAULTS, LAB, SCENARIOS, SNAPSHOTS))]
    methods = [rule.methods or set() for rule in found]
    assert len(methods) == len(PAGES) + 1  # where the timeline was before
    assert all("POST" not in each for each in methods)


def test_a_partner_with_a_name_that_looks_like_html_is_harmless(full: Populated) -> None:
    name = "<script>alert(1)</script>"
    with full.world.database.transaction() as tx:
        manifest = support.new_manifest("evil") | {"name": name}
        register_manifest(tx, partner_account(tx, "operator"), manifest)
        support.new_addon(tx, full.world.customer, full.app, "evil", name="evil-one")
    browser = Browser(full.world)
    for path in (
        "/dashboard/marketplace",
        "/dashboard/marketplace/evil",
        "/dashboard/operator",
        "/dashboard/operator/partners/evil",
        "/dashboard/apps/acme",
        "/dashboard/apps/acme/resources",
        "/dashboard/apps/acme/addons/evil-one",
    ):
        page = browser.get(path)
        assert {each.get("src") for each in page.all("script")} <= {"/dashboard/static/waits.js"}, path
        assert name in "".join(page.words), path
