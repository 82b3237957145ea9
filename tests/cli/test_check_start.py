"""`check --start`: the whole command line with a partner that it starts itself."""

import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from platform_sim.loopback import free_port

from ..processes.leftovers import nothing_left, processes_below
from ..processes.up import outer_environment
from ..processes.waiting import LONGEST, wait_until
from .conftest import Run

__all__ = ["nothing_left"]
pytestmark = pytest.mark.processes

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MANIFEST = EXAMPLES / "addon-manifest.json"
PARTNER = f"exec {shlex.quote(sys.executable)} {shlex.quote(str(EXAMPLES / 'partner_stdlib.py'))}"
DIES = """
import os, runpy
given = runpy.run_path(PARTNER)
class Mortal(given["Partner"]):
    def do_PUT(self):
        if self.path.rpartition("/")[2] not in given["resources"]:
            return self.do_POST()
        print("oh", flush=True)
        os._exit(7)
given["ThreadingHTTPServer"](("127.0.0.1", int(os.environ["PORT"])), Mortal).serve_forever()
"""


@pytest.fixture
def url() -> str:
    """Where nobody listens."""
    return f"http://127.0.0.1:{free_port()}"


def mortal(folder: Path) -> str:
    """A partner that dies of a plan change."""
    file = folder / "mortal.py"
    file.write_text(f"PARTNER = {str(EXAMPLES / 'partner_stdlib.py')!r}\n{DIES}")
    return f"exec {shlex.quote(sys.executable)} {shlex.quote(str(file))}"


QUICK = ("--manifest", str(MANIFEST), "--quick", "--plan", "test", "--plan", "pro")


def test_it_is_told_all_it_has_to_know_and_is_gone_afterwards(url: str, run_alone: Run, alone: Path) -> None:
    command = f"env > told; echo $MORE >> told; cd {alone}; {PARTNER}"
    (alone / ".env").write_text("MORE='from the file'\nSSO_SALT=of-another\n")
    words = ("check", url, *QUICK, "--only", "provision,G", "--start", command, "--env-file", ".env", "--json")
    result = run_alone(*words)
    assert result.exit_code == 0, result.output
    kinds = {each["rule"]: each["kind"] for each in json.loads(result.stdout)["results"]}
    assert kinds["G02"] == "pass", "the grant was exchanged with the secret, on the port that was free"
    told = dict(line.split("=", 1) for line in (alone / "told").read_text().splitlines() if "=" in line)
    assert (told["PORT"], told["SSO_SALT"]) == (url.rpartition(":")[2], "acme-salt")
    assert (told["HEROKU_USERNAME"], told["HEROKU_PASSWORD"]) == ("acme", "acme-password")
    assert (told["MORE"], "HTTPS_PROXY" in told) == ("from the file", False)


@pytest.mark.parametrize("words", [["--env-file", ".env"], ["--intercept"]])
def test_what_is_for_a_started_partner_needs_one(words: list[str], run_alone: Run) -> None:
    result = run_alone("check", *QUICK, *words)
    assert result.exit_code == 2
    assert "give --start" in result.output


def test_herokus_own_names_lead_to_the_checker(url: str, run_alone: Run) -> None:
    """As for a partner that has them built in."""
    start = f"HEROKU_API_URL=https://id.heroku.com {PARTNER}"
    result = run_alone("check", url, *QUICK, "--only", "G02", "--start", start, "--intercept", "--json")
    assert result.exit_code == 0, result.output
    assert [each["kind"] for each in json.loads(result.stdout)["results"]] == ["pass"]


def test_one_that_does_not_come_up_is_3(url: str, run_alone: Run) -> None:
    result = run_alone("check", url, *QUICK, "--start", "echo no database; exit 5")
    assert result.exit_code == 3
    assert "ended with exit code 5 and never listened. It said:\nno database" in result.stderr


def test_it_is_not_waited_for_on_another_machine(run_alone: Run, alone: Path) -> None:
    manifest = json.loads(MANIFEST.read_text())
    del manifest["api"]["test"]
    (alone / "addon-manifest.json").write_text(json.dumps(manifest))
    result = run_alone("check", "--start", "exit 0")
    assert result.exit_code == 3
    assert "the manifest says acme.example, where nothing can be started: name the URL" in result.stderr


def test_after_a_death_the_rest_is_checked(url: str, run_alone: Run, alone: Path) -> None:
    words = ("--start", mortal(alone), "--json", "--only", "plan change,D")
    result = run_alone("check", url, *QUICK, *words)
    assert "the partner ended with exit code 7; it is started again. It said:\n" in result.stderr
    assert result.stderr.endswith("\noh\n")
    kinds = {each["rule"]: each["kind"] for each in json.loads(result.stdout)["results"]}
    assert kinds["L01"] == "fail"
    assert kinds["D01"] != "lost"


def test_ctrl_c_leaves_nothing(url: str, alone: Path) -> None:
    """Neither at the partner nor on the machine: not even if it comes by SIGTERM, from a CI service."""
    for number in (signal.SIGINT, signal.SIGTERM):
        log = alone / f"log-{number}"
        start = f"cd {alone}; {PARTNER} 2> {log}"
        words = ["check", url, "--manifest", str(MANIFEST), "--plan", "test", "--start", start]
        with subprocess.Popen(
            [sys.executable, "-m", "platform_sim", *words],
            env=outer_environment(alone),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as check:
            wait_until(
                "something is made", lambda log=log: log.exists() and '"POST /heroku/resources' in log.read_text()
            )
            check.send_signal(number)
            _, said = check.communicate(timeout=LONGEST)
        assert (check.returncode, said.decode().strip()) == (130, "Interrupted.")
        assert processes_below(alone) == {}
        assert '"DELETE /heroku/resources' in log.read_text()
