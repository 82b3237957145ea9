"""`up --demo` on a kept folder: stopped or killed and started again, partner and app come back as they were."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from platform_sim.assemble import Options, Platform
from platform_sim.demo import scene as scene_module
from platform_sim.demo.programs import Program, end_left_over
from platform_sim.demo.scene import APP, Scene, free_port, write_private
from platform_sim.demo.story_database import QUICK_PARTNER

from ..processes.leftovers import nothing_left
from ..processes.up import outer_environment
from ..processes.waiting import wait_until

__all__ = ["nothing_left"]

QUICK_APP = {"Procfile": "web: python3 -m http.server $PORT --bind 127.0.0.1\nworker: sleep 600\n"}
pytestmark = pytest.mark.processes


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform's data folder; the sample app is one that needs nothing installed."""
    app = tmp_path / "quick-app"
    app.mkdir()
    for name, text in QUICK_APP.items():
        (app / name).write_text(text)
    monkeypatch.setattr(scene_module, "SAMPLE_APP", app)
    return tmp_path / "data"


@pytest.fixture
def platform(data: Path, tmp_path: Path) -> Iterator[Platform]:
    with Platform(Options(data, environment=outer_environment(tmp_path))) as started:
        yield started


def kept_scene(platform: Platform) -> Scene:
    return Scene(platform.url, platform.token, platform.layout.root / "demo", keep=True)


def test_the_second_time_everything_is_as_it_was_left(platform: Platform) -> None:
    with kept_scene(platform) as scene:
        first = list(scene.set_up())
        before = scene.talk.api("GET", f"/apps/{APP}/addons"), scene.talk.api("GET", f"/apps/{APP}/config-vars")
        url, secrets = scene.partner_url, scene.secrets
        scene.heroku("ps:scale", "worker=2", "-a", APP)
    with kept_scene(platform) as scene:
        second = list(scene.set_up())
        after = scene.talk.api("GET", f"/apps/{APP}/addons"), scene.talk.api("GET", f"/apps/{APP}/config-vars")
        assert (scene.partner_url, scene.secrets) == (url, secrets)
        assert after == before
        account = scene.talk.session.get(before[1]["EXCEPTIONS_URL"], timeout=10)
        assert (account.status_code, account.json()["plan"]) == (200, "test")
    assert first[1].startswith("pushing the sample app")
    assert second[1:] == [f"{APP} is there from the last time; its dynos start ...", *first[-2:]]


def test_an_app_that_does_not_come_up_is_told_and_no_fault(platform: Platform) -> None:
    with kept_scene(platform) as scene:
        list(scene.set_up())
        scene.heroku("config:set", "PATH=/nowhere", "-a", APP)
        scene.platform_sim = lambda *a: Scene.platform_sim(scene, *(["0" if x == "30" else x for x in a]))  # type: ignore[method-assign]
        told = list(scene._come_back())
    assert told[1].startswith("not everything came up: ")
    assert "web dynos up" in told[1]


def test_without_keep_the_folder_goes(platform: Platform, tmp_path: Path) -> None:
    with Scene(platform.url, platform.token, tmp_path / "scene") as scene:
        assert (scene.folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "scene").exists()


def test_a_partner_that_a_killed_run_has_left_is_ended(platform: Platform) -> None:
    killed = kept_scene(platform)
    killed.start_partner()
    killed.talk.close()
    assert killed.partner is not None
    with kept_scene(platform) as scene:
        url = scene.start_partner()
        assert not psutil.pid_exists(killed.partner.process.pid)
        killed.partner.stop()  # tells its handle, too
        assert url == killed.partner_url


def test_only_the_program_of_that_very_ready_file_is_ended(tmp_path: Path) -> None:
    ready = tmp_path / "x.ready.json"
    for text in (json.dumps({"pid": os.getpid()}), "{}", "no json", json.dumps({"pid": "1"}), "[]"):
        ready.write_text(text)
        end_left_over(ready)
    end_left_over(tmp_path / "missing.json")
    program = Program("sleeper", ["sh", "-c", "sleep 600 & wait", "sh"], tmp_path, {"PATH": os.environ["PATH"]})
    program.ready_file.write_text(json.dumps({"pid": program.process.pid}))
    children = wait_until("it has begun", psutil.Process(program.process.pid).children)
    end_left_over(program.ready_file)
    assert not psutil.pid_exists(program.process.pid)
    program.stop()  # tells its handle, too
    for child in children:
        child.kill()


def test_a_taken_port_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert free_port(str(taken.getsockname()[1])) == 0
        port = taken.getsockname()[1]
    assert free_port(str(port)) == port
    assert [free_port(text) for text in ("", "x", "-1", "70000")] == [0, 0, 0, 0]


def test_a_private_file_is_private(tmp_path: Path) -> None:
    write_private(tmp_path / "new" / "file", "secret")
    assert (tmp_path / "new" / "file").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new" / "file").read_text() == "secret"


def test_the_database_is_called_as_the_operator_says_but_in_the_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDON_DATABASE_SLUG", "heroku-postgresql")
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgres://nobody@localhost/")
    for partner, slug in (({}, "heroku-postgresql"), (QUICK_PARTNER, "database")):
        scene = Scene("http://localhost:1", "token", tmp_path / slug, partner=partner)
        scene.partner_url = "http://localhost:2"
        assert json.loads(scene.manifest("database").read_text())["id"] == slug
