"""Add-ons from the customer's side: doors that wait on the job's row (partner-api §2, heroku-cli §7)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.actions.addons_outcome import fail_provisioning, finish_plan_change
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction

from .... import support
from ...world import Act, World, deprovisions, new_world, playing, populate, provisions

URL = {"EXCEPTIONS_URL": "http://x/secret"}
EXPANSION = {"Accept-Expansion": "addon_service,plan"}
MESSAGES = {"X-Heroku-Legacy-Provider-Messages": "true"}


@pytest.fixture
def patient(tmp_path: Path) -> Any:
    """An app and a service; calls wait for partners up to 30 s (no test does)."""
    world = new_world(tmp_path, customer_patience=30.0)
    with world.database.transaction() as tx:
        service = support.new_service(tx)
        set_plans(tx, service, [PlanSpec("test"), PlanSpec("basic", 500)])
        support.new_app(tx, world.customer, "acme")
    yield world
    world.database.close()


def create(world: World, body: dict[str, Any] | None = None, **more: Any) -> Any:
    return world.call("POST", "/apps/acme/addons", body or {"plan": "exceptions"}, **more)


def refuses(message: str | None, refused: bool) -> Act:
    """A job `provision` whose partner says no, or breaks down for good."""

    def act(tx: Transaction, job: Job) -> None:
        fail_provisioning(tx, tx.get(Addon, job.subject_id), message or "", clean_up=False)
        jobs.finish(tx, job, {"ok": False, "message": message, "refused": refused}, failed=True)

    return act


def later(tx: Transaction, job: Job) -> None:
    """The partner breaks down; the job comes back in a minute of the platform's clock."""
    jobs.try_again(tx, job, 60, {"ok": False, "message": "The add-on's provider answered 503."})


def changes_plan(config: dict[str, str] | None = None) -> Act:
    def act(tx: Transaction, job: Job) -> None:
        addon, plan = tx.get(Addon, job.subject_id), tx.get(Plan, job.payload["plan_id"])
        finish_plan_change(tx, addon, plan, config, "Enjoy.", tx.get(Account, addon.actor_id))
        jobs.finish(tx, job, {"ok": True})

    return act


def test_a_partner_that_answers_at_once(patient: World) -> None:
    with playing(patient, provision=provisions(URL)):
        answer = create(patient)
    assert answer.status_code == 201
    addon = answer.json
    assert (addon["state"], addon["config_vars"], addon["plan"]["name"]) == (
        "provisioned",
        ["EXCEPTIONS_URL"],
        "exceptions:test",
    )
    assert (addon["app"]["name"], addon["provider_id"], addon["actions"]) == ("acme", "provider-1", [])
    assert "provision_message" not in addon
    assert patient.get(f"/addons/{addon['name']}") == addon
    assert patient.get("/apps/acme/config-vars") == URL
    assert patient.get("/apps/acme/addons") == patient.get("/addons") == [addon]


def test_a_partner_that_takes_its_time(patient: World) -> None:
    with playing(patient, provision=provisions(URL, asynchronous=True)):
        answer = create(patient, headers=MESSAGES | EXPANSION)
    assert answer.status_code == 201
    addon = answer.json
    assert (addon["state"], addon["config_vars"], addon["provision_message"]) == ("provisioning", [], "Welcome.")
    assert addon["plan"]["price"] == {"cents": 0, "contract": False, "unit": "month"}
    assert addon["addon_service"]["human_name"] == "Exceptions"
    assert patient.get("/apps/acme/config-vars") == {}


PLANS: list[Any] = ["exceptions", "exceptions:test", {"name": "exceptions:test"}, {"name": "exceptions"}]


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_plans_in_every_spelling(plan: Any, patient: World) -> None:
    """The CLI sends an object, and `{}` for what was not asked for (platform-api §5)."""
    body = {"attachment": {}, "config": {}, "confirm": None, "name": None, "plan": plan}
    with playing(patient, provision=provisions(URL)):
        answer = create(patient, body)
    assert (answer.status_code, answer.json["plan"]["name"]) == (201, "exceptions:test")


def test_a_plan_by_its_id(patient: World) -> None:
    basic = patient.get("/plans/exceptions:basic")
    with playing(patient, provision=provisions(URL)):
        for plan in (basic["id"], {"id": basic["id"]}):
            answer = create(patient, {"plan": plan, "attachment": {"name": "x"}})
            assert (answer.status_code, answer.json["plan"]["name"]) == (201, "exceptions:basic")
            assert answer.json["config_vars"] == ["X_URL"]
            with playing(patient, deprovision=deprovisions):
                patient.call("DELETE", f"/apps/acme/addons/{answer.json['id']}")


def test_names_options_and_attachments_as_asked_for(patient: World) -> None:
    body = {
        "plan": "exceptions",
        "name": "my-exceptions",
        "attachment": {"name": "errors"},
        "config": {"flag": True, "opt": "val", "n": 5, "none": None, "empty": ""},
    }
    with playing(patient, provision=provisions(URL)):
        addon = create(patient, body).json
    assert (addon["name"], addon["config_vars"]) == ("my-exceptions", ["ERRORS_URL"])
    with patient.database.snapshot() as rows:
        assert rows.get(Addon, addon["id"]).options == {"flag": "true", "opt": "val", "n": "5", "empty": ""}
    assert patient.get("/apps/acme/config-vars") == {"ERRORS_URL": "http://x/secret"}


@pytest.mark.parametrize(
    ("refused", "status", "kind"), [(True, 422, "provisioning_failed"), (False, 503, "service_unavailable")]
)
def test_a_partner_that_says_no(refused: bool, status: int, kind: str, patient: World) -> None:
    """The customer reads the partner's words; nothing of the add-on is left to see (design §8 rule 6)."""
    with playing(patient, provision=refuses("Your plan is sold out.", refused)):
        answer = create(patient)
    assert answer.error == (status, kind)
    assert answer.json["message"] == "Your plan is sold out."
    assert patient.get("/addons") == patient.get("/addon-attachments") == []
    assert len(patient.get("/apps/acme/releases")) == 2
    with playing(patient, provision=refuses(None, True)):
        assert "provider" in create(patient).json["message"]


def test_a_try_that_comes_back_does_not_hold_up_the_customer_on_a_frozen_clock(patient: World) -> None:
    with playing(patient, provision=later):
        answer = create(patient)
        assert (answer.status_code, answer.json["state"]) == (201, "provisioning")
    with playing(patient, provision=provisions(URL)):
        patient.database.clock.advance(timedelta(minutes=1))
        with patient.database.snapshot() as rows:
            job = rows.find(Job, kind="provision")
        assert job is not None
        assert patient.doors.job_settled(job.id).state == "done"
    assert patient.get(f"/addons/{answer.json['id']}")["state"] == "provisioned"


def test_a_delete_behind_a_try_that_comes_back_does_not_hang_either(patient: World) -> None:
    """Its job is due, but the one before it waits for a time that a frozen clock does not reach."""
    with playing(patient, provision=later, deprovision=deprovisions):
        addon = create(patient).json
        answer = patient.call("DELETE", f"/apps/acme/addons/{addon['id']}", {"force": False})
    assert (answer.status_code, answer.json["state"]) == (202, "deprovisioning")


def test_a_clock_that_moves_wakes_the_customer(patient: World) -> None:
    """First an error that comes back, then the refusal: the customer hears the last word."""
    tried = threading.Event()

    def act(tx: Transaction, job: Job) -> None:
        if job.attempts == 1:
            jobs.try_again(tx, job, 3600, {"ok": False, "message": "Broken."})
            tried.set()
        else:
            refuses("No more tries.", False)(tx, job)

    answers: list[Any] = []
    patient.database.clock.resume()
    with playing(patient, provision=act):
        customer = threading.Thread(target=lambda: answers.append(create(patient)))
        customer.start()
        assert tried.wait(20)
        assert customer.is_alive()
        patient.database.clock.advance(timedelta(hours=1))
        customer.join(20)
    assert answers[0].error == (503, "service_unavailable")
    assert answers[0].json["message"] == "No more tries."


def test_patience_has_an_end(tmp_path: Path) -> None:
    """Nobody does the job: the call answers what is so far."""
    world = new_world(tmp_path, customer_patience=0.05, at=None)
    with world.database.transaction() as tx:
        support.new_service(tx)
        support.new_app(tx, world.customer, "acme")
    answer = create(world)
    assert (answer.status_code, answer.json["state"]) == (201, "provisioning")
    gone = world.call("DELETE", f"/apps/acme/addons/{answer.json['id']}")
    assert (gone.status_code, gone.json["state"]) == (202, "deprovisioning")
    world.database.close()


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"plan": "nothing"}, 422, "Couldn't find either the add-on service or the add-on plan"),
    ({"plan": "exceptions:gold"}, 422, "exceptions:gold"),
    ({"plan": ""}, 422, "Couldn't find"),
    ({"plan": "exceptions", "name": "1x"}, 422, "Name must start with a letter"),
    ({"plan": "exceptions", "name": "x" * 257}, 422, "Name must"),
    ({"plan": "exceptions", "attachment": {"name": "a-b"}}, 422, "not an attachment name"),
    ({"plan": "exceptions", "attachment": {"name": "1"}}, 422, "not an attachment name"),
    ({"plan": "exceptions", "attachment": {"name": 5}}, 422, "attachment.name must be a string"),
    ({"plan": "exceptions", "config": {"a": {"b": 1}}}, 422, "config.a must be a string"),
]


@pytest.mark.parametrize(("body", "status", "said"), WRONG, ids=str)
def test_what_cannot_be_created(body: dict[str, Any], status: int, said: str, patient: World) -> None:
    with patient.nothing_written():
        answer = create(patient, body)
    assert answer.status_code == status
    assert said in answer.json["message"]


def test_once_on_an_app_and_names_are_unique(patient: World) -> None:
    with playing(patient, provision=provisions(URL)):
        create(patient, {"plan": "exceptions", "name": "mine"})
    patient.call("POST", "/apps", {"name": "second"})
    with patient.nothing_written():
        again = create(patient)
        taken = patient.call("POST", "/apps/second/addons", {"plan": "exceptions", "name": "mine"})
    assert again.error == (422, "invalid_params")
    assert "only once" in again.json["message"]
    assert taken.json["message"] == "Name is already taken"


def test_a_used_attachment_name_is_freed_only_when_confirmed(patient: World) -> None:
    """The CLI asks, then repeats with `confirm` (heroku-cli §7)."""
    with patient.database.transaction() as tx:
        support.new_service(tx, "other")
    with playing(patient, provision=provisions({})):
        first = create(patient, {"plan": "other", "attachment": {"name": "ERRORS"}}).json
        body = {"plan": "exceptions", "attachment": {"name": "errors"}}
        with patient.nothing_written():
            for confirm in (None, "", "wrong"):
                assert create(patient, body | {"confirm": confirm}).error == (423, "confirmation_required")
        assert create(patient, body | {"confirm": "acme"}).status_code == 201
    (attachment,) = [a for a in patient.get("/apps/acme/addon-attachments") if a["name"] == "ERRORS"]
    assert attachment["addon"]["id"] != first["id"]


def made(world: World) -> dict[str, Any]:
    with playing(world, provision=provisions(URL)):
        addon: dict[str, Any] = create(world).json
    return addon


@pytest.mark.parametrize("plan", ["basic", "exceptions:basic", {"name": "exceptions:basic"}], ids=str)
def test_another_plan(plan: Any, patient: World) -> None:
    addon = made(patient)
    patient.call("PATCH", "/apps/acme/config-vars", {"EXCEPTIONS_URL": "by hand"})
    with playing(patient, change_plan=changes_plan({"EXCEPTIONS_URL": "http://y"})):
        answer = patient.call("PATCH", f"/apps/acme/addons/{addon['name']}", {"plan": plan}, headers=MESSAGES)
    assert (answer.status_code, answer.json["plan"]["name"]) == (200, "exceptions:basic")
    assert answer.json["provision_message"] == "Enjoy."
    assert answer.json["billed_price"]["cents"] == 500
    assert patient.get("/apps/acme/config-vars") == {"EXCEPTIONS_URL": "http://y"}


def test_another_name_with_or_without_another_plan(patient: World) -> None:
    """`addons:rename` sends the name alone (heroku-cli §7); nobody waits for the partner then."""
    addon = made(patient)
    path = f"/apps/{addon['app']['id']}/addons/{addon['id']}"
    answer = patient.call("PATCH", path, {"name": "my-errors"})
    assert (answer.status_code, answer.json["name"]) == (200, "my-errors")
    assert patient.get("/apps/acme/addons/my-errors")["id"] == addon["id"]
    with playing(patient, change_plan=changes_plan({})):
        both = patient.call("PATCH", path, {"name": "second-name", "plan": "basic"}).json
    assert (both["name"], both["plan"]["name"]) == ("second-name", "exceptions:basic")
    with patient.nothing_written():
        for body, said in (({}, "give `plan` or `name`"), ({"name": "9"}, "Name must start")):
            refused = patient.call("PATCH", path, body)
            assert (refused.status_code, said in refused.json["message"]) == (422, True)


@pytest.mark.parametrize(("refused", "status"), [(True, 422), (False, 503)])
def test_a_plan_that_the_partner_does_not_give(refused: bool, status: int, patient: World) -> None:
    addon = made(patient)

    def act(tx: Transaction, job: Job) -> None:
        jobs.finish(tx, job, {"ok": False, "message": "Not for you.", "refused": refused}, failed=True)

    with playing(patient, change_plan=act):
        answer = patient.call("PATCH", f"/apps/acme/addons/{addon['id']}", {"plan": "basic"})
    assert (answer.status_code, answer.json["message"]) == (status, "Not for you.")
    assert patient.get(f"/addons/{addon['id']}") == addon


def test_a_plan_change_that_comes_back_answers_with_the_old_plan(patient: World) -> None:
    addon = made(patient)
    with playing(patient, change_plan=later):
        answer = patient.call("PATCH", f"/apps/acme/addons/{addon['id']}", {"plan": "basic"})
    assert (answer.status_code, answer.json["plan"]["name"]) == (200, "exceptions:test")


def test_plans_of_others_and_of_what_is_not_ready(patient: World) -> None:
    with patient.database.transaction() as tx:
        support.new_service(tx, "other")
    addon = made(patient)
    path = f"/apps/acme/addons/{addon['id']}"
    with patient.nothing_written():
        for plan in ("other:test", "gold", "exceptions:gold", ""):
            assert patient.call("PATCH", path, {"plan": plan}).error == (422, "invalid_params"), plan
    with patient.database.transaction() as tx:
        tx.update(tx.get(Addon, addon["id"]), state="deprovisioning")
    with patient.nothing_written():
        assert patient.call("PATCH", path, {"plan": "basic"}).error == (422, "invalid_params")


def test_delete_when_the_partner_acknowledges(patient: World) -> None:
    addon = made(patient)
    with playing(patient, deprovision=deprovisions):
        answer = patient.call("DELETE", f"/apps/acme/addons/{addon['name']}", {"force": False})
    assert (answer.status_code, answer.json["state"]) == (200, "deprovisioned")
    assert patient.get("/apps/acme/config-vars") == {}
    for path in (f"/addons/{addon['id']}", f"/apps/acme/addons/{addon['name']}"):
        assert patient.call("GET", path).error == (404, "not_found")
    assert patient.call("DELETE", f"/apps/acme/addons/{addon['name']}").error == (404, "not_found")


def test_delete_goes_on_when_the_partner_does_not(patient: World) -> None:
    """Asked twice, told once (design §8 rule 4)."""
    addon = made(patient)
    with playing(patient, deprovision=later):
        for _ in range(2):
            answer = patient.call("DELETE", f"/apps/acme/addons/{addon['id']}")
            assert (answer.status_code, answer.json["state"]) == (202, "deprovisioning")
    with patient.database.snapshot() as rows:
        assert rows.count(Job, kind="deprovision") == 1
    assert patient.get("/apps/acme/config-vars") == {}


@pytest.mark.parametrize(
    ("refused", "error"), [(True, (422, "provisioning_failed")), (False, (503, "service_unavailable"))]
)
def test_delete_that_keeps_the_add_on_is_an_error(refused: bool, error: tuple[int, str], tmp_path: Path) -> None:
    """Where the setting lets a refusal of the partner count."""
    world = new_world(tmp_path, customer_patience=10.0, refused_delete_keeps_addon=True)
    full = populate(world)
    path = full.path("/apps/{app}/addons/{add-on}")
    before = world.get(path)

    def act(tx: Transaction, job: Job) -> None:
        jobs.finish(tx, job, {"ok": False, "message": "There are backups left.", "refused": refused}, failed=True)

    with playing(world, deprovision=act):
        answer = world.call("DELETE", path, {"force": True})
    assert (answer.error, answer.json["message"]) == (error, "There are backups left.")
    assert world.get(path) == before
    with playing(world, deprovision=deprovisions):
        assert world.call("DELETE", path, {"force": True}).json["state"] == "deprovisioned"
    world.database.close()


def test_many_deletes_at_once_are_one(patient: World) -> None:
    addon, answers = made(patient), []

    def act() -> None:
        answers.append(patient.call("DELETE", f"/apps/acme/addons/{addon['id']}"))

    with playing(patient, deprovision=deprovisions):
        threads = [threading.Thread(target=act) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {answer.status_code for answer in answers} <= {200, 404}
    with patient.database.snapshot() as rows:
        assert rows.count(Job, kind="deprovision") == 1


def test_what_other_apps_use_needs_force(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    full = populate(world)
    path = full.path("/apps/{app}/addons/{add-on}")
    with world.nothing_written():
        for body in (None, {"force": False}, {"force": 0}, {"force": None}):
            answer = world.call("DELETE", path, body)
            assert answer.error == (422, "invalid_params")
            assert "attached to other apps (other)" in answer.json["message"]
    assert world.call("DELETE", path, {"force": True}).status_code == 202
    world.database.close()


def test_an_add_on_by_its_names(patient: World) -> None:
    addon = made(patient)
    for name in (addon["id"], addon["name"]):
        assert patient.get(f"/addons/{name}")["id"] == addon["id"]
    for name in (addon["id"], addon["name"], "EXCEPTIONS", "exceptions"):
        assert patient.get(f"/apps/acme/addons/{name}")["id"] == addon["id"]
    with patient.database.transaction() as tx:
        theirs = support.new_addon(tx, patient.stranger, support.new_app(tx, patient.stranger, "theirs"))
    for path in (f"/addons/{theirs.id}", f"/apps/acme/addons/{theirs.id}", "/apps/theirs/addons", "/addons/EXCEPTIONS"):
        assert patient.call("GET", path).error == (404, "not_found"), path


RESOLVED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "id": lambda addon: {"addon": addon["id"]},
    "name": lambda addon: {"addon": addon["name"]},
    "name, app null": lambda addon: {"addon": addon["name"], "app": None},
    "service": lambda addon: {"addon": "exceptions"},
    "attachment in an app": lambda addon: {"addon": "EXCEPTIONS", "app": "acme"},
    "its config var": lambda addon: {"addon": "exceptions_url", "app": "acme"},
    "service in an app": lambda addon: {"addon": "exceptions", "app": "acme"},
}


@pytest.mark.parametrize("case", RESOLVED)
def test_resolving(case: str, patient: World) -> None:
    addon = made(patient)
    answer = patient.call("POST", "/actions/addons/resolve", RESOLVED[case](addon), headers=EXPANSION)
    assert (answer.status_code, [found["id"] for found in answer.json]) == (200, [addon["id"]])
    assert "price" in answer.json[0]["plan"]


def test_resolving_what_is_not_there_or_not_clear(patient: World) -> None:
    made(patient)
    for body, resource in (({"addon": "nothing"}, "add_on"), ({"addon": "exceptions", "app": "nothing"}, "app")):
        answer = patient.call("POST", "/actions/addons/resolve", body)
        assert (answer.error, answer.json["resource"]) == ((404, "not_found"), resource)
    patient.call("POST", "/apps", {"name": "second"})
    assert patient.call("POST", "/actions/addons/resolve", {"addon": "exceptions", "app": "second"}).status_code == 404
    with playing(patient, provision=provisions(URL)):
        patient.call("POST", "/apps/second/addons", {"plan": "exceptions"})
    answer = patient.call("POST", "/actions/addons/resolve", {"addon": "exceptions"})
    assert answer.error == (422, "multiple_matches")
    assert len(patient.call("POST", "/actions/addons/resolve", {"addon": "exceptions", "app": "second"}).json) == 1


def test_an_app_that_goes_while_the_customer_waits(patient: World) -> None:
    """The answer is an error or the last state, never a 500."""

    def act(tx: Transaction, job: Job) -> None:
        jobs.finish(tx, job, {"ok": False, "message": "It was destroyed before it was made."}, failed=True)

    answers: list[Any] = []
    customer = threading.Thread(target=lambda: answers.append(create(patient)))
    customer.start()
    while True:
        seen = patient.database.version
        with patient.database.snapshot() as rows:
            if rows.count(Addon):
                break
        assert patient.database.wait_for_change(seen, 10) != seen
    assert patient.call("DELETE", "/apps/acme").status_code == 200
    with playing(patient, provision=act, deprovision=deprovisions):
        customer.join(20)
    assert answers[0].error == (503, "service_unavailable")


def test_a_service_that_was_shut_down(patient: World) -> None:
    with patient.database.transaction() as tx:
        (service,) = tx.all(AddonService)
        tx.update(service, state="shutdown")
    with patient.nothing_written():
        assert create(patient).error == (422, "invalid_params")
