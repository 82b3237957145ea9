"""`heroku pg:*`, the real program, beside the reference partner as Heroku Postgres (heroku-cli §8, §15).

Runs where HEROKU_CLI names the program, and there is a PostgreSQL: the embedded one, or that of TEST_POSTGRES_URL.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from platform_sim.assemble import Options, Platform
from platform_sim.cli.env import setting
from platform_sim.demo.scene import NotSold, Scene

from ..processes.customer import Customer
from ..processes.up import outer_environment
from ..processes.waiting import wait_until

PROGRAM = os.environ.get("HEROKU_CLI", "")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not PROGRAM, reason="HEROKU_CLI does not name the heroku program"),
]
SECONDS = 300.0
CALM = {"NO_COLOR": "1", "OCLIF_COLUMNS": "300", "COLUMNS": "300", "TZ": "UTC"}
NOT_HEROKU_POSTGRES = "is not Heroku Postgres"


@dataclass(frozen=True)
class Shell:
    """A customer's terminal at the platform, in a home of its own; app `acme` unless a command says another."""

    customer: Customer
    home: Path
    ca_file: str

    def heroku(self, *words: str, app: str = "acme", code: int = 0) -> str:
        """What a command prints, stderr after stdout, without blank lines; it must end with `code`."""
        (self.home / "cache").mkdir(exist_ok=True)
        (self.home / "cache" / "terms-of-service").touch()
        known = outer_environment(self.home) | CALM | {"HOME": str(self.home), "PATH": os.environ["PATH"]}
        known |= {"HEROKU_CACHE_DIR": str(self.home / "cache"), "GIT_CONFIG_GLOBAL": str(self.home / "gitconfig")}
        told = setting(self.customer.url, self.customer.token, self.ca_file, {}, "proxy")
        done = subprocess.run(
            [PROGRAM, *words, "--app", app],
            env=known | {name: value for name, value in told.items() if value is not None},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        return "\n".join(line.rstrip() for line in said.splitlines() if line.strip())

    def url(self, name: str = "DATABASE_URL") -> str:
        """A config var."""
        return str(self.customer.api("GET", "/apps/acme/config-vars")[name])


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """App `acme` with two databases: DATABASE on the plan essential-0, and LARGE on standard-0."""
    folder = tmp_path_factory.mktemp("pg")
    settings = {
        "ADDON_DATABASE_SLUG": "heroku-postgresql",
        "DATABASE_ADMIN_URL": os.environ.get("TEST_POSTGRES_URL", ""),
    }
    options = Options(environment=outer_environment(folder), rules={"rate_limit": 1_000_000})
    with (
        Platform(options) as platform,
        Scene(platform.url, platform.token, folder / "scene", partner=settings) as scene,
    ):
        scene.start_partner()
        try:
            scene.register("database")
        except NotSold as reason:
            pytest.skip(f"no PostgreSQL: {reason}")
        scene.register()
        customer = Customer(platform.url, platform.token, folder)
        customer.api("POST", "/apps", {"name": "acme"})
        made = [
            customer.api("POST", "/apps/acme/addons", {"plan": f"heroku-postgresql:{plan}", **more})
            for plan, more in (("essential-0", {}), ("standard-0", {"attachment": {"name": "LARGE"}}))
        ]
        for each in made:
            wait_until("made", lambda each=each: state_of(customer, each) == "provisioned")  # type: ignore[misc]
            known = partial(at_the_partner, scene, each, "state")
            wait_until("the partner has heard the answer", lambda known=known: known() == "provisioned")  # type: ignore[misc]
        (folder / "home").mkdir()
        yield Shell(customer, folder / "home", str(platform.ca_file))
        customer.api("DELETE", "/apps/acme")
        for each in made:
            wait_until("dropped", lambda each=each: at_the_partner(scene, each, "on_server") == [])  # type: ignore[misc]


def state_of(customer: Customer, addon: dict[str, Any]) -> str:
    return str(customer.api("GET", f"/addons/{addon['id']}")["state"])


def at_the_partner(scene: Scene, addon: dict[str, Any], what: str) -> Any:
    """What the partner tells its operator of it."""
    auth = ("heroku-postgresql", scene.secrets["ADDON_DATABASE_PASSWORD"])
    answer = scene.talk.session.get(f"{scene.partner_url}/admin/resources/{addon['id']}", auth=auth, timeout=SECONDS)
    return answer.json()[what]


def name_of(shell: Shell, attachment: str) -> str:
    found = shell.customer.api("GET", f"/apps/acme/addon-attachments/{attachment}")
    return str(found["addon"]["name"])


INFO = """\
=== DATABASE_URL
Plan:                  Essential 0
Status:                Available
Connections:           N/20
PG Version:            N
Created:               T
Data Size:             N MB / 1000 MB (N%) (In compliance)
Tables:                0
Fork/Follow:           Unsupported
Rollback:              Unsupported
Continuous Protection: Off
Add-on:                postgresql-NAME"""


def calm(text: str) -> str:
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "T", text)
    text = re.sub(r"postgresql-\w+-\d+", "postgresql-NAME", text)
    return re.sub(r"(?<=  )\d+(?=/)|(?<=  )\d+\.\d+|(?<=\()\d+\.\d+", "N", text)


def test_info_of_one_and_of_all(shell: Shell) -> None:
    assert calm(shell.heroku("pg:info", "DATABASE")) == INFO
    both = shell.heroku("pg:info")
    assert calm(both).startswith(INFO + "\n=== LARGE_URL\nPlan:                  Standard 0\n")
    assert shell.heroku("pg:wait") == ""


def test_credentials_are_shown(shell: Shell) -> None:
    listed = shell.heroku("pg:credentials")
    assert re.search(r"default +active\n +└─ as DATABASE$", listed), listed
    told = shell.heroku("pg:credentials:url")
    url = shell.url().partition("?")[0]
    user, _, rest = url.removeprefix("postgres://").partition(":")
    password, _, place = rest.partition("@")
    host, _, after = place.partition(":")
    port, _, database = after.partition("/")
    assert told.splitlines() == [
        "Connection information for default credential.",
        "Connection info string:",
        f'  "dbname={database} host={host} port={port} user={user} password={password} sslmode=require"',
        "Connection URL:",
        f"  {url}",
    ]
    assert "there is only 'default'" in shell.heroku("pg:credentials:url", "-n", "reader", code=2)


def test_credentials_are_rotated(shell: Shell) -> None:
    old, name = shell.url(), name_of(shell, "DATABASE")
    said = shell.heroku("pg:credentials:rotate", "--confirm", "acme")
    assert said == f"Rotating default on {name}... done"
    wait_until("the app has the new one", lambda: shell.url() != old)
    listed = shell.heroku("pg:credentials")
    assert "rotating" in listed
    assert listed.count("0 connections") == 2, "both logins are told, with their connections"


def test_settings(shell: Shell) -> None:
    name = name_of(shell, "LARGE")
    listed = shell.heroku("pg:settings", "LARGE")
    assert listed.startswith(f"=== {name}")
    if "log-lock-waits" not in listed:
        pytest.skip("this server's administrator may not change settings")
    assert "log-lock-waits:             false" in listed
    said = shell.heroku("pg:settings:log-lock-waits", "LARGE", "on")
    assert said.splitlines()[0] == f"log-lock-waits has been set to true for {name}."
    said = shell.heroku("pg:settings:log-statement", "LARGE", "ddl")
    assert said.splitlines()[1] == "All data definition statements, such as CREATE, ALTER and DROP, are logged."
    refused = shell.heroku("pg:settings:log-connections", "LARGE", "on", code=2)
    assert "no setting of a database here" in refused


def test_there_are_no_backups(shell: Shell) -> None:
    assert shell.heroku("pg:backups").splitlines() == [
        "=== Backups",
        "No backups. Capture one with heroku pg:backups:capture",
        "=== Restores",
        "No restores found. Use heroku pg:backups:restore to restore a backup",
        "=== Copies",
        "No copies found. Use heroku pg:copy to copy a database to another",
    ]
    assert "makes no backups" in shell.heroku("pg:backups:capture", code=2)


@pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not on the PATH")
def test_psql_and_what_is_asked_with_it(shell: Shell) -> None:
    said = shell.heroku("pg:psql", "-c", "select 40 + 2 as answer")
    assert re.search(r"answer\s*\n-+\s*\n +42\s*\n\(1 row\)", said), said
    assert "(0 rows)" in shell.heroku("pg:ps")


def test_all_connections_are_ended_and_the_database_emptied(shell: Shell) -> None:
    assert shell.heroku("pg:killall") == "Terminating connections for all credentials... done"
    name = name_of(shell, "DATABASE")
    assert shell.heroku("pg:reset", "--confirm", "acme") == f"Resetting {name}... done"
    assert "Status:                Available" in shell.heroku("pg:wait") + shell.heroku("pg:info", "DATABASE")


def test_promotion(shell: Shell) -> None:
    """Last: it changes which one is DATABASE."""
    large, first = shell.url("LARGE_URL"), name_of(shell, "DATABASE")
    said = shell.heroku("pg:promote", "DATABASE", code=2)
    assert said.endswith(f"Error: {first} is already promoted on acme")
    name = name_of(shell, "LARGE")
    said = shell.heroku("pg:promote", "LARGE")
    assert re.match(r"Ensuring an alternate alias for existing DATABASE_URL\.\.\. HEROKU_POSTGRESQL_\w+_URL\n", said)
    assert said.endswith(f"Promoting {name} to DATABASE_URL on acme... done")
    assert shell.url() == large


def test_where_there_is_no_heroku_postgres_the_answers_are_clear(shell: Shell) -> None:
    shell.customer.api("POST", "/apps", {"name": "other"})
    made = shell.customer.api("POST", "/apps/other/addons", {"plan": "exceptions:test"})
    assert shell.heroku("pg:info", app="other") == "other has no heroku-postgresql databases."
    assert "other has no Heroku Postgres database" in shell.heroku("pg:backups", app="other", code=2)
    assert "No Redis instances found" in shell.heroku("redis:credentials", app="other", code=1)
    answer = shell.customer.ask("GET", f"/client/v11/databases/{made['id']}")
    assert (answer.status_code, NOT_HEROKU_POSTGRES in answer.text) == (422, True)
