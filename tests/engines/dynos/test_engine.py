"""The whole engine with real processes: rows in, running apps out, and nothing left behind."""

import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import App
from platform_sim.core.model.seams import Route
from platform_sim.core.store import Database
from platform_sim.engines.dynos.processes import ProcessRuntime
from platform_sim.engines.dynos.routes import DynoRoutes
from platform_sim.engines.dynos.runtime import Limits
from platform_sim.engines.dynos.supervisor import Supervisor
from platform_sim.settings import load

from .recorder import PATIENCE, Recorder
from .test_processes import alive
from .world import BOOT, World, make_world

pytestmark = pytest.mark.processes

HELD = "held"
WEB = f"""
import os, socket, time
while os.path.exists("../../{HELD}"):
    time.sleep(0.01)
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
while True:
    client = server.accept()[0]
    client.sendall((os.environ["DYNO"] + " " + os.environ.get("COLOUR", "none")).encode())
    client.close()
"""
"""Boots as soon as there is no file HELD in the folder of the test, which is two above its own."""


class Engine:
    """Supervisor, runtime and routes around a world, as `assemble` puts them together."""

    def __init__(self, world: World, folder: Path, boot_id: str = BOOT) -> None:
        self.world = world
        self.recorder = Recorder()
        self.dynos = folder / "dynos"
        self.held = folder / HELD
        runtime = ProcessRuntime(self.dynos, self.recorder.log, Limits(boot_seconds=60, stop_seconds=30))
        self.supervisor = Supervisor(
            world.database, runtime, self.recorder.log, slugs=folder / "slugs", boot_id=boot_id
        )
        self.routes = DynoRoutes(world.database, boot_id)
        self.supervisor.start()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for commits until `condition` holds."""
        deadline = time.monotonic() + PATIENCE
        database = self.world.database
        while True:
            seen = database.version
            if condition():
                return
            assert time.monotonic() < deadline, (self.world.dynos(), self.recorder.lines)
            database.wait_for_change(seen, PATIENCE)

    def route(self) -> Route:
        route = self.routes.find("example.localhost")
        assert route is not None
        return route

    def until_up(self, backends: int = 1) -> None:
        self.until(lambda: len(self.route().backends) == backends)

    def answers(self) -> list[str]:
        """What each web dyno says."""
        texts = []
        for backend in self.route().backends:
            with socket.create_connection((backend.host, backend.port)) as client:
                texts.append(client.recv(100).decode())
        return texts


def slug(folder: Path) -> None:
    app = folder / "slugs" / "s1"
    app.mkdir(parents=True)
    (app / "web.py").write_text(WEB)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    slug(tmp_path)
    engine = Engine(make_world(), tmp_path)
    yield engine
    engine.supervisor.close()
    engine.world.database.close()
    assert list(engine.dynos.iterdir()) == []


def test_an_app_lives(engine: Engine) -> None:
    """Deploy, change config, scale, crash, close: each seen from outside."""
    world = engine.world
    world.deploy(web=f"{sys.executable} web.py", worker="sleep 1000")
    engine.until_up()
    assert engine.answers() == ["web.1 none"]

    engine.held.touch()
    world.config(COLOUR="blue")
    assert engine.route().state == "starting"
    engine.held.unlink()
    engine.until_up()
    assert engine.answers() == ["web.1 blue"]

    world.scale(web=2, worker=1)
    engine.until_up(2)
    engine.until(lambda: world.states() == {"web.1": "up", "web.2": "up", "worker.1": "up"})
    assert engine.answers() == ["web.1 blue", "web.2 blue"]

    killed = world.dynos()["worker.1"]
    psutil.Process(killed.pid).kill()
    engine.until(lambda: world.dynos()["worker.1"].crashes == 1 and world.states()["worker.1"] == "up")
    assert world.dynos()["worker.1"].pid != killed.pid

    world.scale(web=0, worker=0)
    engine.until(lambda: world.dynos() == {})
    assert engine.route().state == "none"
    said = [text for _, dyno, text in engine.recorder.lines if dyno == "worker.1"]
    assert said == [
        "Starting process with command `sleep 1000`",
        "State changed from starting to up",
        "Process exited with status 137",
        "State changed from up to crashed",
        "State changed from crashed to starting",
        "Starting process with command `sleep 1000`",
        "State changed from starting to up",
        "State changed from up to down",
        "Stopping all processes with SIGTERM",
        "Process exited with status 143",
    ]


def test_closing_ends_everything(tmp_path: Path) -> None:
    slug(tmp_path)
    engine = Engine(make_world(), tmp_path)
    engine.world.deploy(web=f"{sys.executable} web.py")
    engine.until_up()
    pid, port = engine.world.dynos()["web.1"].pid, engine.route().backends[0].port
    engine.supervisor.close()
    assert pid is not None
    assert not psutil.pid_exists(pid)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert engine.world.dynos() == {}
    assert engine.route().state == "starting"
    engine.world.database.close()


KILLED = """
import signal, sys
from pathlib import Path
from {package}.test_engine import Engine, slug
from {package}.world import make_world

folder = Path(sys.argv[1])
slug(folder)
engine = Engine(make_world(folder / "rows.db"), folder, "killed")
engine.world.deploy(web=sys.executable + " web.py")
engine.until_up()
print(engine.world.dynos()["web.1"].pid, flush=True)
signal.pause()
"""


def test_after_kill_9_the_next_start_ends_the_orphan_and_runs_the_app_again(tmp_path: Path) -> None:
    script = textwrap.dedent(KILLED).format(package=__package__)
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=root, stdout=subprocess.PIPE) as platform:
        assert platform.stdout is not None
        orphan = int(platform.stdout.readline())
        platform.send_signal(signal.SIGKILL)
    assert psutil.pid_exists(orphan)

    database = Database(tmp_path / "rows.db", Clock(), Chance(), load({}))
    with database.snapshot() as rows:
        account, app = rows.all(Account)[0], rows.all(App)[0]
    world = World(database, Actor(account, "authorization"), app)
    (tmp_path / HELD).touch()
    engine = Engine(world, tmp_path, "next")
    assert engine.route().state == "starting"
    engine.held.unlink()
    engine.until_up()
    assert not alive(orphan)
    assert engine.answers() == ["web.1 none"]
    with database.transaction() as tx:
        change_config_vars(tx, world.actor, app, {"COLOUR": "red"})
    engine.until_up()
    assert engine.answers() == ["web.1 red"]
    engine.supervisor.close()
    database.close()
    assert list(engine.dynos.iterdir()) == []
