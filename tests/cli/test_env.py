"""What `env` prints, that shells and git understand it, and the way back."""

import json
import os
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import Result

from platform_sim.cli.env import setting, unsetting

from .conftest import Run
from .fake_api import TOKEN, FakeApi

URL = "http://localhost:5100"
HELPER = '!f() { test "$1" = get && printf "username=platform-sim\\npassword=%s\\n" "$HEROKU_API_KEY"; }; f'

GOLDEN = """\
export HEROKU_HOST='URL'
export HEROKU_PARTICLEBOARD_URL='URL'
export HEROKU_LOGIN_HOST='URL'
export HEROKU_STATUS_HOST='URL'
export HEROKU_BUILDPACK_REGISTRY_URL='URL'
export HEROKU_API_KEY='token-of-the-fake'
export HEROKU_DATA_HOST='127.0.0.1'
export HEROKU_ADDONS_HOST='http://127.0.0.1'
export DISABLE_TELEMETRY='true'
export HEROKU_SKIP_NEW_VERSION_CHECK='true'
export HEROKU_DISABLE_AUTOUPDATE='1'
export HEROKU_NETRC_WRITE='true'
export GIT_CONFIG_COUNT='5'
export GIT_CONFIG_KEY_0='credential.URL.helper'
export GIT_CONFIG_VALUE_0=''
export GIT_CONFIG_KEY_1='credential.URL.helper'
export GIT_CONFIG_VALUE_1='HELPER'
export GIT_CONFIG_KEY_2='credential.SECURE.helper'
export GIT_CONFIG_VALUE_2=''
export GIT_CONFIG_KEY_3='credential.SECURE.helper'
export GIT_CONFIG_VALUE_3='HELPER'
export GIT_CONFIG_KEY_4='url.URL/.insteadOf'
export GIT_CONFIG_VALUE_4='SECURE/'
"""


@pytest.fixture
def run_env(api: FakeApi, run: Run) -> Run:
    api.on("GET /account", {"email": "dev@example.com"})

    def run_env(*words: str, **more: str) -> Result:
        return run("env", *words, **more)

    return run_env


def test_the_text_for_a_posix_shell(api: FakeApi, run_env: Run) -> None:
    result = run_env()
    expected = GOLDEN.replace("SECURE", api.url.replace("http:", "https:")).replace("URL", api.url, 1)
    expected = expected.replace("'URL", f"'{api.url}").replace(".URL", f".{api.url}").replace("HELPER", HELPER)
    assert (result.exit_code, result.stdout) == (0, expected)


def test_json_holds_the_same(api: FakeApi, run_env: Run) -> None:
    found = json.loads(run_env("--json").stdout)
    assert found["HEROKU_HOST"] == api.url
    assert found["GIT_CONFIG_VALUE_1"] == HELPER
    assert json.loads(run_env("--shell", "json").stdout) == found


def test_a_ready_file_comes_before_what_an_earlier_env_has_set(api: FakeApi, run_env: Run, alone: Path) -> None:
    (alone / "ready.json").write_text(json.dumps({"url": api.url, "token": "fresh", "ca_file": "/ca.pem", "pid": 1}))
    old = {"HEROKU_HOST": "http://localhost:1", "HEROKU_API_KEY": "stale", "PLATFORM_SIM_READY": "ready.json"}
    found = json.loads(run_env("--json", **old).stdout)
    assert (found["HEROKU_HOST"], found["HEROKU_API_KEY"]) == (api.url, "fresh")
    assert found["NODE_EXTRA_CA_CERTS"] == "/ca.pem"


def test_a_dead_platform_sets_nothing(run_alone: Run) -> None:
    result = run_alone("env", "--url", "http://127.0.0.1:1", "--token", "t")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "no platform answers at http://127.0.0.1:1: start one with `platform-sim up`" in result.stderr


def test_with_an_authority_git_trusts_the_https_address() -> None:
    found = setting(URL, "t", "/ca.pem", {})
    assert found["GIT_CONFIG_KEY_4"] == "http.https://localhost:5100/.sslCAInfo"
    assert found["GIT_CONFIG_VALUE_4"] == "/ca.pem"
    assert "insteadOf" not in json.dumps(found)


def test_proxies_are_passed_by() -> None:
    assert "NO_PROXY" not in setting(URL, "t", None, {})
    found = setting(URL, "t", None, {"https_proxy": "http://proxy", "NO_PROXY": "example.com,localhost"})
    assert found["NO_PROXY"] == found["no_proxy"] == "example.com,localhost,127.0.0.1"


def test_intercepting_tells_no_address_and_trusts_the_authority() -> None:
    found = setting(URL, "t", "/ca.pem", {"HEROKU_HOST": URL}, "intercept")
    assert found["HEROKU_HOST"] is None
    assert found["HTTPS_PROXY"] == found["https_proxy"] == URL
    assert {found[name] for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")} == {"/ca.pem"}
    assert found["GIT_CONFIG_KEY_3"] == "credential.https://git.heroku.com.helper"


def test_the_proxy_way_catches_hosts_built_in() -> None:
    found = setting(URL, "t", "/ca.pem", {"NO_PROXY": "localhost"}, "proxy")
    assert (found["HEROKU_HOST"], found["HTTP_PROXY"], found["NO_PROXY"]) == (URL, URL, None)
    assert "http_proxy" not in found, "git and curl need no proxy to this machine"


@pytest.mark.parametrize("way", ["proxy", "intercept"])
def test_both_need_the_authoritys_file(way: str) -> None:
    with pytest.raises(click.UsageError, match=f"--{way} needs"):
        setting(URL, "t", None, {}, way)


def after(changes: dict[str, str | None], environment: dict[str, str]) -> dict[str, str]:
    """An environment with the changes made."""
    merged: dict[str, str | None] = {**environment, **changes}
    return {name: value for name, value in merged.items() if value is not None}


OWN_GIT = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Me"}


@pytest.mark.parametrize("way", ["address", "proxy", "intercept"])
@pytest.mark.parametrize(
    "before",
    [{}, OWN_GIT, OWN_GIT | {"GIT_SSL_CAINFO": "/etc/bundle.pem"}],
    ids=["bare", "with git settings", "with an authority for git"],
)
def test_twice_is_once_and_unset_is_the_way_back(before: dict[str, str], way: str) -> None:
    once = after(setting(URL, "t", "/ca.pem", before, way), before)
    twice = after(setting(URL, "t", "/ca.pem", once, way), once)
    assert twice == once
    assert after(unsetting(twice), twice) == before


@pytest.mark.processes
def test_an_authority_for_git_that_was_there_does_not_stand_in_the_way() -> None:
    """GIT_SSL_CAINFO outranks the entry for one address (heroku-cli §6)."""
    before = {"GIT_SSL_CAINFO": "/etc/bundle.pem", "PATH": os.environ["PATH"]}
    now = after(setting(URL, "t", "/ca.pem", before), before)
    assert "GIT_SSL_CAINFO" not in now
    for address, trusted in (("https://localhost:5100/x.git", "/ca.pem"), ("https://example.com/", "/etc/bundle.pem")):
        question = ["git", "config", "--get-urlmatch", "http.sslCAInfo", address]
        assert subprocess.run(question, env=now, capture_output=True, text=True).stdout.strip() == trusted
    plain = after(setting(URL, "t", None, before), before)
    assert plain["GIT_SSL_CAINFO"] == "/etc/bundle.pem", "without an authority there is no https to us"


def test_a_users_git_settings_stay() -> None:
    found = setting(URL, "t", None, OWN_GIT)
    assert (found["GIT_CONFIG_COUNT"], found["GIT_CONFIG_KEY_0"], found["GIT_CONFIG_VALUE_0"]) == (
        "6",
        "user.name",
        "Me",
    )


@pytest.mark.parametrize("count", ["", "x", "-1", "7"])
def test_a_broken_count_of_git_settings_counts_as_the_end(count: str) -> None:
    found = setting(URL, "t", None, {"GIT_CONFIG_COUNT": count})
    assert found["GIT_CONFIG_COUNT"] == "5"


def test_unset_needs_no_platform(run_alone: Run) -> None:
    result = run_alone("env", "--unset")
    assert result.exit_code == 0
    assert "unset HEROKU_HOST\n" in result.stdout
    assert "unset NODE_EXTRA_CA_CERTS\n" in result.stdout
    assert "GIT_CONFIG" not in result.stdout


@pytest.mark.parametrize(
    ("shell", "set_line", "unset_line"),
    [
        ("sh", "export HEROKU_API_KEY='it'\\''s'", "unset HEROKU_API_KEY"),
        ("fish", "set -gx HEROKU_API_KEY 'it\\'s';", "set -e HEROKU_API_KEY;"),
        ("powershell", "$env:HEROKU_API_KEY = 'it''s'", "Remove-Item Env:HEROKU_API_KEY -ErrorAction SilentlyContinue"),
    ],
)
def test_each_shell_has_its_words(run_env: Run, api: FakeApi, shell: str, set_line: str, unset_line: str) -> None:
    assert set_line in run_env("--shell", shell, HEROKU_API_KEY="it's").stdout.splitlines()
    assert unset_line in run_env("--shell", shell, "--unset").stdout.splitlines()


@pytest.mark.processes
def test_a_shell_reads_it_and_git_finds_user_and_token_without_a_prompt(
    run_env: Run, api: FakeApi, alone: Path
) -> None:
    (alone / "env.sh").write_text(run_env().stdout)
    for scheme in ("http", "https"):
        host = api.url.removeprefix("http://")
        done = subprocess.run(
            ["sh", "-c", ". ./env.sh && git credential fill"],
            input=f"protocol={scheme}\nhost={host}\n\n",
            env={"PATH": os.environ["PATH"], "HOME": str(alone), "GIT_TERMINAL_PROMPT": "0"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "username=platform-sim" in done.stdout.splitlines()
        assert f"password={TOKEN}" in done.stdout.splitlines()


@pytest.mark.processes
def test_no_helper_of_the_user_sees_the_token(run_env: Run, api: FakeApi, alone: Path) -> None:
    (alone / ".gitconfig").write_text(f'[credential]\n\thelper = "!cat >> {alone}/seen #"\n')
    (alone / "env.sh").write_text(run_env().stdout)
    for act in ("fill", "approve"):
        subprocess.run(
            ["sh", "-c", f". ./env.sh && git credential {act}"],
            input=f"protocol=http\nhost={api.url.removeprefix('http://')}\nusername=x\npassword={TOKEN}\n\n",
            env={"PATH": os.environ["PATH"], "HOME": str(alone), "GIT_TERMINAL_PROMPT": "0"},
            capture_output=True,
            text=True,
            check=True,
        )
    assert not (alone / "seen").exists()


@pytest.mark.parametrize("way", ["address", "proxy", "intercept"])
def test_for_a_login_there_is_no_token(way: str) -> None:
    """`heroku login` refuses with HEROKU_API_KEY (heroku-cli §3); git asks the CLI for the token of the login."""
    found = setting(URL, None, "/ca.pem", {}, way)
    assert found["HEROKU_API_KEY"] is None
    assert found["HEROKU_LOGIN_HOST"] == URL, "a browser asks no proxy"
    helpers = {value for key, value in found.items() if key.startswith("GIT_CONFIG_VALUE") and value}
    assert helpers == {"!heroku git:credentials", "/ca.pem"}


def test_the_command_leaves_the_token_out(run_env: Run) -> None:
    assert "unset HEROKU_API_KEY\n" in run_env("--login").stdout
