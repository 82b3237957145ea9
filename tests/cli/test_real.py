"""The commands against a real platform: what the fake platform says in the other tests is what the real one says."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from platform_sim.assemble import Options, Platform
from platform_sim.cli.main import cli

from ..support import new_manifest
from .fake_api import FakeApi, running

# The platform's web server sets an option that waitress is going to drop; that is not this room's to judge.
pytestmark = pytest.mark.processes

RESOURCES = "/r"


@pytest.fixture
def partner() -> Iterator[FakeApi]:
    """A partner that says yes to everything."""
    with running() as fake:
        fake.on(f"POST {RESOURCES}", {"id": "r1", "config": {"EXCEPTIONS_URL": "http://one"}, "message": "Welcome."})
        fake.on(f"PUT {RESOURCES}/*", {"message": "Bigger."})
        fake.on(f"DELETE {RESOURCES}/*", b"", 204)
        yield fake


class Shell:
    """Runs command lines as a user of one platform, in one folder."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self.folder = folder
        ready = folder / "ready.json"
        ready.write_text(json.dumps({"url": platform.url, "token": platform.token, "ca_file": None, "pid": 1}))
        self.environment = {"PLATFORM_SIM_READY": str(ready)}

    def __call__(self, *words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, list(words), env=self.environment)
        assert result.exit_code == code, result.output
        return result

    def heroku(self, *words: str, code: int = 0) -> Result:
        return self("heroku", *words, code=code)

    def git(self, *words: str) -> str:
        """git with what `env` says, and without any way to ask a person."""
        changes = json.loads(self("env", "--json").stdout)
        quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(self.folder)}
        who = {f"GIT_{kind}_{part}": "me@example.com" for kind in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], **changes, **quiet, **who},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr


@pytest.fixture
def shell(alone: Path) -> Iterator[Shell]:
    with Platform(Options(seed=1)) as platform:
        yield Shell(platform, alone)


def deleted(partner: FakeApi) -> int:
    """How many DELETEs the partner has seen."""
    return sum(asked.method == "DELETE" for asked in partner.asked)


def register(shell: Shell, partner: FakeApi) -> Result:
    manifest = new_manifest()
    manifest["api"]["production"] = {"base_url": f"{partner.url}{RESOURCES}", "sso_url": f"{partner.url}/sso"}
    (shell.folder / "manifest.json").write_text(json.dumps(manifest))
    return shell("addons", "register", "manifest.json", "--plan", "test", "--plan", "pro=5000", "--json")


def test_the_life_of_an_add_on(shell: Shell, partner: FakeApi) -> None:
    service = json.loads(register(shell, partner).stdout)
    assert service["name"] == "exceptions"
    assert [(plan["name"], plan["cents"]) for plan in service["plans"]] == [("test", 0), ("pro", 5000)]
    assert "Creating alpha... done" in shell.heroku("apps:create", "alpha").stderr
    created = shell.heroku("addons:create", "exceptions", "-a", "alpha", "--name", "errors", "--", "--region=eu")
    assert created.stderr == "Creating exceptions on alpha... free\n"
    assert created.stdout.splitlines()[:2] == ["Welcome.", "Created errors as EXCEPTIONS_URL"]
    assert partner.body_of(f"POST {RESOURCES}")["options"]["region"] == "eu"
    assert shell.heroku("config:get", "EXCEPTIONS_URL", "-a", "alpha").stdout == "http://one\n"
    changed = shell.heroku("addons:upgrade", "errors", "pro")
    assert changed.stderr.endswith("to exceptions:pro... done, ~$0.069/hour (max $50/month)\n")
    assert "  alpha        errors   exceptions:pro" in shell.heroku("addons").stdout
    assert "└─ as EXCEPTIONS" in shell.heroku("addons", "-a", "alpha").stdout
    assert "Plan:         exceptions:pro" in shell.heroku("addons:info", "errors").stdout
    assert "default   exceptions:test" in shell.heroku("addons:plans", "exceptions").stdout
    assert "exceptions   Exceptions   alpha" in shell.heroku("addons:services").stdout
    assert "/sso/apps/" in shell.heroku("addons:open", "EXCEPTIONS", "-a", "alpha", "--show-url").stdout
    assert "/sso/apps/" in shell.heroku("addons:open", "errors", "--show-url").stdout
    assert "/sso/apps/" in shell.heroku("addons:open", "exceptions", "-a", "alpha", "--show-url").stdout
    assert json.loads(shell("addons", "list", "--json").stdout)[0]["live"] == 1
    said = [json.loads(line) for line in shell("exchanges", "-a", "errors", "--json").stdout.splitlines()]
    assert [(row["method"], row["status"]) for row in said] == [("POST", 200), ("PUT", 200)]
    gone = shell.heroku("addons:destroy", "errors", "--confirm", "alpha")
    assert gone.stderr == "Destroying errors on alpha... done\n"
    assert shell.heroku("addons").stdout == "No add-ons.\n"
    assert deleted(partner) == 1


def test_a_plan_and_a_service_that_are_not_there(shell: Shell, partner: FakeApi) -> None:
    register(shell, partner)
    shell.heroku("apps:create", "alpha")
    missing = shell.heroku("addons:create", "nosuch", "-a", "alpha", code=1).stderr
    assert 'Error: Couldn\'t find either the add-on service or the add-on plan of "nosuch".' in missing
    shell.heroku("addons:create", "exceptions", "-a", "alpha", "--name", "errors")
    refused = shell.heroku("addons:upgrade", "errors", "nope", code=1).stderr
    assert "Here are the available plans for exceptions:\n ›   exceptions:" in refused


def test_an_operator_and_a_manifest_with_production_urls(shell: Shell, partner: FakeApi) -> None:
    """It is tried here and pulled as it was pushed; a hidden plan is bought by name, an invitation is asked for."""
    manifest = new_manifest()
    manifest["api"]["production"] = {
        "base_url": f"https://acme.example{RESOURCES}",
        "sso_url": "https://acme.example/sso",
    }
    (shell.folder / "addon-manifest.json").write_text(json.dumps(manifest))
    where = f", called at {partner.url}{RESOURCES}\n"
    assert shell("addons", "register", "addon-manifest.json", "--local", partner.url).stdout.endswith(where)
    assert shell("addons", "manifest", "diff").stdout == "addon-manifest.json is what is registered\n"
    assert partner.url not in shell("addons", "manifest", "show", "exceptions").stdout
    shell("addons", "plan", "exceptions:secret", "--state", "hidden")
    made = shell("addons", "plan", "exceptions:vip", "--state", "invite-only", "--pass", "ann@example.com").stdout
    assert made == "exceptions: vip (free, invite-only); invited: ann@example.com\n"
    shell.heroku("apps:create", "alpha")
    assert "secret" not in shell.heroku("addons:plans", "exceptions").stdout
    refused = shell.heroku("addons:create", "exceptions:vip", "-a", "alpha", code=1).stderr
    assert "exceptions:vip is for invited users only, and you@example.com has no plan pass." in refused
    shell("addons", "plan", "exceptions:vip", "--pass", "you@example.com")
    assert "exceptions:vip" in shell.heroku("addons:plans", "exceptions").stdout
    shell.heroku("addons:create", "exceptions:secret", "-a", "alpha", "--name", "errors")
    assert partner.body_of(f"POST {RESOURCES}")["plan"] == "secret"
    shell("addons", "set", "exceptions", "--state", "shutdown")
    refused = shell.heroku("addons:create", "exceptions", "-a", "alpha", code=1).stderr
    assert "has been shut down" in refused
    shell("addons", "manifest", "pull", "exceptions", "--out", "pulled.json")
    pulled = json.loads((shell.folder / "pulled.json").read_text())
    assert pulled == manifest | {"$base": pulled["$base"]}
    first = json.loads(shell("addons", "manifest", "history", "exceptions", "--json").stdout)[0]["id"]
    assert "[hidden]" in shell("addons", "manifest", "show", "exceptions", first).stdout
    secret = json.loads(shell("addons", "reset-secret", "exceptions", "--json").stdout)["client_secret"]
    shown = "".join(shell("addons", *words).stdout for words in (["list"], ["show", "exceptions"]))
    assert not any(each in shown + shell("events").stdout for each in (secret, "partner-password", "partner-salt"))


def test_config_and_releases(shell: Shell) -> None:
    shell.heroku("apps:create", "alpha")
    done = shell.heroku("config:set", "FOO=bar", "BAZ=a b", "-a", "alpha")
    assert done.stderr == "Setting FOO, BAZ and restarting alpha... done, v3\n"
    assert json.loads(shell.heroku("config", "-a", "alpha", "--json").stdout) == {"FOO": "bar", "BAZ": "a b"}
    assert shell.heroku("config:unset", "FOO", "-a", "alpha").stderr.endswith("done, v4\n")
    listed = shell.heroku("releases", "-a", "alpha").stdout.splitlines()
    assert listed[0] == "=== alpha Releases - Current: v4"
    assert [line.split("   ")[0].strip() for line in listed[4:]] == ["v4", "v3", "v2", "v1"]
    assert "No eligible release found" in shell.heroku("releases:rollback", "-a", "alpha", code=1).stderr


def test_apps_and_the_operators_view(shell: Shell, partner: FakeApi) -> None:
    register(shell, partner)
    assert shell.heroku("apps").stdout == "You have no apps.\n"
    shell.heroku("apps:create", "alpha")
    assert "alpha\n" in shell.heroku("apps").stdout
    assert "Git URL:        http://localhost:" in shell.heroku("apps:info", "-a", "alpha").stdout
    shell.heroku("maintenance:on", "-a", "alpha")
    assert shell.heroku("maintenance", "-a", "alpha").stdout == "on\n"
    shown = shell("status").stdout
    assert "seed     1\n" in shown
    assert "(maintenance)\n  formation  nothing deployed yet\n" in shown
    assert shown.endswith("services\n  exceptions: test, pro\n")
    assert shell("wait").stdout == "Nothing is left to do.\n"
    assert "app create" in shell("events", "-a", "alpha").stdout
    assert "Couldn't find that app." in shell.heroku("ps", "-a", "nope", code=1).stderr
    assert shell.heroku("apps:destroy", "alpha", "--confirm", "alpha").stderr.endswith("... done\n")
    taken = shell.heroku("apps:create", "a!", code=1).stderr
    assert "Error ID: invalid_params" in taken


def test_reset(shell: Shell, partner: FakeApi) -> None:
    register(shell, partner)
    shell.heroku("apps:create", "alpha")
    shell.heroku("addons:create", "exceptions", "-a", "alpha")
    assert shell("reset", "--yes").stdout == "1 app destroyed; services stay.\n"
    assert deleted(partner) == 1
    assert shell.heroku("apps").stdout == "You have no apps.\n"
    assert json.loads(shell("addons", "list", "--json").stdout)[0]["live"] == 0


def test_a_push_without_a_prompt_and_the_dynos_of_it(shell: Shell) -> None:
    shell.heroku("apps:create", "alpha")
    (shell.folder / "Procfile").write_text(
        "web: python3 -m http.server $PORT --bind 127.0.0.1\nrelease: echo migrated\n"
    )
    url = json.loads(shell.heroku("apps:info", "alpha", "--json").stdout)["app"]["git_url"]
    shell.git("init", "-q", "-b", "main")
    shell.git("add", "Procfile")
    shell.git("commit", "-q", "-m", "first")
    assert "Verifying deploy... done." in shell.git("push", url, "main")
    assert shell("wait", "--timeout", "60").stdout == "Nothing is left to do.\n"
    assert "web.1: up " in shell.heroku("ps", "-a", "alpha").stdout
    shell.heroku("config:set", "A=1", "-a", "alpha")
    shell("wait", "--app", "alpha")
    dynos = json.loads(shell.heroku("ps", "-a", "alpha", "--json").stdout)
    assert [(dyno["name"], dyno["release"]["version"]) for dyno in dynos] == [("web.1", 4)]
    scaled = shell.heroku("ps:scale", "web=2", "-a", "alpha")
    assert scaled.stderr == "Scaling dynos... done, now running web at 2:Basic\n"
    shell("wait")
    assert shell.heroku("ps:scale", "-a", "alpha").stdout == "release=0:Basic web=2:Basic\n"
    shell.heroku("ps:restart", "-d", "web.2", "-a", "alpha")
    assert "done, run." in shell.heroku("run:detached", "echo hello from here", "-a", "alpha").stderr
    back = shell.heroku("releases:rollback", "v3", "-a", "alpha")
    assert back.stderr.startswith("Rolling back alpha to v3... done, v5\n")
    assert back.stdout == "Running release command...\nmigrated\n"
    shell("wait")
    lines = shell("logs", "-a", "alpha", "-n", "500").stdout
    assert "heroku[web.1]: State changed from starting to up" in lines
    assert shell.heroku("logs", "-a", "alpha", "-n", "500").stdout.startswith(lines)
    only = [json.loads(line) for line in shell("logs", "-a", "alpha", "-s", "heroku", "--json").stdout.splitlines()]
    assert {line["source"] for line in only} == {"heroku"}


def test_a_tail_shows_what_comes_and_ends_with_ctrl_c(shell: Shell) -> None:
    shell.heroku("apps:create", "alpha")
    with subprocess.Popen(
        [sys.executable, "-m", "platform_sim", "logs", "-a", "alpha", "--tail"],
        env={"PATH": os.environ["PATH"], **shell.environment},
        cwd=shell.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as tail:
        assert tail.stdout is not None
        seen = next(tail.stdout)
        shell.heroku("config:set", "NEW=1", "-a", "alpha")
        while "Set NEW config vars" not in seen:
            seen = next(tail.stdout)
        tail.send_signal(signal.SIGINT)
        rest, said = tail.communicate(timeout=30)
    assert (tail.returncode, said.strip()) == (130, "Interrupted.")
