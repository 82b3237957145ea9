"""From the marketplace to the end of an add-on, by forms; the partner is played."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.actions.addons_outcome import fail_provisioning, finish_plan_change
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction

from ... import support
from ..world import deprovisions, new_world, playing, provisions
from .browser import Browser, Page

URL = {"EXCEPTIONS_URL": "http://x/secret"}
SERVICE = "/dashboard/marketplace/exceptions"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Browser]:
    """An app and a service with two plans; calls wait for partners."""
    world = new_world(tmp_path, customer_patience=30.0)
    with world.database.transaction() as tx:
        service = support.new_service(tx, requires=("many_per_app", "attachable"))
        set_plans(tx, service, [PlanSpec("test"), PlanSpec("basic", 500), PlanSpec("hidden", state="hidden")])
        support.new_app(tx, world.customer, "acme")
        support.new_app(tx, world.customer, "other")
    yield Browser(world)
    world.database.close()


def install(shop: Browser, **fields: str) -> Page:
    return shop.do(f"{SERVICE}/install", **({"app": "acme", "plan": "test", "name": "mine"} | fields))


def installed(shop: Browser) -> str:
    with playing(shop.world, provision=provisions(URL)):
        assert "mine is installed." in install(shop).text
    return "/dashboard/apps/acme/addons/mine"


def addon(shop: Browser) -> Addon:
    with shop.world.database.snapshot() as rows:
        found = rows.find(Addon, desc=True)
    assert found is not None
    return found


def refuses(tx: Transaction, job: Job) -> None:
    fail_provisioning(tx, tx.get(Addon, job.subject_id), "No room for you.", clean_up=False)
    jobs.finish(tx, job, {"ok": False, "message": "No room for you.", "refused": True}, failed=True)


def changes_plan(tx: Transaction, job: Job) -> None:
    found = tx.get(Addon, job.subject_id)
    finish_plan_change(
        tx, found, tx.get(Plan, job.payload["plan_id"]), None, "Bigger.", tx.get(Account, found.actor_id)
    )
    jobs.finish(tx, job, {"ok": True})


def test_the_marketplace_shows_services_and_what_they_cost(shop: Browser) -> None:
    page = shop.get("/dashboard/marketplace?app=acme")
    assert "Exceptions exceptions alpha 2 plans, from free" in page.text
    assert f"{SERVICE}?app=acme" in page.links()
    assert "No service is called like that." in shop.get("/dashboard/marketplace?q=nothing").text
    page = shop.get(f"{SERVICE}?app=acme")
    assert "Basic basic $5.00/month" in page.text
    assert "hidden" not in page.text
    assert page.form("/install").fields["app"] == "acme"


def test_what_is_shut_down_or_only_for_others_is_not_offered(shop: Browser) -> None:
    with shop.world.database.transaction() as tx:
        (service,) = tx.all(AddonService)
        set_plans(tx, service, [PlanSpec("test", state="invite-only")])
    assert "1 plan, from $5.00/month" in shop.get("/dashboard/marketplace").text
    assert shop.post(f"{SERVICE}/install", app="acme", plan="test").status_code == 422
    with shop.world.database.transaction() as tx:
        tx.update(service, state="shutdown")
    page = shop.get(SERVICE)
    assert "has been shut down" in page.text
    assert page.forms == []
    assert shop.post(f"{SERVICE}/install", app="acme", plan="basic").status_code == 422


def test_where_stages_count_a_service_in_alpha_is_for_the_invited(tmp_path: Path) -> None:
    world = new_world(tmp_path, strict_marketplace=True)
    with world.database.transaction() as tx:
        service = support.new_service(tx)
    shop = Browser(world)
    assert "No partner has registered" in shop.get("/dashboard/marketplace").text
    with world.database.transaction() as tx:
        set_plans(tx, service, [PlanSpec("test", passes=("user@example.com",))])
    assert "1 plan, from free" in shop.get("/dashboard/marketplace").text
    assert "(you are invited)" in shop.get(SERVICE).text
    world.database.close()


def test_an_add_on_is_installed_with_name_and_options(shop: Browser) -> None:
    with playing(shop.world, provision=provisions(URL)):
        page = install(shop, options="size = big\n--fast=true\n\n", **{"as": "errors"})
    assert "mine is installed." in page.text
    assert "mine provisioned" in page.text
    assert "Welcome." in page.text
    assert "acme as ERRORS ERRORS_URL" in page.text
    assert not page.all("meta")[-1].get("http-equiv")
    assert addon(shop).options == {"size": "big", "fast": "true"}
    assert shop.world.get("/apps/acme/config-vars") == {"ERRORS_URL": "http://x/secret"}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"app": "nobodys"}, 404),
        ({"plan": "nothing"}, 422),
        ({"options": "no equals sign"}, 422),
        ({"options": "=x"}, 422),
        ({"name": "not good"}, 422),
    ],
)
def test_a_bad_wish_installs_nothing(fields: dict[str, str], status: int, shop: Browser) -> None:
    token = shop.token()
    with shop.world.nothing_written():
        answer = shop.post(f"{SERVICE}/install", token=token, **({"app": "acme", "plan": "test"} | fields))
    assert answer.status_code == status


def test_while_it_is_provisioned_the_page_says_so_and_looks_again(shop: Browser) -> None:
    with playing(shop.world, provision=provisions({}, asynchronous=True)):
        page = install(shop)
    assert "mine is being provisioned." in page.text
    assert "is provisioning. This page looks again" in page.text
    assert {"http-equiv": "refresh", "content": "2"} in page.all("meta")
    with shop.world.database.transaction() as tx:
        fail_provisioning(tx, addon(shop), "Out of room.", clean_up=False)
        for job in tx.all(Job, kind="provision"):
            jobs.finish(tx, job, {"ok": False}, failed=True)
    ended = shop.get(f"/dashboard/apps/acme/addons/{addon(shop).id}")
    assert "could not be provisioned: Out of room." in ended.text
    assert all("http-equiv" not in each for each in ended.all("meta"))
    assert shop.answer("/dashboard/apps/acme/addons/mine").status_code == 404
    assert shop.answer(f"/dashboard/apps/other/addons/{addon(shop).id}").status_code == 404


def test_what_the_partner_refuses_is_told_in_its_words(shop: Browser) -> None:
    with playing(shop.world, provision=refuses):
        answer = shop.post(f"{SERVICE}/install", app="acme", plan="test")
    assert (answer.status_code, "No room for you." in answer.text) == (422, True)


def test_the_plan_is_changed_when_the_partner_says_yes(shop: Browser) -> None:
    here = installed(shop)
    with playing(shop.world, change_plan=changes_plan):
        page = shop.do(f"{here}/plan", plan="basic")
    assert "Plan Basic, $5.00/month" in page.text
    assert "Bigger." in page.text
    assert shop.post(f"{here}/plan", plan="nothing").status_code == 422


def test_a_plan_that_is_still_being_changed_is_told(shop: Browser) -> None:
    here = installed(shop)
    object.__setattr__(shop.world.database.rules, "customer_patience", 0.0)
    page = shop.do(f"{here}/plan", plan="basic")
    assert "The plan of mine is being changed." in page.text
    assert "The plan is being changed. This page looks again" in page.text
    assert "Plan Test, free" in page.text


def test_it_is_attached_elsewhere_and_detached(shop: Browser) -> None:
    here = installed(shop)
    page = shop.do(f"{here}/attach", app="other", **{"as": "shared"})
    assert "mine is attached to other as SHARED." in page.text
    assert "other as SHARED SHARED_URL" in page.text
    assert shop.world.get("/apps/other/config-vars") == {"SHARED_URL": "http://x/secret"}
    taken = shop.post(f"{here}/attach", app="other", **{"as": "shared"})
    assert taken.status_code == 423
    forms = [form for form in page.forms if form.action.endswith("/detach")]
    assert len(forms) == 2
    page = shop.do(f"{here}/detach", attachment=forms[1].fields["attachment"])
    assert "SHARED is detached from other." in page.text
    assert shop.world.get("/apps/other/config-vars") == {}
    assert shop.post(f"{here}/detach", attachment=forms[1].fields["attachment"]).status_code == 404
    last = shop.post(f"{here}/detach", attachment=forms[0].fields["attachment"])
    assert (last.status_code, "last attachment" in last.text) == (422, True)


def test_apps_that_one_does_not_see_are_not_told(shop: Browser) -> None:
    installed(shop)
    with shop.world.database.transaction() as tx:
        theirs = support.new_app(tx, shop.world.stranger, "strange")
        support.attach(tx, theirs, addon(shop), "SECRET")
    page = shop.get("/dashboard/apps/acme/addons/mine")
    assert "strange" not in page.text
    assert "SECRET" not in page.text
    assert shop.post("/dashboard/apps/acme/addons/mine/attach", app="strange").status_code == 404


def test_it_is_destroyed_by_typing_its_name(shop: Browser) -> None:
    here = installed(shop)
    shop.do(f"{here}/attach", app="other")
    token = shop.token()
    for fields in ({}, {"confirm": "acme"}, {"confirm": "mine"}):
        with shop.world.nothing_written():
            assert shop.post(f"{here}/destroy", token=token, **fields).status_code == 422
    with playing(shop.world, deprovision=deprovisions):
        page = shop.do(f"{here}/destroy", confirm="mine", force="yes")
    assert "mine is destroyed." in page.text
    assert shop.world.get("/apps/acme/addons") == []
    assert "has been destroyed" in shop.get(f"/dashboard/apps/acme/addons/{addon(shop).id}").text


def test_while_it_goes_the_page_says_so(shop: Browser) -> None:
    here = installed(shop)
    object.__setattr__(shop.world.database.rules, "customer_patience", 0.0)
    page = shop.do(f"{here}/destroy", confirm="mine")
    assert "is deprovisioning. This page looks again" in page.text
    assert [form for form in page.forms if form.action.endswith("/destroy")] == []
