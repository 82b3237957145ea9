"""The supervisor's logic: real rows, a runtime that pretends, one step at a time and no thread."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.dyno_rows import new_dyno
from platform_sim.core.actions.dynos import add_formation_dyno, report_started, restart_dynos, run_dyno, stop_dynos
from platform_sim.core.actions.formation import Scaling, scale
from platform_sim.core.actions.releases import current_release
from platform_sim.core.model.apps import Dyno, Release
from platform_sim.core.model.records import Event
from platform_sim.engines.dynos.runtime import Known
from platform_sim.engines.dynos.supervisor import Supervisor

from .world import BOOT, FakeRuntime, World, make_world


@pytest.fixture
def running(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> Supervisor:
    """web.1 and worker.1 are up."""
    world.deploy(web="serve", worker="work")
    world.scale(worker=1)
    supervisor.step()
    runtime.ready(runtime.key("web.1"))
    supervisor.step()
    assert world.states() == {"web.1": "up", "worker.1": "up"}
    runtime.take()
    world.take_lines()
    return supervisor


def test_an_app_without_a_slug_runs_nothing(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> None:
    world.config(A="1")
    supervisor.step()
    assert runtime.started == []
    assert world.dynos() == {}


def test_a_first_deploy_starts_web_with_config_and_slug(
    world: World, runtime: FakeRuntime, supervisor: Supervisor
) -> None:
    world.config(A="1", B="2")
    release = world.deploy(web="serve", worker="work")
    supervisor.step()
    (spec,) = runtime.started
    assert (spec.name, spec.command, spec.web, spec.app_id) == ("web.1", "serve", True, world.app.id)
    assert spec.slug_dir == Path("/slugs/s1")
    assert spec.env == {"A": "1", "B": "2"}
    row = world.dynos()["web.1"]
    assert (row.state, row.release_id, row.pid, row.pid_started, row.port, row.boot_id) == (
        "starting",
        release.id,
        1001,
        1.0,
        5001,
        BOOT,
    )
    runtime.ready(spec.key)
    supervisor.step()
    assert world.states() == {"web.1": "up"}
    assert world.lines == [("web.1", "State changed from starting to up")]


def test_at_rest_a_step_does_nothing(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    version = world.database.version
    running.step()
    assert world.database.version == version
    assert runtime.did == []


def test_scaling_up_and_down(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    world.scale(web=3, worker=0)
    running.step()
    assert runtime.take() == ["stop worker.1", "start web.2", "start web.3"]
    assert world.take_lines()[:1] == [("worker.1", "State changed from up to down")]
    runtime.exits(runtime.key("worker.1"), 143)
    world.scale(web=1)
    running.step()
    assert runtime.take() == ["stop web.2", "stop web.3"]
    assert "worker.1" not in world.dynos()
    assert world.states() == {"web.1": "up"}


@pytest.mark.parametrize("change", ["config", "deploy", "restart", "stop", "size"])
def test_what_replaces_dynos_signals_the_old_and_starts_the_new_at_once(
    world: World, runtime: FakeRuntime, running: Supervisor, change: str
) -> None:
    old = world.dynos()["web.1"]
    if change == "config":
        world.config(A="2")
    elif change == "deploy":
        world.deploy("s2", web="serve", worker="work")
    else:
        with world.database.transaction() as tx:
            if change == "restart":
                restart_dynos(tx, world.actor, world.app)
            elif change == "stop":
                stop_dynos(tx, world.actor, world.app, kind="web")
                stop_dynos(tx, world.actor, world.app, kind="worker")
            else:
                scale(tx, world.actor, world.app, [Scaling(t, size="Standard-1X") for t in ("web", "worker")])
    running.step()
    assert runtime.take() == ["stop web.1", "stop worker.1", "start web.1", "start worker.1"]
    assert world.take_lines()[:4] == [
        ("web.1", "Restarting"),
        ("web.1", "State changed from up to starting"),
        ("worker.1", "Restarting"),
        ("worker.1", "State changed from up to starting"),
    ]
    new = world.dynos(wanted=True)["web.1"]
    assert new.id != old.id
    with world.database.snapshot() as rows:
        assert new.release_id == current_release(rows, world.app.id).id
    runtime.exits(runtime.key("web.1", 0), 143)
    running.step()
    with world.database.snapshot() as rows:
        assert rows.find(Dyno, id=old.id) is None
    assert runtime.take() == []


def test_a_restart_during_a_restart_leaves_one_wanted_dyno(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    for value in "234":
        world.config(A=value)
        running.step()
    assert [spec.env["A"] for spec in runtime.started if spec.name == "web.1" and spec.env] == ["2", "3", "4"]
    assert len([d for d in runtime.take() if d == "stop web.1"]) == 3
    for nth in (0, 1, 2):
        runtime.exits(runtime.key("web.1", nth), 143)
    running.step()
    with world.database.snapshot() as rows:
        assert rows.count(Dyno, name="web.1") == 1


def test_several_changes_before_a_step_make_one_restart(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    world.config(A="2")
    world.config(A="3")
    running.step()
    assert runtime.take() == ["stop web.1", "stop worker.1", "start web.1", "start worker.1"]
    assert runtime.started[-1].env == {"A": "3"}


def crash(world: World, runtime: FakeRuntime, supervisor: Supervisor, status: int = 1) -> None:
    runtime.exits(runtime.key("worker.1"), status)
    supervisor.step()


def test_crashes_restart_at_once_then_later_and_later(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    crash(world, runtime, running)
    assert runtime.take() == ["start worker.1"]
    assert world.take_lines() == [
        ("worker.1", "State changed from up to crashed"),
        ("worker.1", "State changed from crashed to starting"),
        ("worker.1", "State changed from starting to up"),
    ]
    for wait in world.database.rules.crash_delays[1:]:
        crash(world, runtime, running)
        row = world.dynos()["worker.1"]
        assert (row.state, row.exit_status, row.pid) == ("crashed", 1, None)
        world.database.clock.advance(timedelta(seconds=wait - 1))
        running.step()
        assert runtime.take() == []
        world.database.clock.advance(timedelta(seconds=1))
        running.step()
        assert runtime.take() == ["start worker.1"]
    assert len({spec.key for spec in runtime.started}) == len(runtime.started)
    assert world.states() == {"web.1": "up", "worker.1": "up"}


def test_ending_with_status_0_is_a_crash_too(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    crash(world, runtime, running)
    crash(world, runtime, running, status=0)
    assert world.dynos()["worker.1"].state == "crashed"
    assert world.dynos()["worker.1"].exit_status == 0


@pytest.mark.parametrize("change", ["config", "restart"])
def test_a_new_release_or_a_restart_forgets_crashes(
    world: World, runtime: FakeRuntime, running: Supervisor, change: str
) -> None:
    crash(world, runtime, running)
    crash(world, runtime, running)
    assert world.states()["worker.1"] == "crashed"
    runtime.take()
    if change == "config":
        world.config(A="2")
    else:
        with world.database.transaction() as tx:
            restart_dynos(tx, world.actor, world.app, dyno=world.dynos()["worker.1"])
    running.step()
    assert "start worker.1" in runtime.take()
    assert world.dynos(name="worker.1")["worker.1"].crashes == 0
    crash(world, runtime, running)
    assert runtime.take() == ["start worker.1"]


def test_a_web_dyno_that_dies_while_booting_crashed_from_starting(
    world: World, runtime: FakeRuntime, supervisor: Supervisor
) -> None:
    world.deploy(web="serve")
    supervisor.step()
    runtime.exits(runtime.key("web.1"), 137)
    supervisor.step()
    assert world.lines[0] == ("web.1", "State changed from starting to crashed")


def test_what_cannot_start_is_a_crash_with_a_reason(world: World, runtime: FakeRuntime, supervisor: Supervisor) -> None:
    runtime.refusal = "cannot start web.1: no files"
    world.deploy(web="serve")
    supervisor.step()
    assert world.states() == {"web.1": "crashed"}
    assert world.dynos()["web.1"].crashes == 2
    assert ("web.1", "cannot start web.1: no files") in world.lines


def test_a_one_off_dyno_runs_once(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    with world.database.transaction() as tx:
        made = run_dyno(tx, world.actor, world.app, "worker", env={"X": "y"})
    running.step()
    spec = runtime.started[-1]
    assert (spec.name, spec.command, spec.env, spec.web) == (made.name, "work", {"X": "y"}, False)
    assert world.states()[made.name] == "up"
    runtime.exits(spec.key, 3)
    running.step()
    assert made.name not in world.dynos()
    assert runtime.take() == [f"start {made.name}"]
    assert world.take_lines()[-1] == (made.name, "State changed from up to complete")
    with world.database.snapshot() as rows:
        last = rows.find(Event, kind="dyno", subject_id=made.id, order_by="number", desc=True)
    assert last is not None
    assert (last.action, last.data["exit_status"]) == ("destroy", 3)


def test_a_one_off_dyno_survives_a_new_release_and_ends_when_stopped(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    with world.database.transaction() as tx:
        made = run_dyno(tx, world.actor, world.app, "sleep 100")
    running.step()
    world.config(A="2")
    running.step()
    assert f"stop {made.name}" not in runtime.take()
    with world.database.transaction() as tx:
        stop_dynos(tx, world.actor, world.app, dyno=made)
    running.step()
    assert runtime.take() == [f"stop {made.name}"]


@pytest.mark.parametrize(("status", "outcome", "after"), [(0, "succeeded", "two"), (1, "failed", "one")])
def test_the_release_phase_decides_what_runs(
    world: World, runtime: FakeRuntime, supervisor: Supervisor, status: int, outcome: str, after: str
) -> None:
    world.deploy("one", web="serve")
    supervisor.step()
    runtime.take()
    release = world.deploy("two", web="serve", release="migrate")
    supervisor.step()
    (name,) = [did.removeprefix("start ") for did in runtime.take()]
    assert name.startswith("release.")
    assert runtime.started[-1].slug_dir == Path("/slugs/two")
    runtime.exits(runtime.key(name), status)
    supervisor.step()
    with world.database.snapshot() as rows:
        assert rows.get(Release, release.id).status == outcome
    assert runtime.take() == (["stop web.1", "start web.1"] if status == 0 else [])
    assert runtime.started[-1 if status == 0 else 0].slug_dir == Path(f"/slugs/{after}")
    assert name not in world.dynos()


def test_a_release_phase_that_takes_too_long_is_stopped(runtime: FakeRuntime) -> None:
    world = make_world(release_phase_timeout=0.0)
    supervisor = Supervisor(world.database, runtime, world.log, slugs=Path("/slugs"), boot_id=BOOT)
    release = world.deploy(web="serve", release="migrate")
    supervisor.step()
    supervisor.step()
    name = runtime.started[0].name
    assert runtime.take() == [f"start {name}", f"stop {name}"]
    runtime.exits(runtime.key(name), 143)
    supervisor.step()
    with world.database.snapshot() as rows:
        assert rows.get(Release, release.id).status == "failed"
    world.database.close()


def test_a_deleted_app_is_stopped_and_forgotten(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    with world.database.transaction() as tx:
        delete_app(tx, world.actor, world.app)
    running.step()
    assert runtime.take() == ["stop web.1", "stop worker.1"]
    for name in ("web.1", "worker.1"):
        runtime.exits(runtime.key(name), 143)
    running.step()
    assert world.dynos() == {}


def test_closing_leaves_rows_that_are_true(world: World, runtime: FakeRuntime, running: Supervisor) -> None:
    crash(world, runtime, running)
    crash(world, runtime, running)
    running.close()
    assert runtime.closed
    assert {name: row.state for name, row in world.dynos().items()} == {"worker.1": "crashed"}


def test_a_killed_platform_is_cleared_up_and_what_is_wanted_starts(world: World, runtime: FakeRuntime) -> None:
    """Rows as they are after kill -9: a dyno that ran, one that was never started, a release phase in the middle."""
    release = world.deploy("s1", web="serve", worker="work")
    world.scale(worker=1)
    with world.database.transaction() as tx:
        ran = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
        report_started(tx, ran, pid=77, pid_started=1.5, port=6000, boot_id="killed")
        add_formation_dyno(tx, release, "worker.1", "work", "Basic")
    pending = world.deploy("s2", web="serve", release="migrate")
    with world.database.transaction() as tx:
        phase = tx.find(Dyno, kind="release")
        assert phase is not None
        report_started(tx, phase, pid=78, pid_started=2.5, port=None, boot_id="killed")
        waiting = new_dyno(tx, release, "run", "run.1000", "later")
    supervisor = Supervisor(world.database, runtime, world.log, slugs=Path("/slugs"), boot_id=BOOT)
    supervisor.recover()
    supervisor.step()
    assert runtime.leftovers == [Known(77, 1.5), Known(78, 2.5)]
    assert sorted(runtime.take()) == ["start run.1000", "start web.1", "start worker.1"]
    rows = world.dynos()
    assert rows["web.1"].id != ran.id
    assert rows["run.1000"].id == waiting.id
    assert {row.boot_id for row in rows.values()} == {BOOT}
    with world.database.snapshot() as snapshot:
        assert snapshot.get(Release, pending.id).status == "failed"


def test_crashed_dynos_keep_their_cool_off_over_a_restart_of_the_platform(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    crash(world, runtime, running)
    crash(world, runtime, running)
    running.close()
    again = FakeRuntime()
    supervisor = Supervisor(world.database, again, world.log, slugs=Path("/slugs"), boot_id="next")
    supervisor.recover()
    supervisor.step()
    assert again.take() == ["start web.1"]
    world.database.clock.advance(timedelta(seconds=10))
    supervisor.step()
    assert again.take() == ["start worker.1"]


def test_the_router_is_woken_when_dynos_change(world: World, runtime: FakeRuntime) -> None:
    woken: list[int] = []
    supervisor = Supervisor(
        world.database,
        runtime,
        world.log,
        slugs=Path("/slugs"),
        boot_id=BOOT,
        wake=lambda: woken.append(world.database.version),
    )
    world.deploy(web="serve")
    supervisor.step()
    runtime.ready(runtime.key("web.1"))
    supervisor.step()
    assert woken[-1] == world.database.version
    woken.clear()
    supervisor.step()
    assert woken == []


def test_a_web_dyno_may_finish_its_requests_while_its_successor_boots(world: World, runtime: FakeRuntime) -> None:
    """What was sent to it before it was taken out of the routes is still answered; other dynos serve nobody."""
    waiting: dict[int, Callable[[], None]] = {}
    supervisor = Supervisor(
        world.database, runtime, world.log, slugs=Path("/slugs"), boot_id=BOOT, let_finish=waiting.__setitem__
    )
    world.deploy(web="serve", worker="work")
    world.scale(worker=1)
    supervisor.step()
    runtime.ready(runtime.key("web.1"))
    supervisor.step()
    runtime.take()
    world.take_lines()
    world.config(A="1")
    supervisor.step()
    assert sorted(runtime.take()) == ["start web.1", "start worker.1", "stop worker.1"]
    world.config(A="2")
    supervisor.step()
    assert "stop web.1" not in runtime.take()
    old, new = waiting
    assert (old, new) == (5001, 5003), "the second change ends the successor, and asks about the first no more"
    waiting[old]()
    waiting[new]()
    waiting[old]()
    supervisor.step()
    assert runtime.take() == ["stop web.1", "stop web.1"], "each once"


def test_one_app_that_breaks_does_not_stop_the_others(
    world: World,
    runtime: FakeRuntime,
    supervisor: Supervisor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Explodes(FakeRuntime):
        def start(self, *_: object) -> object:  # type: ignore[override]
            raise RuntimeError("unforeseen")

    world.deploy(web="serve")
    monkeypatch.setattr(supervisor, "_runtime", Explodes())
    supervisor.step()
    assert "unforeseen" in caplog.text
    monkeypatch.setattr(supervisor, "_runtime", runtime)
    world.scale(web=2)
    supervisor.step()
    assert runtime.take() == ["start web.1", "start web.2"]


def test_no_transaction_is_open_while_it_acts(
    world: World, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Writes(FakeRuntime):
        def start(self, spec, watcher):  # type: ignore[no-untyped-def]
            world.config(SEEN=spec.name)
            return super().start(spec, watcher)

    runtime = Writes()
    monkeypatch.setattr(supervisor, "_runtime", runtime)
    world.deploy(web="serve")
    supervisor.step()
    assert runtime.take()[0] == "start web.1"


def test_with_preboot_a_web_dyno_gets_its_signal_once_the_next_one_is_up(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    world.switch("preboot")
    world.config(A="2")
    running.step()
    assert runtime.take() == ["stop worker.1", "start web.1", "start worker.1"]
    runtime.ready(runtime.key("web.1"))
    running.step()
    assert runtime.take() == ["stop web.1"]
    runtime.exits(runtime.key("web.1", 0), 143)
    running.step()
    assert runtime.take() == []
    assert world.states()["web.1"] == "up"


def test_with_preboot_what_is_scaled_down_or_cannot_start_keeps_nothing(
    world: World, runtime: FakeRuntime, running: Supervisor
) -> None:
    world.switch("preboot")
    world.scale(web=0)
    running.step()
    assert runtime.take() == ["stop web.1"]
    runtime.exits(runtime.key("web.1"), 143)
    world.scale(web=1)
    running.step()
    runtime.ready(runtime.key("web.1"))
    running.step()
    runtime.take()
    world.config(A="2")
    running.step()
    assert "stop web.1" not in runtime.take()
    for _ in range(2):
        runtime.exits(runtime.key("web.1"), 1)
        running.step()
    assert "stop web.1" in runtime.take()


def test_a_dyno_s_environment_has_what_its_app_s_features_tell(
    world: World, runtime: FakeRuntime, supervisor: Supervisor
) -> None:
    world.switch("runtime-dyno-metadata")
    world.config(A="1")
    release = world.deploy(web="serve")
    supervisor.step()
    (spec,) = runtime.started
    assert spec.env["A"] == "1"
    assert spec.env["HEROKU_RELEASE_VERSION"] == f"v{release.version}"
    assert spec.env["HEROKU_DYNO_ID"] == world.dynos()["web.1"].id
