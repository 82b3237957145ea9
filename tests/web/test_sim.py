"""The operator's paths: state, history, plans, reset."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.log_sessions import create_log_session
from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.records import Event, Exchange, Job
from platform_sim.core.store import Transaction
from platform_sim.web.sim.blueprint import canonical, event_line

from .. import support
from .world import Populated, World, deprovisions, new_world, playing, populate

PATHS = [
    *(("GET", "/sim/status"), ("GET", "/sim/events"), ("GET", "/sim/exchanges"), ("POST", "/sim/reset")),
    *(("GET", "/sim/users"), ("POST", "/sim/users"), ("PATCH", "/sim/users/user@example.com")),
    *(("POST", "/sim/users/user@example.com/tokens"), ("POST", "/sim/users/user@example.com/links")),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_only_customers_operate(method: str, path: str, full: Populated) -> None:
    full.lets_in_customers_only(method, path)


def test_the_status_of_a_platform_at_rest(world: World) -> None:
    world.doors.boot_id, world.doors.version, world.doors.data = "boot-1", "0.1.0", "./data"
    assert world.get("/sim/status") == {
        "url": "http://localhost:5100",
        "boot_id": "boot-1",
        "version": "0.1.0",
        "data": "./data",
        "seed": 1,
        "clock": {"now": "2026-03-01T12:00:00+00:00", "frozen": True},
        "jobs": {"todo": 0, "doing": 0},
        "waiting": [],
    }


def test_the_status_names_what_is_waited_for(world: World) -> None:
    with world.database.transaction() as tx:
        due = tx.now() + timedelta(seconds=30)
        tx.add_job("deprovision", "some-addon", {}, run_at=due)
        job = tx.add_job("build", "some-build", {})
        tx.add_job("provision_deadline", "some-addon", {}, run_at=due)
        jobs.claim(tx, "boot-1", ["build"])
    status = world.get("/sim/status")
    assert status["jobs"] == {"todo": 1, "doing": 1}, "a deadline is nothing to do"
    waiting = {each["kind"]: each for each in status["waiting"]}
    assert waiting["deprovision"] == {
        "kind": "deprovision",
        "subject": "some-addon",
        "due": due.isoformat(),
        "attempts": 0,
    }
    assert "provision_deadline" in waiting
    assert (waiting["build"]["subject"], waiting["build"]["attempts"]) == (job.subject_id, 1)


def test_events_are_in_the_order_that_does_not_depend_on_threads(world: World) -> None:
    def record(tx: Transaction, kind: str, subject: str) -> Event:
        return tx.record(kind, "update", subject, None, {})

    with world.database.transaction() as tx:
        late = [record(tx, "b", "2"), record(tx, "b", "1"), record(tx, "a", "9"), record(tx, "b", "1")]
        world.database.clock.advance(timedelta(seconds=1))
        record(tx, "a", "0")
    lines = [e for e in world.get("/sim/events") if e["kind"] in ("a", "b")]
    assert [(e["kind"], e["subject_id"], e["seq"]) for e in lines] == [
        ("a", "9", 1),
        ("b", "1", 1),
        ("b", "1", 2),
        ("b", "2", 1),
        ("a", "0", 1),
    ]
    assert all("number" not in e for e in lines)
    assert canonical(late) == canonical(late[::-1])
    assert event_line(late[0])["created_at"] == "2026-03-01T12:00:00+00:00"


def test_events_hold_no_secret(full: Populated) -> None:
    world = full.world
    world.call("PATCH", "/apps/acme/config-vars", {"KEY": "s3cr3t-0815"})
    with world.database.transaction() as tx:
        session = create_log_session(tx, world.customer, full.app)
    text = world.call("GET", "/sim/events").text
    config = world.get(full.path("/addons/{add-on}/config"))
    for secret in ("s3cr3t-0815", config[0]["value"], world.token, full.partner, session.secret):
        assert secret not in text


def exchange(tx: Transaction, addon_id: str) -> None:
    made = Exchange(
        id=tx.uuid("exchange"),
        party="partner",
        addon_id=addon_id,
        method="POST",
        url="http://x",
        request_headers={},
        request_body="{}",
        status=200,
        response_headers={},
        response_body="{}",
        problem=None,
        milliseconds=5,
        cause_id=None,
        created_at=tx.now(),
    )
    tx.insert(made)


def test_exchanges_of_all_or_one_add_on(world: World) -> None:
    with world.database.transaction() as tx:
        for addon in ("one", "two", "one"):
            exchange(tx, addon)
    assert [e["addon_id"] for e in world.get("/sim/exchanges")] == ["one", "two", "one"]
    assert [e["addon_id"] for e in world.get("/sim/exchanges?addon=one")] == ["one", "one"]
    assert world.get("/sim/exchanges?addon=%00") == []
    assert world.get("/sim/exchanges")[0]["created_at"] == "2026-03-01T12:00:00+00:00"


def test_reset_ends_everything_and_keeps_the_services(full: Populated) -> None:
    with playing(full.world, deprovision=deprovisions):
        full.world.database.rules = replace(full.world.database.rules, customer_patience=30.0)
        answer = full.world.call("POST", "/sim/reset")
    assert answer.json == {"apps_destroyed": 5, "addons_left": 0}
    assert full.world.get("/apps") == full.world.get("/pipelines") == []
    assert [team["name"] for team in full.world.get("/teams")] == ["crew"]
    assert [s["name"] for s in full.world.get("/addon-services")] == ["exceptions"]
    assert full.world.call("POST", "/sim/reset").json == {"apps_destroyed": 0, "addons_left": 0}


def test_reset_says_what_is_left_when_a_partner_does_not_answer(full: Populated) -> None:
    """A try that waits for a time which the frozen clock will not reach does not hold up the answer either."""

    def later(tx: Transaction, job: Job) -> None:
        jobs.try_again(tx, job, 60, {"ok": False})

    with playing(full.world, deprovision=later):
        full.world.database.rules = replace(full.world.database.rules, customer_patience=30.0)
        assert full.world.call("POST", "/sim/reset").json == {"apps_destroyed": 5, "addons_left": 1}


def test_reset_waits_once_not_once_for_each_add_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = new_world(tmp_path, customer_patience=10.0)
    with world.database.transaction() as tx:
        support.new_service(tx)
        for n in range(5):
            support.new_addon(tx, world.customer, support.new_app(tx, world.customer, f"app-{n}"))
    waits: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: sum(waits))
    monkeypatch.setattr(threading.Event, "wait", lambda _, left: waits.append(left))
    assert world.call("POST", "/sim/reset").json == {"apps_destroyed": 5, "addons_left": 5}
    monkeypatch.undo()
    assert sum(waits) == 10, "the patience of one call"
    world.database.close()


def test_whoever_resets_resets_everybodys_and_each_app_ends_in_its_owners_name(full: Populated) -> None:
    answer = full.world.call("POST", "/sim/reset", token=full.world.strangers_token)
    assert answer.json["apps_destroyed"] == 5
    with full.world.database.snapshot() as rows:
        ends = {e.data["name"]: e.actor_email for e in rows.all(Event, kind="app", action="destroy")}
    assert ends == {
        "acme": "user@example.com",
        "other": "user@example.com",
        "live": "user@example.com",
        "crew-app": "crew@herokumanager.com",
        "gift": "friend@example.com",
    }


def test_reset_takes_what_is_being_provisioned(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    full = populate(world)
    with world.database.transaction() as tx:
        support.new_service(tx, "second")
        pending, _ = create_addon(tx, world.customer, full.app, "second")
    assert world.call("POST", "/sim/reset").status_code == 200
    with world.database.snapshot() as rows:
        assert rows.get(Addon, pending.id).state == "deprovisioning"
        assert rows.count(AddonService) == 2
        assert rows.count(Plan) == 2
    world.database.close()


def test_many_resets_at_once_are_one(full: Populated) -> None:
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(full.world.call("POST", "/sim/reset"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sum(answer.json["apps_destroyed"] for answer in answers) == 5
