"""A whole life of an app, typed with `heroku` and `git` alone, each a process; by address and by Heroku's names.

What words the commands say is held by the transcripts; here is what they bring about.
"""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from platform_sim.assemble import Options, Platform
from platform_sim.demo.login import fresh_form, post_form
from platform_sim.demo.scene import Scene

from ..processes.customer import Customer
from ..processes.up import outer_environment
from .cli import LONGEST, Cli, Said
from .stage import RULES, source
from .terminal import Terminal

pytestmark = pytest.mark.processes


@contextmanager
def world(folder: Path, way: str) -> Iterator[tuple[Cli, Customer]]:
    """A platform, the reference partner with its add-on `exceptions`, and an empty folder with a shell in it."""
    options = Options(environment=outer_environment(folder), rules=RULES)
    with Platform(options) as platform, Scene(platform.url, platform.token, folder / "scene") as scene:
        scene.start_partner()
        scene.register()
        with Cli(folder / "home", platform.url, platform.token, str(platform.ca_file), way) as cli:
            yield cli, Customer(platform.url, platform.token, folder)


@contextmanager
def tailing(cli: Cli, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """`heroku logs --tail`, until Ctrl-C."""
    started = subprocess.Popen(
        ["heroku", *words], cwd=cli.folder, env=cli.environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGINT)
        started.wait(LONGEST)
        assert started.stdout is not None
        started.stdout.close()


@pytest.mark.parametrize("way", ["address", "intercept"])
def test_the_whole_life_of_an_app(tmp_path: Path, way: str) -> None:
    with world(tmp_path, way) as (cli, customer):

        def typed(command: str, code: int = 0) -> Said:
            said = cli.shell(command)
            assert said.code == code, (command, said)
            return said

        for name, text in source(("web", "worker", "release")).items():
            (cli.folder / name).write_text(text)
        typed("git init -q && git add . && git commit -qm First")
        host = "git.heroku.com" if way == "intercept" else f"localhost:{customer.port}"
        assert f"https://{host}/shop.git" in typed("heroku create shop").stdout
        assert f"heroku\thttps://{host}/shop.git (push)" in typed("git remote -v").stdout
        pushed = typed("git push heroku main").stderr
        assert "remote: -----> Launching..." in pushed
        assert "Verifying deploy... done." in pushed
        customer.up("shop")
        typed("heroku addons:create exceptions --wait")
        url = typed("heroku config:get EXCEPTIONS_URL").stdout.strip()
        assert url.startswith("http://")
        customer.up("shop")
        with tailing(cli, "logs", "--tail", "--source", "heroku", "--dyno", "router") as tail:
            assert customer.page("shop", "/EXCEPTIONS_URL").text == url
            assert tail.stdout is not None
            assert 'path="/EXCEPTIONS_URL"' in tail.stdout.readline()
        assert "Opening http" in typed("heroku open").stdout
        ran = typed("heroku run --exit-code -- 'python3 -c \"import sys; print(6 * 7); sys.exit(3)\"'", 3)
        assert ran.stdout == "42\n"
        typed("heroku addons:upgrade exceptions:premium")
        shown = typed("heroku addons:open exceptions --show-url").stdout.strip()
        with requests.Session() as browser:
            browser.trust_env = False
            landed = post_form(fresh_form(browser, shown))
        assert landed.status_code == 200
        assert "you@example.com" in landed.text
        typed("heroku ps:scale worker=1")
        customer.up("shop", 2)
        assert typed("heroku ps").stdout.count("up 20") == 2
        assert "Current: v" in typed("heroku releases").stdout
        typed("heroku rollback v3")
        assert "Rollback to v3" in typed("heroku releases").stdout
        typed("heroku create shop-live --no-remote && heroku pipelines:create shops -a shop -s staging")
        typed("heroku pipelines:add shops -a shop-live -s production && heroku pipelines:promote -a shop")
        customer.up("shop-live")
        assert customer.page("shop-live", "/nothing").status_code == 200
        typed("heroku addons:destroy exceptions --confirm shop")
        assert typed("heroku addons").stdout.strip() == "No add-ons for app shop."
        typed("heroku destroy --confirm shop && heroku destroy -a shop-live --confirm shop-live")
        assert customer.api("GET", "/apps") == []
        assert typed("git remote -v").stdout == ""


def test_config_edit_sends_what_the_editor_leaves(tmp_path: Path) -> None:
    with world(tmp_path, "address") as (cli, customer):
        customer.api("POST", "/apps", {"name": "shop"})
        customer.api("PATCH", "/apps/shop/config-vars", {"OLD": "1", "KEPT": "2"})
        editor = tmp_path / "editor"
        editor.write_text('#!/bin/sh\nsed -i -e \'/^OLD=/d\' -e "s/^KEPT=.*/KEPT=\'3\'/" "$1"\necho NEW=4 >> "$1"\n')
        editor.chmod(0o755)
        environment = cli.environment | {"EDITOR": str(editor), "VISUAL": str(editor)}
        # At a terminal: what comes by a pipe within the first 10 ms is taken for the KEY of `config:edit [KEY]`.
        with Terminal(["heroku", "config:edit", "-a", "shop"], environment, cli.folder) as terminal:
            terminal.until("with these values")
            terminal.type("y\r")
            code, shown = terminal.ended()
        assert code == 0, shown
        assert customer.api("GET", "/apps/shop/config-vars") == {"KEPT": "3", "NEW": "4"}


def test_a_used_attachment_name_is_taken_when_the_app_is_typed(tmp_path: Path) -> None:
    with world(tmp_path, "address") as (cli, customer):
        customer.api("POST", "/apps", {"name": "shop"})
        customer.api("POST", "/apps", {"name": "other"})
        first = customer.api("POST", "/apps/shop/addons", {"plan": "exceptions", "attachment": {"name": "ERRORS"}})
        second = customer.api("POST", "/apps/other/addons", {"plan": "exceptions"})
        command = f"heroku addons:attach {second['name']} -a shop --as ERRORS"
        assert cli.shell(command, "wrong\n").code != 0
        assert held(customer) == first["id"]
        said = cli.shell(command, "shop\n")
        assert said.code == 0, said
        assert held(customer) == second["id"]


def held(customer: Customer) -> str:
    """Which add-on is ERRORS on the shop."""
    [found] = [each for each in customer.api("GET", "/apps/shop/addon-attachments") if each["name"] == "ERRORS"]
    return str(found["addon"]["id"])


def test_an_app_is_cloned_and_a_push_to_a_missing_one_is_told(tmp_path: Path) -> None:
    with world(tmp_path, "address") as (cli, customer):
        customer.api("POST", "/apps", {"name": "shop"})
        customer.push("shop", source(("web",)))
        assert cli.shell("heroku git:clone -a shop copy").code == 0
        assert (cli.folder / "copy" / "Procfile").read_text() == "web: python3 web.py\n"
        assert cli.shell("cd copy && git remote").stdout == "heroku\n"
        moved = cli.shell("cd copy && heroku git:remote -a nobody-has-this -r elsewhere")
        assert re.search("Couldn't find that app", moved.stdout + moved.stderr)
        lost = cli.shell(f"cd copy && git push https://localhost:{customer.port}/nobody-has-this.git main")
        assert lost.code != 0
        assert "not found" in lost.stderr.lower(), lost.stderr
