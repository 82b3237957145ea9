"""The CLI as a user meets it: a fake platform on a real socket, an empty folder, nothing in the environment."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from platform_sim.cli.main import cli

from .fake_api import TOKEN, FakeApi, running

Run = Callable[..., Result]

NAMES = (
    *("HEROKU_HOST", "HEROKU_API_KEY", "HEROKU_APP", "PLATFORM_SIM_READY", "NO_COLOR"),
    *("GIT_CONFIG_COUNT", "GIT_EXEC_PATH"),
    *("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "no_proxy"),
)


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A fake platform."""
    with running() as fake:
        yield fake


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an environment that says nothing of a platform."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run_alone(alone: Path) -> Run:
    """Runs a command line with no platform known."""

    def run(*words: str, input: str | None = None, **environment: str) -> Result:
        return CliRunner().invoke(cli, list(words), input=input, env=environment)

    return run


@pytest.fixture
def run(api: FakeApi, run_alone: Run) -> Run:
    """Runs a command line against the fake platform."""

    def run(*words: str, **more: Any) -> Result:
        return run_alone(*words, **{"HEROKU_HOST": api.url, "HEROKU_API_KEY": TOKEN, **more})

    return run


@pytest.fixture
def heroku(run: Run) -> Run:
    """Runs `heroku ...` against the fake platform."""

    def run_heroku(*words: str, **more: Any) -> Result:
        return run("heroku", *words, **more)

    return run_heroku
