"""Why dynos start and stop: each event of a dyno names what asked for it, whoever else acts at the same time."""

from pathlib import Path

import pytest

from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.dynos import report_first_request, restart_dynos, run_dyno
from platform_sim.core.model.records import Event
from platform_sim.engines.dynos.routes import DynoRoutes
from platform_sim.engines.dynos.supervisor import Supervisor

from .world import BOOT, FakeRuntime, World


@pytest.fixture
def supervisor(world: World, runtime: FakeRuntime) -> Supervisor:
    """web.1 is up, with a first release of code."""
    made = Supervisor(world.database, runtime, world.log, slugs=Path("/slugs"), boot_id=BOOT)
    world.deploy(web="serve", worker="work")
    made.step()
    runtime.ready(runtime.key("web.1"))
    made.step()
    return made


def events(world: World, kind: str) -> list[Event]:
    with world.database.snapshot() as rows:
        return rows.all(Event, kind=kind)


def told(world: World, name: str) -> list[tuple[str, str, str]]:
    """Of a dyno's events: action, state, and kind and action of what caused it."""
    with world.database.snapshot() as rows:
        known = {each.id: f"{each.kind} {each.action} {each.data.get('wish', '')}".strip() for each in rows.all(Event)}
    found = [each for each in events(world, "dyno") if each.data["name"] == name]
    return [(each.action, each.data["state"], known.get(each.cause_id or "", "?")) for each in found]


def test_a_first_deploy_goes_from_release_over_formation_to_dyno(world: World, supervisor: Supervisor) -> None:
    release = events(world, "release")[-1]
    [web] = [each for each in events(world, "formation") if each.data["type"] == "web"]
    assert web.cause_id == release.id
    assert told(world, "web.1") == [
        ("create", "starting", "formation create"),
        ("update", "up", "dyno create"),
    ]


def replaced(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> list[tuple[str, str, str]]:
    """Let the supervisor follow, the old dyno end and the new one boot; -> what was told of it."""
    before = len(told(world, "web.1"))
    supervisor.step()
    runtime.exits(runtime.key("web.1", -2), 143)
    supervisor.step()
    runtime.ready(runtime.key("web.1"))
    supervisor.step()
    return told(world, "web.1")[before:]


def test_a_release_stops_the_old_dyno_and_starts_the_new(
    world: World, runtime: FakeRuntime, supervisor: Supervisor
) -> None:
    world.config(A="1")
    assert sorted(replaced(world, runtime, supervisor)) == [
        ("create", "starting", "release create"),
        ("destroy", "down", "release create"),
        ("update", "up", "dyno create"),
    ]
    causes = {each.cause_id for each in events(world, "dyno")[-3:] if each.action != "update"}
    assert causes == {events(world, "release")[-1].id}, "of the newest release"


def test_a_restart_is_the_cause_of_both(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> None:
    with world.database.transaction() as tx:
        restart_dynos(tx, world.actor, world.app)
    assert sorted(replaced(world, runtime, supervisor)) == [
        ("create", "starting", "dyno update restart"),
        ("destroy", "down", "dyno update restart"),
        ("update", "up", "dyno create"),
    ]


def test_a_release_after_a_restart_is_the_later_wish(
    world: World, runtime: FakeRuntime, supervisor: Supervisor
) -> None:
    with world.database.transaction() as tx:
        restart_dynos(tx, world.actor, world.app)
    world.config(A="1")
    before = {each.id for each in events(world, "dyno")}
    supervisor.step()
    [new] = [each for each in events(world, "dyno") if each.id not in before]
    assert new.cause_id == events(world, "release")[-1].id


def test_scaling_is_the_cause_of_more_and_of_fewer(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> None:
    world.scale(web=2)
    supervisor.step()
    more = events(world, "formation")[-1]
    world.scale(web=1)
    fewer = events(world, "formation")[-1]
    supervisor.step()
    runtime.exits(runtime.key("web.2"), 143)
    supervisor.step()
    found = [(each.action, each.cause_id) for each in events(world, "dyno") if each.data["name"] == "web.2"]
    assert found == [("create", more.id), ("destroy", fewer.id)]
    assert len(told(world, "web.1")) == 2, "nothing happens to the other"


def test_a_crash_follows_from_the_dynos_own_start(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> None:
    runtime.exits(runtime.key("web.1"), 1)
    supervisor.step()
    assert ("update", "crashed", "dyno create") in told(world, "web.1")


def test_what_stops_with_its_app_says_so(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> None:
    with world.database.transaction() as tx:
        delete_app(tx, world.actor, world.app)
    supervisor.step()
    runtime.exits(runtime.key("web.1"), 143)
    supervisor.step()
    assert told(world, "web.1")[-1] == ("destroy", "down", "app destroy")


def test_a_one_off_dyno_ends_because_it_was_run(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> None:
    with world.database.transaction("the-call") as tx:
        dyno = run_dyno(tx, world.actor, world.app, "true")
    supervisor.step()
    runtime.exits(runtime.key(dyno.name), 0)
    supervisor.step()
    first, *others = [each for each in events(world, "dyno") if each.subject_id == dyno.id]
    assert first.cause_id == "the-call"
    assert {each.cause_id for each in others} == {first.id}


def served(routes: DynoRoutes, status: int = 200) -> None:
    """A request that web.1 answers, as the edge tells of it."""
    route = routes.find("example.localhost")
    assert route is not None
    [backend] = route.backends
    if backend.served is not None:
        backend.served("GET", status)


def test_the_first_request_of_each_release_is_an_event(
    world: World, runtime: FakeRuntime, supervisor: Supervisor
) -> None:
    routes = DynoRoutes(world.database, BOOT)
    for status in (200, 200, 500):
        served(routes, status)
    world.config(A="1")
    replaced(world, runtime, supervisor)
    served(routes, 503)
    routes.close()
    assert [(each.data, each.app_id) for each in events(world, "first-request")] == [
        ({"version": 3, "method": "GET", "status": 200}, world.app.id),
        ({"version": 4, "method": "GET", "status": 503}, world.app.id),
    ]
    ups = [each.id for each in events(world, "dyno") if each.data["state"] == "up"]
    assert [each.cause_id for each in events(world, "first-request")] == ups


def test_it_is_told_once_over_restarts_of_the_platform_and_not_of_a_dyno_that_is_gone(
    world: World, supervisor: Supervisor
) -> None:
    for _ in range(2):
        routes = DynoRoutes(world.database, BOOT)
        served(routes)
        routes.close()
    with world.database.transaction() as tx:
        report_first_request(tx, "gone", "GET", 200)
    assert len(events(world, "first-request")) == 1
