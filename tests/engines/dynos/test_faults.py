"""Faults of dynos: what is told and shown, with real processes where the claim is about them; else nothing."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.model.apps import Release
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Event
from platform_sim.engines.dynos.faults import DynoFaults
from platform_sim.engines.dynos.supervisor import Supervisor

from .recorder import spec
from .test_engine import Engine, slug
from .world import BOOT, FakeRuntime, World, make_world

R10 = "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch"


@pytest.fixture
def running(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> Supervisor:
    """web.1 and two workers are up."""
    world.deploy(web="serve", worker="work")
    world.scale(worker=2)
    supervisor.step()
    runtime.ready(runtime.key("web.1"))
    supervisor.step()
    assert set(world.states().values()) == {"up"}
    runtime.take()
    world.take_lines()
    return supervisor


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    slug(tmp_path)
    engine = Engine(make_world(), tmp_path)
    yield engine
    engine.supervisor.close()
    engine.world.database.close()
    assert list(engine.dynos.iterdir()) == []


def fault(world: World, kind: str, times: int | None = 1, amount: float | None = None, **match: str) -> Fault:
    with world.database.transaction() as tx:
        return faults.add(tx, world.actor.account, kind, match, times, amount)


def acted(world: World) -> list[Event]:
    with world.database.snapshot() as rows:
        return rows.all(Event, kind="fault", action="update")


@pytest.mark.processes
def test_boot_timeout_and_crash_of_a_real_dyno(engine: Engine) -> None:
    """R10, back at once; then a crash of the one that is up: H10 until it has cooled off."""
    world = engine.world
    fault(world, "dyno-boot-timeout", app="example", type="web")
    command = f"{sys.executable} web.py"
    world.deploy(web=command)
    engine.until_up()
    assert world.dynos()["web.1"].crashes == 1
    assert engine.answers() == ["web.1 none"]
    fault(world, "dyno-crash", type="web.1")
    engine.until(lambda: engine.route().state == "crashed")
    starting, exited = f"Starting process with command `{command}`", "Process exited with status 137"
    assert [text for _, dyno, text in engine.recorder.lines if dyno == "web.1"] == [
        *(starting, R10, "Stopping process with SIGKILL", exited, "State changed from starting to crashed"),
        *("State changed from crashed to starting", starting, "State changed from starting to up"),
        *(exited, "State changed from up to crashed"),
    ]
    row = world.dynos()["web.1"]
    assert (row.exit_status, row.crashes) == (137, 2)
    assert row.retry_at is not None


@pytest.mark.processes
def test_a_release_command_does_its_work_and_has_failed(engine: Engine) -> None:
    world = engine.world
    fault(world, "release-failed", app="example")
    release = world.deploy(release="exec echo migrated # all of it")
    with world.database.snapshot() as rows:
        assert rows.get(Release, release.id).status == "pending"

    def status() -> str:
        with world.database.snapshot() as rows:
            return rows.get(Release, release.id).status

    engine.until(lambda: status() != "pending")
    assert status() == "failed"
    said = [text for _, dyno, text in engine.recorder.lines if dyno.startswith("release.")]
    assert [text for text in said if "State" not in text] == [
        "Starting process with command `exec echo migrated # all of it`",
        "migrated",
        "Process exited with status 1",
    ]
    assert [event.app_id for event in acted(world)] == [world.app.id]


def test_a_crash_waits_for_the_next_that_is_up(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> None:
    fault(world, "dyno-crash", type="web")
    world.deploy(web="serve", worker="work")
    supervisor.step()
    assert runtime.take() == ["start web.1"]
    runtime.ready(runtime.key("web.1"))
    supervisor.step()
    assert runtime.take() == ["kill web.1"]
    assert world.take_lines()[-1] == ("web.1", "State changed from starting to up")


def test_of_those_that_are_up_the_first_by_name_are_meant(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    fault(world, "dyno-crash", 2, type="w*")
    running.step()
    assert runtime.take() == ["kill web.1", "kill worker.1"]


MEMORY = [
    (None, ["Process running mem=532MB(104.0%)", "Error R14 (Memory quota exceeded)"], []),
    (
        250,
        [
            "Process running mem=1280MB(250.0%)",
            "Error R15 (Memory quota vastly exceeded)",
            "Stopping process with SIGKILL",
        ],
        ["kill worker.2"],
    ),
]


@pytest.mark.parametrize(("amount", "said", "done"), MEMORY)
def test_memory(
    world: World, runtime: FakeRuntime, running: Supervisor, amount: float | None, said: list[str], done: list[str]
) -> None:
    fault(world, "dyno-memory", 1, amount, app=world.app.id, type="worker.2")
    running.step()
    assert world.take_lines() == [("worker.2", text) for text in said]
    assert runtime.take() == done


def test_a_dyno_that_is_being_stopped_is_left_alone(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    world.scale(worker=0, web=0)
    running.step()
    runtime.take()
    fault(world, "dyno-crash", None)
    running.step()
    assert runtime.take() == []
    assert acted(world) == []


def test_faults_that_match_nothing_change_no_line(tmp_path: Path) -> None:
    """Two lives of one app, one with faults that mean others."""
    lives = []
    for kinds in ((), ("dyno-crash", "dyno-memory", "dyno-boot-timeout", "release-failed")):
        world, runtime = make_world(), FakeRuntime()
        for kind in kinds:
            fault(world, kind, None, app="other")
        supervisor = Supervisor(world.database, runtime, world.log, slugs=tmp_path, boot_id=BOOT)
        world.deploy(web="serve", release="migrate")
        supervisor.step()
        runtime.exits(runtime.key(runtime.started[0].name), 0)
        supervisor.step()
        runtime.ready(runtime.key("web.1"))
        supervisor.step()
        lives.append((world.take_lines(), runtime.take(), [(each.name, each.line) for each in runtime.started]))
        assert world.states() == {"web.1": "up"}
        assert acted(world) == []
        world.database.close()
    assert lives[0] == lives[1]


def test_what_the_shell_is_given(world: World, runtime: FakeRuntime) -> None:
    healthy = spec("migrate")
    assert healthy.line == "migrate"
    assert replace(healthy, fails=True).line == "(migrate\n)\nexit 1"
    assert DynoFaults(world.database, runtime, world.log).made([]) is False
