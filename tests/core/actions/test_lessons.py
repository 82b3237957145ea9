"""The lessons: each is open before, done after, and open after what only looks like it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import exchanges, jobs
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import (
    acknowledge,
    change_config,
    fail_provisioning,
    finish_plan_change,
    finish_provisioning,
    partner_of,
)
from platform_sim.core.actions.causes import cause_of_wish
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.dynos import add_formation_dyno, report_first_request, report_state
from platform_sim.core.actions.lessons import NO_APP, NO_SERVICE, begin_learning, course
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.actions.releases import current_release, make_release, rollback
from platform_sim.core.actions.sso import record_sign_in
from platform_sim.core.errors import NotFound
from platform_sim.core.model.addons import Addon, Plan
from platform_sim.core.model.apps import App, ConfigSnapshot, Dyno
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.lessons import LESSONS, Learned, Lesson
from platform_sim.core.model.records import Job
from platform_sim.core.public import lessons as public
from platform_sim.core.store import Transaction

from ... import support

EIGHT = range(1, len(LESSONS) + 1)


class Learner:
    """Somebody with the app `acme` that runs code, and has an add-on from before the beginning."""

    def __init__(self, tx: Transaction, who: Actor, app: App) -> None:
        self.tx, self.who, self.app = tx, who, app
        self.service = support.new_service(tx, requires=("many_per_app",))
        set_plans(tx, self.service, [PlanSpec("test"), PlanSpec("basic", cents=500)])
        support.deploy(tx, who, app)
        self.old = support.new_addon(tx, who, app)
        self.restarts()
        begin_learning(tx, who)
        self.addon = self.old

    def of(self, number: int) -> Learned:
        return course(self.tx, self.who, support.AT).learned[number - 1]

    def says(self, number: int) -> str:
        return self.of(number).check.says

    def do(self, *numbers: int) -> None:
        for number in numbers:
            getattr(self, f"lesson_{number}")()

    def apart(self) -> None:
        """What follows is done for another reason."""
        self.tx.cause_id = self.tx.uuid("cause", "of-the-next")

    def restarts(self, state: Any = "up") -> None:
        """What the supervisor does about a new release."""
        release = current_release(self.tx, self.app.id)
        cause = cause_of_wish(self.tx, release, None)
        self.dyno: Dyno = add_formation_dyno(self.tx, release, "web.1", "serve", "Basic", cause)
        if state != "starting":
            self.dyno = report_state(self.tx, self.dyno, state)

    def asked(self, addon: Addon, method: str, status: int | None, problem: str | None = None) -> None:
        """A call to the partner, as the ledger has it."""
        exchanges.begin(
            self.tx,
            id=self.tx.uuid("exchange", addon.id),
            party="partner",
            addon_id=addon.id,
            method=method,
            url="http://partner/heroku/resources",
            request_headers={},
            request_body="",
            status=status,
            response_headers={},
            response_body="",
            problem=problem,
            milliseconds=1,
            cause_id=None,
        )

    def order(self, attempts: int = 1) -> Addon:
        addon, job = create_addon(self.tx, self.who, self.app, "exceptions")
        self.tx.update(job, attempts=attempts)
        return addon

    def fulfil(self, addon: Addon) -> Addon:
        self.apart()
        for job in self.tx.all(Job, subject_id=addon.id, kind="provision"):
            jobs.finish(self.tx, job, {"ok": True})
        acknowledge(self.tx, addon, "provider-1", None, asynchronous=False)
        config = {"EXCEPTIONS_URL": f"http://{addon.name}"}
        return finish_provisioning(self.tx, addon, config, self.who.account)

    def new_config(self, value: str) -> None:
        self.apart()
        change_config(self.tx, self.addon, {"EXCEPTIONS_URL": value}, partner_of(self.tx, self.service))

    def lesson_1(self) -> None:
        self.apart()
        self.addon = self.fulfil(self.order())

    def lesson_2(self, value: str = "hi") -> None:
        self.apart()
        change_config_vars(self.tx, self.who, self.app, {"GREETING": value})
        self.restarts()

    def lesson_3(self) -> None:
        report_first_request(self.tx, self.dyno.id, "GET", 200)

    def lesson_4(self) -> None:
        self.new_config("http://rotated")
        self.restarts()

    def lesson_5(self) -> None:
        self.apart()
        plan = self.tx.find(Plan, service_id=self.service.id, name="basic")
        assert plan is not None
        finish_plan_change(self.tx, self.addon, plan, None, None, self.who.account)

    def lesson_6(self) -> None:
        record_sign_in(self.tx, self.who, self.addon, self.app)

    def lesson_7(self) -> None:
        addon = self.order(attempts=2)
        self.asked(addon, "POST", None, "refused connection")
        self.asked(addon, "POST", 200)
        self.fulfil(addon)

    def lesson_8(self) -> None:
        self.apart()
        destroy_addon(self.tx, self.who, self.addon)
        self.asked(self.addon, "DELETE", 204)
        finish_deprovisioning(self.tx, self.addon, self.who.account)


@pytest.fixture
def learner(tx: Transaction, customer: Actor, app: App) -> Learner:
    return Learner(tx, customer, app)


def an_order_that_is_not_fulfilled(learner: Learner) -> None:
    learner.order()


def an_order_that_failed(learner: Learner) -> None:
    fail_provisioning(learner.tx, learner.order(), "The provider said no.", clean_up=False)


def an_add_on_of_another_app(learner: Learner) -> None:
    other = support.new_app(learner.tx, learner.who, "other")
    support.attach(learner.tx, learner.app, support.new_addon(learner.tx, learner.who, other), "SHARED")


def an_order_of_before_the_beginning(learner: Learner) -> None:
    addon = learner.order()
    begin_learning(learner.tx, learner.who)
    learner.fulfil(addon)


def a_config_change_that_no_dyno_runs_with(learner: Learner) -> None:
    change_config_vars(learner.tx, learner.who, learner.app, {"GREETING": "hi"})
    learner.restarts("crashed")


def a_release_that_only_says_so(learner: Learner) -> None:
    learner.apart()
    make_release(learner.tx, learner.app, learner.who.account, "Set GREETING config vars")
    learner.restarts()


def a_partners_new_config(learner: Learner) -> None:
    learner.lesson_4()


def a_request_that_failed(learner: Learner) -> None:
    report_first_request(learner.tx, learner.dyno.id, "GET", 500)


def a_restart_without_a_request(learner: Learner) -> None:
    learner.restarts()


def a_request_to_a_release_without_add_ons(learner: Learner) -> None:
    for addon in (learner.old, learner.addon):
        support.end_addon(learner.tx, learner.who, addon)
    learner.restarts()
    report_first_request(learner.tx, learner.dyno.id, "GET", 200)


def a_customers_own_value(learner: Learner) -> None:
    learner.apart()
    newest = learner.tx.get(ConfigSnapshot, current_release(learner.tx, learner.app.id).id)
    name = newest.addon_vars[0]
    change_config_vars(learner.tx, learner.who, learner.app, {name: "http://mine"})
    learner.restarts()


def a_customers_release_that_says_a_partner(learner: Learner) -> None:
    learner.apart()
    newest = learner.tx.get(ConfigSnapshot, current_release(learner.tx, learner.app.id).id)
    config = newest.vars | {newest.addon_vars[0]: "http://mine"}
    said = "Update EXCEPTIONS by exceptions"
    make_release(learner.tx, learner.app, learner.who.account, said, config=config)
    learner.restarts()


def the_same_config_again(learner: Learner) -> None:
    learner.new_config(learner.tx.get(Addon, learner.addon.id).config["EXCEPTIONS_URL"])
    learner.restarts()


def a_rotation_that_has_not_reached_the_dynos(learner: Learner) -> None:
    learner.new_config("http://rotated")
    learner.restarts("starting")


def a_plan_change_that_brings_config(learner: Learner) -> None:
    learner.apart()
    plan = learner.tx.find(Plan, name="basic")
    assert plan is not None
    config = {"EXCEPTIONS_URL": "http://bigger"}
    finish_plan_change(learner.tx, learner.addon, plan, config, None, learner.who.account)
    learner.restarts()


def a_rename(learner: Learner) -> None:
    learner.apart()
    learner.tx.record(
        "addon",
        "update",
        learner.addon.id,
        learner.who.account,
        {"name": "new", "state": "provisioned", "plan": "exceptions:test"},
        app_id=learner.app.id,
        addon_id=learner.addon.id,
        previous={"name": "old"},
    )


def the_same_plan_again(learner: Learner) -> None:
    learner.apart()
    plan = learner.tx.get(Plan, learner.addon.plan_id)
    finish_plan_change(learner.tx, learner.addon, plan, None, None, learner.who.account)


def a_sign_in_from_another_app(learner: Learner) -> None:
    other = support.new_app(learner.tx, learner.who, "other")
    record_sign_in(learner.tx, learner.who, learner.addon, other)


def an_order_that_came_at_once(learner: Learner) -> None:
    learner.fulfil(learner.order())


def an_order_that_was_given_up(learner: Learner) -> None:
    addon = learner.order(attempts=3)
    learner.asked(addon, "POST", None, "refused connection")
    fail_provisioning(learner.tx, addon, "It was asked 3 times.", clean_up=False)


def an_end_that_is_not_acknowledged(learner: Learner) -> None:
    destroy_addon(learner.tx, learner.who, learner.addon)


def a_rollback_to_the_same_vars(learner: Learner) -> None:
    rollback(learner.tx, learner.app, learner.who.account, str(current_release(learner.tx, learner.app.id).version))
    learner.restarts()


LOOK_ALIKES = [
    (1, an_order_that_is_not_fulfilled, "still provisioning"),
    (1, an_order_that_failed, "The provider said no."),
    (1, an_add_on_of_another_app, "No add-on was added"),
    (1, an_order_of_before_the_beginning, "No add-on was added"),
    (2, a_config_change_that_no_dyno_runs_with, "web.1 did not come up"),
    (2, a_release_that_only_says_so, "No config var was set"),
    (2, a_partners_new_config, "No config var was set"),
    (2, a_rollback_to_the_same_vars, "No config var was set"),
    (3, a_request_that_failed, "with 500"),
    (3, a_restart_without_a_request, "has answered no request"),
    (3, a_request_to_a_release_without_add_ons, "no config var of an add-on"),
    (4, a_customers_own_value, "No partner has changed"),
    (4, a_customers_release_that_says_a_partner, "No partner has changed"),
    (4, the_same_config_again, "No partner has changed"),
    (4, a_rotation_that_has_not_reached_the_dynos, "web.1 did not come up"),
    (4, a_plan_change_that_brings_config, "No partner has changed"),
    (5, a_rename, "No plan has changed"),
    (5, the_same_plan_again, "No plan has changed"),
    (6, a_sign_in_from_another_app, "Nobody has opened"),
    (7, an_order_that_came_at_once, "at the first attempt"),
    (7, an_order_that_was_given_up, "asked for 3 times and given up: refused connection"),
    (8, an_end_that_is_not_acknowledged, "has not acknowledged the DELETE yet"),
    (8, an_order_that_failed, "No add-on was destroyed"),
]


@pytest.mark.parametrize(("number", "act", "says"), LOOK_ALIKES)
def test_what_only_looks_like_it_does_not_count(
    number: int, act: Callable[[Learner], None], says: str, learner: Learner
) -> None:
    learner.do(*range(1, number))
    assert not learner.of(number).check.done
    act(learner)
    assert not learner.of(number).check.done, learner.says(number)
    assert says in learner.says(number)


@pytest.mark.parametrize("number", EIGHT)
def test_a_lesson_is_done_after_what_it_asks_for_and_stays_so(number: int, learner: Learner) -> None:
    learner.do(*range(1, number))
    assert course(learner.tx, learner.who, support.AT).next == number
    learner.do(number)
    check = learner.of(number).check
    assert (check.done, check.at) == (True, support.START)
    learner.do(*range(number + 1, len(LESSONS) + 1))
    assert [learner.of(each).check.done for each in EIGHT] == [True] * 8
    assert learner.of(number).check == check


def test_what_was_there_before_the_beginning_is_not_green(learner: Learner) -> None:
    assert [learner.of(each).check.done for each in EIGHT] == [False] * 8
    assert learner.says(5) == "What you do for lesson 5 counts once lesson 1 has happened: do that first."


def test_beginning_anew_makes_all_open_again(learner: Learner) -> None:
    learner.do(*EIGHT)
    begin_learning(learner.tx, learner.who)
    assert course(learner.tx, learner.who, support.AT).next == 1


def test_a_beginning_is_ones_own(learner: Learner) -> None:
    learner.do(1)
    begin_learning(learner.tx, support.new_customer(learner.tx, "ann@example.com"))
    assert learner.of(1).check.done


def test_without_a_mark_all_that_was_recorded_counts(tx: Transaction, customer: Actor, app: App) -> None:
    support.new_service(tx)
    support.new_addon(tx, customer, app)
    found = course(tx, customer, support.AT)
    assert (found.begun, found.next) == (None, 2)
    assert "no dyno runs" not in found.learned[1].check.says
    change_config_vars(tx, customer, app, {"GREETING": "hi"})
    assert "no dyno runs" in course(tx, customer, support.AT).learned[1].check.says


def test_a_lesson_counts_what_came_after_the_one_before(learner: Learner) -> None:
    learner.do(2)
    learner.do(1)
    assert course(learner.tx, learner.who, support.AT).next == 2
    learner.lesson_2("hello")
    assert course(learner.tx, learner.who, support.AT).next == 3


def test_what_is_said_of_what_was_found(learner: Learner) -> None:
    learner.do(*EIGHT)
    version = current_release(learner.tx, learner.app.id).version
    assert version > 8
    assert "has been provisioned since 12:00:00; release" in learner.says(1)
    assert "by user@example.com at 12:00:00 has GREETING changed; web.1 restarted with it." in learner.says(2)
    assert "first request with 200 at 12:00:00; its dynos know their add-ons by EXCEPTIONS" in learner.says(3)
    assert "by exceptions@addons.heroku.com at 12:00:00 has a new value of EXCEPTIONS" in learner.says(4)
    assert "went from exceptions:test to exceptions:basic at 12:00:00" in learner.says(5)
    assert "as user@example.com" in learner.says(6)
    assert "was asked for 2 times with the uuid" in learner.says(7)
    assert "refused connection and 200" in learner.says(7)
    assert "the partner answered the DELETE with 204" in learner.says(8)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_a_lesson_is_short(lesson: Lesson) -> None:
    assert LESSONS.index(lesson) == lesson.number - 1
    assert 2 <= len(re.findall(r"\.(?= |$)", "\n".join(lesson.text), flags=re.MULTILINE)) <= 5


def test_names_are_those_of_what_is_there(learner: Learner) -> None:
    learner.do(1)
    said = [public.lesson(learner.of(each), "acme") for each in EIGHT]
    assert said[0]["commands"] == ["platform-sim heroku addons:create exceptions:test -a acme --wait"]
    assert said[4]["commands"] == [f"platform-sim heroku addons:upgrade {learner.addon.name} exceptions:basic -a acme"]
    assert said[7]["commands"] == [f"platform-sim heroku addons:destroy {learner.addon.name} -a acme --confirm acme"]
    assert said[2]["page"] == "http://acme.localhost:5100/"
    assert "EXCEPTIONS_URL" in str(said[2]["text"])
    assert not [each for each in said if "{" in str(each).replace("{'", "")]


def test_a_lesson_that_is_done_with_what_is_gone_names_no_other(learner: Learner) -> None:
    learner.do(*EIGHT)
    lesson = learner.of(8).lesson
    assert learner.addon.name in lesson.commands[0]
    assert lesson.page == f"/dashboard/apps/acme/addons/{learner.addon.id}"
    assert learner.addon.name not in learner.of(5).lesson.commands[0], "that works as it stands"


def test_the_example_that_is_away_is_not_suggested_elsewhere(learner: Learner) -> None:
    support.new_service(learner.tx, "acme")
    assert "exceptions:test" in learner.of(1).lesson.commands[0]
    learner.do(1)
    support.new_addon(learner.tx, learner.who, learner.app, "acme")
    support.end_addon(learner.tx, learner.who, learner.addon)
    assert learner.old.name in learner.of(8).lesson.commands[0]
    support.new_service(learner.tx, "database")
    assert "database:test" in learner.of(1).lesson.commands[0], "which the app does not have yet"


def test_the_newest_app_that_runs_code_is_the_learners_unless_another_is_named(learner: Learner) -> None:
    support.new_app(learner.tx, learner.who, "empty")
    assert course(learner.tx, learner.who, support.AT).app == "acme"
    assert course(learner.tx, learner.who, support.AT, "empty").app == "empty"
    with pytest.raises(NotFound):
        course(learner.tx, learner.who, support.AT, "nobodys")


def test_of_those_that_run_code_and_of_those_that_run_none_it_is_the_newest(tx: Transaction, customer: Actor) -> None:
    def made(name: str, minutes: int, slug_size: int | None) -> None:
        app = support.new_app(tx, customer, name)
        tx.update(app, created_at=app.created_at + timedelta(minutes=minutes), slug_size=slug_size)

    def usual() -> str | None:
        return course(tx, customer, support.AT).app

    made("older", 0, None)
    made("newer", 2, None)
    made("between", 1, None)
    assert usual() == "newer"
    made("with-code", 0, 1)
    assert usual() == "with-code"
    made("with-newer-code", 1, 1)
    assert usual() == "with-newer-code"


def test_what_is_missing_is_said(tx: Transaction, customer: Actor) -> None:
    found = course(tx, customer, support.AT)
    assert (found.app, found.next) == (None, 1)
    assert {each.check.says for each in found.learned} == {NO_APP}
    support.new_app(tx, customer, "acme")
    assert course(tx, customer, support.AT).learned[0].check.says == NO_SERVICE


def test_a_lesson_about_an_add_on_that_is_gone_says_so(learner: Learner) -> None:
    learner.do(1, 2, 3)
    for addon in (learner.old, learner.addon):
        support.end_addon(learner.tx, learner.who, addon)
    assert learner.says(4) == "acme has no add-on of its own: do lesson 1 first."


def test_a_plan_that_the_partner_refused_is_said(learner: Learner) -> None:
    learner.do(1, 2, 3, 4)
    job = learner.tx.add_job("change_plan", learner.addon.id, {})
    jobs.finish(learner.tx, job, {"ok": False, "message": "Not for you."}, failed=True)
    assert "said no to the last wish: Not for you." in learner.says(5)
