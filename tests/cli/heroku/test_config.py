"""`heroku config...`: the recorded words (heroku-cli §15, Config), and quoting that a shell undoes."""

import json
import subprocess

import pytest

from platform_sim.cli.heroku.config import quoted

from .. import shapes
from ..conftest import Run
from ..fake_api import FakeApi

VARS = {"FOO": "bar", "LONG": "it's a 'quoted' value", "DATABASE_URL": "postgres://u:p@localhost:5432/db"}
CONFIG = "/apps/alpha/config-vars"
RELEASES = "GET /apps/alpha/releases"


@pytest.fixture
def alpha(api: FakeApi) -> FakeApi:
    api.on(f"GET {CONFIG}", VARS)
    return api


def test_the_list(alpha: FakeApi, heroku: Run) -> None:
    assert heroku("config", "-a", "alpha").stdout == (
        "=== alpha Config Vars\n\n"
        "FOO:          bar\n"
        "LONG:         it's a 'quoted' value\n"
        "DATABASE_URL: postgres://u:p@localhost:5432/db\n"
    )


def test_for_a_shell(alpha: FakeApi, heroku: Run) -> None:
    assert heroku("config", "-a", "alpha", "-s").stdout == (
        "FOO=bar\nLONG=\"it's a 'quoted' value\"\nDATABASE_URL='postgres://u:p@localhost:5432/db'\n"
    )


@pytest.mark.parametrize("flag", ["-j", "--json"])
def test_as_json(alpha: FakeApi, heroku: Run, flag: str) -> None:
    assert json.loads(heroku("config", "-a", "alpha", flag).stdout) == VARS


def test_none_and_values_of_several_lines(api: FakeApi, heroku: Run) -> None:
    api.on(f"GET {CONFIG}", {})
    assert heroku("config", "-a", "alpha").stdout == "alpha has no config vars.\n"
    api.on("GET /apps/beta/config-vars", {"KEY": "a\nb", "X": ""})
    assert heroku("config", "-a", "beta").stdout.splitlines()[2:] == ["KEY: a", "     b", "X:"]


def test_get(alpha: FakeApi, heroku: Run) -> None:
    assert heroku("config:get", "FOO", "-a", "alpha").stdout == "bar\n"
    assert heroku("config:get", "FOO", "NOPE", "-a", "alpha").stdout == "bar\n\n"
    assert heroku("config:get", "LONG", "-s", "-a", "alpha").stdout == "LONG=\"it's a 'quoted' value\"\n"
    assert json.loads(heroku("config:get", "FOO", "NOPE", "-a", "alpha", "--json").stdout) == [
        {"key": "FOO", "value": "bar"},
        {"key": "NOPE", "value": None},
    ]


def test_set(api: FakeApi, heroku: Run) -> None:
    api.on(f"PATCH {CONFIG}", {"A": "1", "BB": "2=x", "OLD": "0"})
    api.on(RELEASES, [shapes.release(4)])
    result = heroku("config:set", "A=1", "BB=2=x", "-a", "alpha")
    assert (result.exit_code, result.stdout) == (0, "A:  1\nBB: 2=x\n")
    assert result.stderr == "Setting A, BB and restarting alpha... done, v4\n"
    assert api.body_of(f"PATCH {CONFIG}") == {"A": "1", "BB": "2=x"}
    assert api.last(RELEASES).headers["range"] == "version ..; order=desc,max=1"


@pytest.mark.parametrize("setting", ["A", "=1", ""])
def test_set_of_what_is_no_setting(api: FakeApi, heroku: Run, setting: str) -> None:
    result = heroku("config:set", "OK=1", setting, "-a", "alpha")
    assert (result.exit_code, api.asked) == (1, [])
    assert f"{setting} is invalid. Must be in the format FOO=bar." in result.stderr


def test_unset(api: FakeApi, heroku: Run) -> None:
    api.on(f"PATCH {CONFIG}", {})
    api.on(RELEASES, [shapes.release(4)])
    result = heroku("config:unset", "FOO", "-a", "alpha")
    assert (result.stdout, result.stderr) == ("", "Unsetting FOO and restarting alpha... done, v4\n")
    assert api.body_of(f"PATCH {CONFIG}") == {"FOO": None}


@pytest.mark.processes
@pytest.mark.parametrize("value", ["a b", "it's", '"', "$HOME `id` $(id)", "it's $HOME \\ \" `id`", "a\nb'c", "", "!x"])
def test_a_shell_undoes_the_quotes(value: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'X={quoted(value)}; printf %s "$X"'], capture_output=True, text=True, check=True
    )
    assert done.stdout == value
