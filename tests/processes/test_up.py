"""`platform-sim up` as a process: what it writes, what it refuses, what it leaves."""

import json
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support import new_manifest
from .customer import Customer
from .leftovers import processes_below
from .sources import app
from .up import Up, outer_environment
from .waiting import LONGEST

pytestmark = pytest.mark.processes


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with Up(tmp_path) as made:
        yield made


def refused(folder: Path, *arguments: str, **environment: str) -> str:
    """Run `up` where it must end at once with 3; -> what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "platform_sim", "up", *arguments],
        cwd=folder,
        env=outer_environment(folder) | environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 3, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stderr


def test_the_ready_file_says_all_and_only_its_owner_reads_it(up: Up) -> None:
    ready = up.start()
    assert sorted(ready) == ["ca_file", "pid", "token", "url"]
    assert ready["pid"] == up.process.pid
    assert Path(ready["ca_file"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert stat.S_IMODE(up.ready_file.stat().st_mode) == 0o600
    customer = Customer(ready["url"], ready["token"], up.folder)
    assert customer.api("GET", "/account")["email"] == "you@example.com"
    assert customer.ask("GET", "/account", Authorization="Bearer wrong").status_code == 401
    assert (up.data / "ready.json").exists(), "commands in this folder find the platform by it"
    assert ready["url"] in up.said()
    assert ready["token"] not in up.said()


def test_services_of_a_file_are_there_before_anybody_asks_and_stay_what_they_are(up: Up) -> None:
    """At the second start on the same folder nothing is written that is as the file says; a change is brought in."""
    file = up.folder / "services.yaml"
    manifest = json.dumps(new_manifest("acme"))
    file.write_text(
        f"services:\n- manifest: {manifest}\n  state: ga\n  client_secret: acme-secret\n  plans: [{{name: a}}]\n"
    )
    ready = up.start("--services", str(file))
    customer = Customer(ready["url"], ready["token"], up.folder)
    [service] = customer.api("GET", "/sim/services")
    assert (service["name"], service["state"]) == ("acme", "ga")
    before = customer.api("GET", "/sim/events")
    up.stop()
    customer = Customer(up.start("--services", str(file))["url"], ready["token"], up.folder)
    assert customer.api("GET", "/sim/events") == before
    assert customer.api("GET", "/sim/services") == [service]
    assert len(customer.api("GET", "/api/v3/addons/acme/manifests")) == 1
    up.stop()
    file.write_text(file.read_text().replace("ga", "beta", 1))
    customer = Customer(up.start("--services", str(file))["url"], ready["token"], up.folder)
    assert customer.api("GET", "/addon-services/acme")["state"] == "beta"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_dynos_ready_file_and_port(up: Up, number: signal.Signals) -> None:
    ready = up.start()
    customer = Customer(ready["url"], ready["token"], up.folder)
    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app())
    customer.up("acme")
    dynos = processes_below(up.data / "dynos")
    assert len(dynos) == 1
    assert up.stop(number) == 0, up.said()
    assert "Traceback" not in up.said()
    assert not up.ready_file.exists()
    assert not (up.data / "ready.json").exists()
    assert processes_below(up.folder) == {}
    assert list((up.data / "dynos").iterdir()) == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", customer.port)) != 0


def test_a_folder_is_kept_between_runs_with_port_and_token(up: Up) -> None:
    first = up.start()
    Customer(first["url"], first["token"], up.folder).api("POST", "/apps", {"name": "acme"})
    up.stop()
    second = up.start()
    assert (second["url"], second["token"]) == (first["url"], first["token"])
    apps = Customer(second["url"], second["token"], up.folder).api("GET", "/apps")
    assert [each["name"] for each in apps] == ["acme"]


def test_a_clock_that_was_moved_is_found_where_it_was_after_a_kill(up: Up, tmp_path: Path) -> None:
    def customer() -> Customer:
        ready = up.start()
        return Customer(ready["url"], ready["token"], tmp_path)

    first = customer()
    first.api("POST", "/sim/clock/freeze")
    stood = first.api("POST", "/sim/clock/advance", {"by": "30d"})["now"]
    up.kill()
    second = customer()
    assert {"now": stood, "frozen": True}.items() <= second.api("GET", "/sim/clock").items()
    second.api("POST", "/sim/reset")
    assert second.api("GET", "/sim/clock")["now"] == stood
    assert second.api("POST", "/sim/clock/resume")["now"] >= stood
    up.kill()
    third = customer().api("GET", "/sim/clock")
    assert (third["frozen"], third["now"] > stood) == (False, True)


def test_a_second_one_on_the_same_folder_is_refused_and_disturbs_nothing(up: Up) -> None:
    ready = up.start()
    said = refused(up.folder, "--port", "0", "--data", str(up.data))
    assert "already runs" in said
    assert str(ready["pid"]) in said
    assert "--data" in said, "what to do instead"
    assert json.loads((up.data / "ready.json").read_text())["pid"] == ready["pid"]
    assert Customer(ready["url"], ready["token"], up.folder).api("GET", "/apps") == []
    again = refused(up.folder, "--port", "0", "--data", str(up.data))
    assert "already runs" in again, "the refused one did not take the mark of the first"


def test_a_taken_port_is_refused_and_the_folder_stays_free(up: Up) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(up.folder, "--port", str(port), "--data", str(up.data))
    assert str(port) in said
    assert "choose another port" in said, "what to do instead"
    up.start()


def test_memory_leaves_no_file(tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    with Up(tmp_path, "--memory", "--frozen-at", "2026-03-01T12:00:00Z") as up:
        ready = up.start()
        customer = Customer(ready["url"], ready["token"], tmp_path)
        assert customer.api("GET", "/sim/clock")["now"] == "2026-03-01T12:00:00+00:00"
        customer.api("POST", "/apps", {"name": "acme"})
        customer.deploy("acme", app())
        customer.up("acme")
        assert up.stop() == 0
    left = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert left == {up.output}
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_bad_setting_is_refused_by_name(tmp_path: Path) -> None:
    said = refused(tmp_path, "--port", "0", "--memory", PLATFORM_SIM_STOP_GRACE="soon")
    assert "PLATFORM_SIM_STOP_GRACE='soon'" in said
    assert "a number" in said
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refused(tmp_path, "--port", "0", "--data", str(tmp_path / "file" / "data"))
    assert str(tmp_path / "file") in said
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_ready_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refused(tmp_path, "--port", "0", "--memory", "--ready-file", str(tmp_path / "file" / "ready.json"))
    assert str(tmp_path / "file" / "ready.json") in said
    assert list((tmp_path / "scratch").iterdir()) == []


def test_it_ends_as_well_when_nobody_reads_its_output_any_more(tmp_path: Path) -> None:
    """`platform-sim up | head -2`: the stop has a word to say, and nowhere to say it."""
    ready_file = tmp_path / "ready.json"
    arguments = [sys.executable, "-m", "platform_sim", "up", "--port", "0", "--data", str(tmp_path / "data")]
    with subprocess.Popen(
        [*arguments, "--ready-file", str(ready_file)],
        cwd=tmp_path,
        env=outer_environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        assert b"listens on" in process.stdout.readline()
        assert b"env" in process.stdout.readline()
        process.stdout.close()
        ready = json.loads(ready_file.read_text())
        customer = Customer(ready["url"], ready["token"], tmp_path)
        customer.api("POST", "/apps", {"name": "acme"})
        customer.deploy("acme", app())
        customer.up("acme")
        process.terminate()
        process.wait(LONGEST)
    assert not ready_file.exists()
    assert processes_below(tmp_path) == {}


def test_a_folders_port_that_was_taken_meanwhile_is_given_up(up: Up) -> None:
    first = up.start()
    port = Customer(first["url"], "", up.folder).port
    assert up.stop() == 0
    with socket.create_server(("127.0.0.1", port)):
        second = up.start()
        assert second["url"] != first["url"]
        assert Customer(second["url"], second["token"], up.folder).api("GET", "/apps") == []
        up.stop()


def test_a_database_that_is_none_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "data" / "platform.db"
    file.parent.mkdir()
    file.write_bytes(b"a diary, perhaps; certainly no database " * 100)
    said = refused(tmp_path, "--port", "0", "--data", str(file.parent))
    assert str(file) in said
    assert "another --data folder" in said
    assert file.read_bytes().startswith(b"a diary")
