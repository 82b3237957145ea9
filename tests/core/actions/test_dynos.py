"""Dynos: what customers ask for and what the supervisor reports."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.dynos import (
    add_formation_dyno,
    dyno_named,
    report_gone,
    report_started,
    report_state,
    restart_dynos,
    run_dyno,
    run_inside,
    stop_dynos,
)
from platform_sim.core.actions.releases import current_release
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App, Dyno, Release
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import START, deploy, dump, new_addon, new_app, new_service, partner_of_addon


@pytest.fixture
def release(tx: Transaction, customer: Actor, app: App) -> Release:
    return deploy(tx, customer, app, web="serve", worker="work")


@pytest.fixture
def web(tx: Transaction, release: Release) -> Dyno:
    return add_formation_dyno(tx, release, "web.1", "serve", "Basic")


def test_a_one_off_dyno_runs_the_current_release(tx: Transaction, customer: Actor, app: App, release: Release) -> None:
    dyno = run_dyno(tx, customer, app, "python manage.py migrate", size="standard-2x", env={"A": "1"})
    assert re.fullmatch(r"run\.\d{4}", dyno.name)
    assert (dyno.kind, dyno.type, dyno.release_id) == ("run", "run", release.id)
    assert (dyno.command, dyno.size, dyno.env) == ("python manage.py migrate", "Standard-2X", {"A": "1"})
    assert (dyno.state, dyno.wanted, dyno.pid, dyno.crashes) == ("starting", True, None, 0)


@pytest.mark.parametrize(
    ("asked", "runs"),
    [
        ("worker", "work"),
        ("worker 42  x", "work 42  x"),
        ("worker ; echo $?", "work ; echo $?"),
        ("workers", "workers"),
        ("ls worker", "ls worker"),
    ],
)
def test_the_name_of_a_process_type_stands_for_its_command(
    tx: Transaction, customer: Actor, app: App, release: Release, asked: str, runs: str
) -> None:
    """Together with any further arguments, which is also how the CLI asks for the exit status (heroku-cli §5)."""
    assert run_dyno(tx, customer, app, asked).command == runs
    web = report_state(tx, add_formation_dyno(tx, release, "web.1", "serve", "Basic"), "up")
    assert run_inside(tx, customer, app, web, asked).command == runs


@pytest.mark.parametrize("seconds", [1, 1800, 86_400])
def test_a_time_to_live_is_counted_from_now(
    tx: Transaction, customer: Actor, app: App, release: Release, seconds: int
) -> None:
    assert run_dyno(tx, customer, app, "x", time_to_live=seconds).expires_at == tx.now() + timedelta(seconds=seconds)
    assert run_dyno(tx, customer, app, "x").expires_at is None


def test_a_command_inside_a_dyno_is_a_one_off_dyno_of_that_release(
    tx: Transaction, customer: Actor, app: App, web: Dyno
) -> None:
    up = tx.update(web, state="up", size="Standard-1X")
    deploy(tx, customer, app, web="serve anew")
    dyno = run_inside(tx, customer, app, up, "bash", env={"TERM": "xterm"})
    assert re.fullmatch(r"run\.\d{4}", dyno.name)
    assert (dyno.kind, dyno.type, dyno.inside_id, dyno.release_id) == ("run", "run", web.id, web.release_id)
    assert (dyno.command, dyno.size, dyno.env) == ("bash", "Standard-1X", {"TERM": "xterm"})
    assert dyno.attach_secret
    assert dyno.tty
    assert not run_inside(tx, customer, app, up, "bash", attach="pipe").tty
    again = run_inside(tx, customer, app, tx.update(dyno, state="up"), "ls")
    assert again.inside_id == web.id, "inside what is inside a dyno is inside that dyno"
    event = tx.all(Event, kind="dyno", subject_id=dyno.id)[0]
    assert (event.action, event.actor_id) == ("create", customer.account.id)
    assert "xterm" not in json.dumps(dump(tx)["Event"], default=str)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": "starting"}, r"web\.1 is starting: .* only inside a dyno that is up"),
        ({"state": "crashed"}, r"web\.1 is crashed"),
        ({"state": "up", "wanted": False}, r"web\.1 is being stopped"),
    ],
)
def test_nothing_runs_inside_a_dyno_that_is_not_up(
    tx: Transaction, customer: Actor, app: App, web: Dyno, changes: dict[str, Any], why: str
) -> None:
    web = tx.update(web, **changes)
    before = dump(tx)
    with pytest.raises(InvalidParams, match=why):
        run_inside(tx, customer, app, web, "bash")
    assert dump(tx) == before


@pytest.mark.parametrize("wish", [{"command": " "}, {"command": "x", "env": {"A=B": "1"}}], ids=str)
def test_bad_commands_inside_a_dyno_are_refused(
    tx: Transaction, customer: Actor, app: App, web: Dyno, wish: dict[str, Any]
) -> None:
    with pytest.raises(InvalidParams):
        run_inside(tx, customer, app, tx.update(web, state="up"), **wish)


@pytest.mark.parametrize("end", ["gone", "crashed"])
def test_what_runs_inside_a_dyno_ends_with_it(
    tx: Transaction, customer: Actor, app: App, release: Release, web: Dyno, end: str
) -> None:
    other = report_state(tx, add_formation_dyno(tx, release, "worker.1", "work", "Basic"), "up")
    web = report_state(tx, web, "up")
    runs, waits = run_inside(tx, customer, app, web, "bash"), run_inside(tx, customer, app, web, "bash")
    elsewhere = run_inside(tx, customer, app, other, "bash")
    for number, dyno in enumerate((runs, elsewhere)):
        report_started(tx, dyno, pid=number, pid_started=1.5, port=None, boot_id="boot")
    if end == "gone":
        report_gone(tx, web, 0)
    else:
        report_state(tx, web, "crashed", exit_status=1, crashes=1)
    assert [tx.get(Dyno, each.id).wanted for each in (runs, waits, elsewhere)] == [False, True, True]


def test_one_off_dynos_of_other_kinds_carry_their_name(
    tx: Transaction, customer: Actor, app: App, release: Release
) -> None:
    dyno = run_dyno(tx, customer, app, "x", kind="scheduler")
    assert (dyno.name.split(".")[0], dyno.type, dyno.kind) == ("scheduler", "scheduler", "run")


def test_one_off_dynos_have_names_of_their_own(tx: Transaction, customer: Actor, app: App, release: Release) -> None:
    names = {run_dyno(tx, customer, app, "x").name for _ in range(60)}
    assert len(names) == 60


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"command": ""}, "command is empty"),
        ({"command": "  "}, "command is empty"),
        ({"command": "x", "size": "huge"}, "No such dyno size"),
        ({"command": "x", "kind": "../etc"}, "not a process type"),
        ({"command": "x", "kind": "a.b"}, "not a process type"),
        ({"command": "x", "kind": "a/b"}, "not a process type"),
        ({"command": "x", "env": {"A=B": "1"}}, "not a variable's name"),
        ({"command": "x", "env": {"": "1"}}, "not a variable's name"),
        ({"command": "x", "time_to_live": 0}, "time_to_live is 0: give it 1 to 86400 seconds"),
        ({"command": "x", "time_to_live": -5}, "time_to_live is -5"),
        ({"command": "x", "time_to_live": 86_401}, "time_to_live is 86401"),
    ],
)
def test_bad_wishes_are_refused(
    tx: Transaction, customer: Actor, app: App, release: Release, wish: dict[str, Any], why: str
) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams, match=why):
        run_dyno(tx, customer, app, **wish)
    assert dump(tx) == before


def test_nothing_runs_before_a_deploy(tx: Transaction, customer: Actor, app: App) -> None:
    with pytest.raises(InvalidParams, match="no slug yet"):
        run_dyno(tx, customer, app, "x")


def test_the_environment_of_a_dyno_reaches_no_event(
    tx: Transaction, customer: Actor, app: App, release: Release
) -> None:
    run_dyno(tx, customer, app, "x", env={"A": "s3cr3t-value"})
    assert "s3cr3t-value" not in json.dumps(dump(tx)["Event"], default=str)


def test_restarting_marks_rows_and_tells_the_wish(tx: Transaction, customer: Actor, app: App, web: Dyno) -> None:
    one_off = run_dyno(tx, customer, app, "x")
    assert restart_dynos(tx, customer, app) == 1, "all: formation dynos only"
    assert tx.get(Dyno, web.id).wanted is False
    assert tx.get(Dyno, one_off.id).wanted is True
    event = tx.all(Event, kind="dyno", subject_id=web.id, order_by="number")[-1]
    assert (event.data["wish"], event.app_id) == ("restart", app.id)
    assert restart_dynos(tx, customer, app) == 0, "asked for already"


def test_restarting_one_or_a_type(tx: Transaction, customer: Actor, app: App, release: Release, web: Dyno) -> None:
    worker = add_formation_dyno(tx, release, "worker.1", "work", "Basic")
    one_off = run_dyno(tx, customer, app, "x")
    assert restart_dynos(tx, customer, app, dyno=web) == 1
    assert restart_dynos(tx, customer, app, kind="worker") == 1
    assert stop_dynos(tx, customer, app, kind="run") == 1
    assert not any(tx.get(Dyno, d.id).wanted for d in (web, worker, one_off))
    assert restart_dynos(tx, customer, app, kind="web") == 0, "a type that exists may have no dyno"
    with pytest.raises(NotFound, match="process type"):
        restart_dynos(tx, customer, app, kind="clock")


def test_dynos_are_found_by_name_or_id_within_the_app(tx: Transaction, customer: Actor, app: App, web: Dyno) -> None:
    assert dyno_named(tx, app, "web.1") == dyno_named(tx, app, web.id) == web
    other = new_app(tx, customer, "other")
    for where, identity in [(other, "web.1"), (other, web.id), (app, "web.2"), (app, "")]:
        with pytest.raises(NotFound):
            dyno_named(tx, where, identity)
    tx.update(web, wanted=False)
    with pytest.raises(NotFound):
        dyno_named(tx, app, "web.1")


def test_the_name_of_a_replaced_dyno_means_its_successor(
    tx: Transaction, app: App, release: Release, web: Dyno
) -> None:
    tx.update(web, wanted=False)
    successor = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
    assert dyno_named(tx, app, "web.1") == successor


def test_partners_neither_run_restart_nor_stop(tx: Transaction, customer: Actor, app: App, web: Dyno) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    attempts: list[Any] = [
        lambda: run_dyno(tx, partner, app, "x"),
        lambda: run_inside(tx, partner, app, web, "x"),
        lambda: restart_dynos(tx, partner, app),
        lambda: stop_dynos(tx, partner, app, dyno=web),
    ]
    before = dump(tx)
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert dump(tx) == before


def test_what_the_supervisor_reports_is_a_row_and_an_event_for_each_change(tx: Transaction, web: Dyno) -> None:
    dyno = report_started(tx, web, pid=7, pid_started=1.5, port=5001, boot_id="boot")
    assert (dyno.state, dyno.pid, dyno.pid_started, dyno.port, dyno.boot_id) == ("starting", 7, 1.5, 5001, "boot")
    dyno = report_state(tx, dyno, "up")
    dyno = report_state(tx, dyno, "up")
    later = START + timedelta(seconds=10)
    dyno = report_state(tx, dyno, "crashed", exit_status=1, crashes=1, retry_at=later)
    assert (dyno.state, dyno.pid, dyno.port, dyno.exit_status) == ("crashed", None, None, 1)
    assert (dyno.crashes, dyno.retry_at) == (1, later)
    told = [(e.previous["state"], e.data["state"]) for e in tx.all(Event, kind="dyno", action="update")]
    assert told == [("starting", "up"), ("up", "crashed")]
    dyno = report_state(tx, dyno, "starting")
    assert (dyno.crashes, dyno.retry_at) == (1, None)


def test_the_row_of_a_dyno_that_is_gone_goes(tx: Transaction, app: App, web: Dyno) -> None:
    report_gone(tx, web, 143)
    assert tx.all(Dyno) == []
    event = tx.all(Event, kind="dyno", subject_id=web.id, order_by="number")[-1]
    assert (event.action, event.data["state"], event.data["exit_status"]) == ("destroy", "down", 143)
    assert event.app_id == app.id


@pytest.mark.parametrize(("status", "result"), [(0, "succeeded"), (1, "failed"), (None, "failed"), (137, "failed")])
def test_the_end_of_a_release_dyno_decides_its_release(
    tx: Transaction, customer: Actor, app: App, status: int | None, result: str
) -> None:
    release = deploy(tx, customer, app, web="serve", release="migrate")
    dyno = tx.find(Dyno, kind="release")
    assert dyno is not None
    report_gone(tx, dyno, status)
    assert tx.get(Release, release.id).status == result
    assert (current_release(tx, app.id).id == release.id) is (status == 0)


def test_the_release_dyno_of_a_deleted_app_just_goes(tx: Transaction, customer: Actor, app: App) -> None:
    deploy(tx, customer, app, web="serve", release="migrate")
    dyno = tx.find(Dyno, kind="release")
    assert dyno is not None
    delete_app(tx, customer, app)
    report_gone(tx, dyno, 0)
    assert tx.count(Dyno) == tx.count(Release) == 0
