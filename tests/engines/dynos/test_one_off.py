"""The supervisor and one-off dynos that run inside another, or for a while; real rows, a runtime that pretends."""

from datetime import timedelta
from pathlib import Path

import pytest

from platform_sim.core.actions.dynos import run_dyno, run_inside, stop_dynos
from platform_sim.core.model.apps import Dyno
from platform_sim.engines.dynos.supervisor import Supervisor

from .world import BOOT, FakeRuntime, World


def supervisor_of(world: World, runtime: FakeRuntime, boot: str = BOOT) -> Supervisor:
    return Supervisor(world.database, runtime, world.log, slugs=Path("/slugs"), boot_id=boot)


@pytest.fixture
def running(world: World, runtime: FakeRuntime) -> Supervisor:
    """worker.1 is up, and has config."""
    supervisor = supervisor_of(world, runtime)
    world.config(A="1")
    world.deploy(worker="work")
    world.scale(worker=1)
    supervisor.step()
    runtime.take()
    return supervisor


def inside(world: World, name: str = "worker.1", **env: str) -> Dyno:
    with world.database.transaction() as tx:
        return run_inside(tx, world.actor, world.app, world.dynos(wanted=True)[name], "bash", env=env)


def test_a_command_inside_a_dyno_has_its_place_and_config(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    world.switch("runtime-dyno-metadata")
    world.deploy("s2", worker="work")
    running.step()
    host = runtime.started[-1]
    with world.database.transaction() as tx:
        tx.update(world.dynos(wanted=True)["worker.1"], env={"OWN": "x", "TERM": "dumb"})
    made = inside(world, TERM="xterm")
    world.config(A="2")
    running.step()
    spec = next(spec for spec in runtime.started if spec.name == made.name)
    assert (spec.inside, spec.web, spec.slug_dir) == (host.key, False, Path("/slugs/s2"))
    assert (spec.env["A"], spec.env["OWN"], spec.env["TERM"]) == ("1", "x", "xterm"), "of that dyno's release"
    assert spec.env["HEROKU_DYNO_ID"] == made.inside_id
    assert spec.attach_secret == made.attach_secret
    assert spec.tty
    assert world.states()[made.name] == "up"


@pytest.mark.parametrize("change", ["crash", "restart"])
def test_it_ends_with_its_dyno_and_does_not_begin_again(
    world: World, runtime: FakeRuntime, running: Supervisor, change: str
) -> None:
    made = inside(world)
    running.step()
    assert runtime.take() == [f"start {made.name}"]
    if change == "restart":
        world.config(A="2")
        running.step()
        assert runtime.take() == ["stop worker.1", "start worker.1"], "it runs as long as its dyno does"
        runtime.exits(runtime.key("worker.1", 0), 143)
    else:
        runtime.exits(runtime.key("worker.1"), 1)
    running.step()
    assert f"stop {made.name}" in runtime.take()
    runtime.exits(runtime.key(made.name), 137)
    running.step()
    assert world.states() == {"worker.1": "up"}
    assert made.name not in world.dynos()


def test_it_ends_alone(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    made = inside(world)
    running.step()
    runtime.exits(runtime.key(made.name), 0)
    running.step()
    assert world.states() == {"worker.1": "up"}
    assert runtime.take() == [f"start {made.name}"]


def test_what_comes_too_late_is_told_so(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    """Its dyno ended before it began: the runtime is asked all the same, for it says so to whoever waits."""
    made = inside(world)
    runtime.exits(runtime.key("worker.1"), 1)
    runtime.refusal = "cannot start: gone"
    running.step()
    assert (made.name, "cannot start: gone") in world.lines
    assert made.name not in world.dynos()


def test_inside_a_dyno_that_is_gone_is_nowhere(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    with world.database.transaction() as tx:
        host = run_dyno(tx, world.actor, world.app, "sleep 100")
    running.step()
    made = inside(world, host.name)
    runtime.exits(runtime.key(host.name), 0)
    running.step()
    spec = next(spec for spec in runtime.started if spec.name == made.name)
    assert spec.inside is not None
    assert spec.inside not in {one.key for one in runtime.running()}


def test_who_waits_for_a_dyno_that_is_stopped_before_it_began_is_told(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    made = inside(world)
    with world.database.transaction() as tx:
        stop_dynos(tx, world.actor, world.app, dyno=made)
        detached = run_dyno(tx, world.actor, world.app, "x")
        stop_dynos(tx, world.actor, world.app, dyno=detached)
    running.step()
    assert runtime.take() == [f"withdraw {made.attach_secret}"]
    assert world.states() == {"worker.1": "up"}


def run_for(world: World, seconds: int) -> Dyno:
    with world.database.transaction() as tx:
        return run_dyno(tx, world.actor, world.app, "sleep 100", time_to_live=seconds)


def test_a_dyno_is_stopped_when_its_time_is_over(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    made, longer = run_for(world, 60), run_for(world, 90)
    running.step()
    runtime.take()
    world.database.clock.advance(timedelta(seconds=59))
    running.step()
    assert runtime.take() == []
    world.database.clock.advance(timedelta(seconds=1))
    running.step()
    assert runtime.take() == [f"stop {made.name}"]
    runtime.exits(runtime.key(made.name), 143)
    running.step()
    assert world.states() == {"worker.1": "up", longer.name: "up"}
    assert world.lines[-1] == (made.name, "State changed from up to complete")
    world.database.clock.advance(timedelta(seconds=30))
    running.step()
    assert runtime.take() == [f"stop {longer.name}"]


def test_one_whose_time_passed_while_the_platform_was_away_does_not_begin(world: World, runtime: FakeRuntime) -> None:
    world.deploy(worker="work")
    over, left = run_for(world, 60), run_for(world, 61)
    world.database.clock.advance(timedelta(seconds=60))
    supervisor = supervisor_of(world, runtime, "next")
    supervisor.recover()
    supervisor.step()
    assert runtime.take() == [f"start {left.name}"]
    assert over.name not in world.dynos()
    world.database.clock.advance(timedelta(seconds=1))
    supervisor.step()
    assert runtime.take() == [f"stop {left.name}"]
