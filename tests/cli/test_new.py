"""`new addon`: what it writes, and that the partners which it writes are right, in each language, also after a kill."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from platform_sim.conformance.calls import api, refreshes, swaps
from platform_sim.conformance.home import Home, Instance
from platform_sim.conformance.rule import Kind
from platform_sim.conformance.run import Target, run
from platform_sim.conformance.scenes.scene import Mode
from platform_sim.core.model.sso import Entry
from platform_sim.loopback import free_port
from platform_sim.partners.http_send import HttpSend

from ..long import long
from ..zoo.animal import told
from .conftest import Run

ROOT = Path(__file__).parents[2]
PLANS = ("test", "basic")
SECRET = "client-secret-of-the-test"
STARTS = {"python": [sys.executable, "service.py"], "node": ["node", "service.mjs"]}
NOWHERE = "http://127.0.0.1:1"
EVIL = "<b>ada</b>@example.com"


def has_node() -> bool:
    """Whether one is there that is new enough."""
    node = shutil.which("node")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout if node else "v0"
    return int(said.lstrip("v").partition(".")[0] or 0) >= 20


LANGUAGES = ["python", pytest.param("node", marks=pytest.mark.skipif(not has_node(), reason="needs Node >= 20"))]


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "addon-manifest.json").read_text())
    return found


class Starter:
    """A partner that was written, at a port of its own."""

    def __init__(self, folder: Path, words: Sequence[str]) -> None:
        self.folder, self.words = folder, words
        self.manifest = _manifest(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self, heroku: str) -> Iterator[None]:
        """Until the end, which is a kill."""
        names = {"PORT": str(self.port), "PUBLIC_URL": self.url, "CLIENT_SECRET": SECRET, "HEROKU_API_URL": heroku}
        with subprocess.Popen(
            self.words, cwd=self.folder, env=os.environ | names, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline().startswith(b"listening on ")
                yield
            finally:
                process.kill()

    def order(self, uuid: str, plan: str = "test") -> requests.Response:
        """POST, without a grant."""
        credentials = (self.manifest["id"], self.manifest["api"]["password"])
        body = {"uuid": uuid, "plan": plan, "oauth_grant": None}
        return requests.post(f"{self.url}/heroku/resources", json=body, auth=credentials, timeout=10)

    def browser(self, uuid: str) -> requests.Session:
        """A browser in which somebody has signed in."""
        form = Entry(uuid, uuid, "u1", EVIL, "shop", "shop", "e30").signed(
            self.manifest["api"]["sso_salt"], str(int(time.time()))
        )
        session = requests.Session()
        page = session.post(f"{self.url}/sso/login", data=form, timeout=10)
        assert page.status_code == 200
        assert "Rotate the key" in page.text
        assert "<b>ada" not in page.text
        return session

    def rotate(self, browser: requests.Session) -> str:
        """What the page says then."""
        return browser.post(f"{self.url}/dashboard/rotate", timeout=10).text


@pytest.fixture(params=LANGUAGES)
def starter(request: pytest.FixtureRequest, run_alone: Run, alone: Path) -> Starter:
    assert run_alone("new", "addon", "--lang", request.param, "zebra-7").exit_code == 0
    return Starter(alone / "zebra-7", STARTS[request.param])


@long
@pytest.mark.processes
def test_a_starter_passes_every_rule(starter: Starter) -> None:
    port = free_port()
    with starter.running(f"http://127.0.0.1:{port}"):
        target = Target(starter.manifest, PLANS, starter.url, SECRET, port)
        report = run(target, HttpSend(), mode=Mode.DEEP, slowness=0.3)
    assert report.findings == (), told(report.findings)
    assert report.leaks == ()
    assert report.counts()[Kind.PASS] > 200


@pytest.mark.processes
def test_a_starter_keeps_its_duties_over_kills(starter: Starter) -> None:
    with Home(starter.manifest, PLANS, HttpSend(), local=starter.url, client_secret=SECRET) as home:
        with starter.running(NOWHERE):
            made = home.install("test")
            assert made.state == "provisioned"
        with starter.running(home.platform.url):
            home.overheard.wait(lambda calls: bool(swaps(calls)), 10)
            assert [call.status for call in swaps(home.overheard.calls)] == [200]
            browser = starter.browser(made.uuid)
            assert "restarts with a new key" in starter.rotate(browser)
            assert home.look(made.uuid).config != made.config
            assert _answers(made, home.look(made.uuid)) == [200, 200]
        with starter.running(home.platform.url):
            _is_as_before(starter, home, made.uuid, browser)
            _refreshes(starter, home, browser)
            home.destroy(made.uuid)
            assert starter.order(made.uuid).status_code == 410
            assert browser.get(f"{starter.url}/dashboard", timeout=10).status_code == 403
            assert _answers(made) == [401]


def _answers(*instances: Instance) -> list[int]:
    """Of the URLs that the app was given."""
    urls = [each.config["ZEBRA_7_URL"] for each in instances]
    return [requests.get(url, timeout=10).status_code for url in urls]


def _is_as_before(starter: Starter, home: Home, uuid: str, browser: requests.Session) -> None:
    again = starter.order(uuid)
    assert (again.status_code, again.json()["config"]) == (200, home.look(uuid).config)
    assert browser.get(f"{starter.url}/dashboard", timeout=10).status_code == 200


def _refreshes(starter: Starter, home: Home, browser: requests.Session) -> None:
    """After a 401, before the end, and not for ever."""
    heard = home.overheard.calls
    home.set_rules(access_token_life=60)
    for patches in ([401, 200], [200]):
        if len(patches) > 1:
            home.end_access_tokens()
        begun = len(heard)
        assert "restarts with a new key" in starter.rotate(browser)
        assert [call.status for call in api(heard[begun:])] == patches
        assert [call.status for call in refreshes(heard[begun:])] == [200]
    home.set_client_secret("another")
    begun = len(heard)
    assert "was not rotated" in starter.rotate(browser)
    assert [call.status for call in heard[begun:]] == [401]


def test_what_is_written(run_alone: Run, alone: Path) -> None:
    result = run_alone("new", "addon", "--lang", "python", "here/it is", "--id", "zebra-box")
    assert result.exit_code == 0, result.output
    assert "cd 'here/it is'" in result.output
    folder = alone / "here" / "it is"
    manifest, example = folder / "addon-manifest.json", (folder / "addon-manifest.example.json").read_text()
    assert manifest.stat().st_mode & 0o777 == 0o600
    secrets = [_manifest(folder)["api"][name] for name in ("password", "sso_salt")]
    assert all(len(secret) == 64 and secret not in result.output + example for secret in secrets)
    assert "addon-manifest.json" in (folder / ".gitignore").read_text().splitlines()
    workflow = yaml.safe_load((folder / ".github" / "workflows" / "check.yml").read_text())
    assert any("sed" in step.get("run", "") for step in workflow["jobs"]["check"]["steps"])
    written = [each.read_text() for each in folder.rglob("*") if each.is_file()]
    assert not any("acme" in text.lower() for text in written)
    assert any('"ZEBRA_BOX_URL"' in text for text in written)


def test_the_python_that_is_written_has_the_form_of_ours(run_alone: Run, alone: Path) -> None:
    run_alone("new", "addon", "--lang", "python", "zebra-7")
    for words in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *words, "--no-cache", "--config", str(ROOT / "pyproject.toml"), "zebra-7"]
        done = subprocess.run(ruff, cwd=alone, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.processes
def test_the_tests_that_are_written_pass_and_can_fail(
    run_alone: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_alone("new", "addon", "--lang", "python", str(pytester.path / "zebra-7"))
    monkeypatch.chdir(pytester.path / "zebra-7")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    quick = ("-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
    pytester.runpytest_inprocess(*quick).assert_outcomes(passed=2)
    service = Path("service.py")
    service.write_text(service.read_text().replace("store.delete(known_uuid(uuid, 404))", "known_uuid(uuid, 404)"))
    pytester.runpytest_inprocess(*quick, "-k", "whole_life").assert_outcomes(failed=1)


def test_secrets_are_made_anew_each_time(run_alone: Run, alone: Path) -> None:
    for name in ("one", "two"):
        run_alone("new", "addon", "--lang", "node", name)
    first, second = (_manifest(alone / name)["api"] for name in ("one", "two"))
    assert len({first["password"], first["sso_salt"], second["password"], second["sso_salt"]}) == 4


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["full"], "full is not empty"),
        (["my-addon"], "'my-addon' is no good slug"),
        (["fine", "--id", "Not Fine"], "Name another with --id"),
        (["fine", "--lang", "cobol"], "cobol"),
        (["full/file"], "is a file"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    words: list[str], says: str, run_alone: Run, alone: Path
) -> None:
    (alone / "full").mkdir()
    (alone / "full" / "file").touch()
    result = run_alone("new", "addon", "--lang", "python", *words)
    assert result.exit_code == 2
    assert says in result.output
    assert sorted(each.name for each in alone.rglob("*")) == ["file", "full"]


def test_a_folder_that_cannot_be_made_is_the_machines_problem(run_alone: Run, alone: Path) -> None:
    (alone / "file").touch()
    result = run_alone("new", "addon", "--lang", "node", "file/below", "--id", "zebra")
    assert result.exit_code == 3
    assert "name another folder" in result.output
