"""docs/heroku-cli.md: each command of the CLI, whether it works here, why not, and which links of the API it used.

Written from the transcripts, which are played, and from the verdicts below: `python -m tests.heroku_cli.coverage`.
"""

import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from platform_sim.web.api.routes import table

from .play import FOLDER, read_calls
from .transcript import parse

COMMANDS = Path(__file__).with_name("commands.txt")

LOCAL = "only this computer: it asks no server"
SPACES = "there are no Private Spaces here"
CONTAINERS = "there are no containers here"
BACKUPS = "the reference partner makes no backups"
POSTGRES = "not Heroku Postgres: see pg-commands.md"
GITHUB = "needs GitHub, or Heroku's service in front of it"
SSH = "the CLI wants an SSH server on port 80 of a host that it is told"

PROXY = "a host that the CLI has built in: with `platform-sim env --proxy` or `--intercept`"

TESTED = {
    "auth:login": "test_login.py",
    "auth:logout": "test_login.py",
    "sessions:destroy": "test_login.py",
    "config:edit": "test_journey.py",
    "git:clone": "test_journey.py",
    "git:remote": "test_journey.py",
    "pg:credentials:url": "test_pg.py",
    "pg:credentials:rotate": "test_pg.py",
    "pg:wait": "test_pg.py",
    "pg:settings": "test_pg.py",
    "pg:settings:log-lock-waits": "test_pg.py",
    "pg:settings:log-statement": "test_pg.py",
    "pg:ps": "test_pg.py",
    "pg:killall": "test_pg.py",
    "pg:reset": "test_pg.py",
}
"""Commands that no transcript can hold: the file of this folder with their test."""

VERDICTS = (
    ("partly", "pg:info", "where the add-on `database` is registered as heroku-postgresql: see pg-commands.md"),
    ("partly", "pg:credentials*", "there is one credential, `default`"),
    ("partly", "pg:psql", "where the add-on is registered as heroku-postgresql, and psql is installed"),
    ("partly", "pg:promote", "where the add-on is registered as heroku-postgresql"),
    ("partly", "pg:settings*", "those that a database can have by itself"),
    ("partly", "pg:backups*", BACKUPS),
    ("partly", "pg:ps", "where the add-on is registered as heroku-postgresql, and psql is installed"),
    ("works", "apps:errors", PROXY),
    ("works", "apps:favorites*", PROXY),
    ("works", "notifications", PROXY),
    ("partly", "buildpacks:search", "the registry has what is built in"),
    ("partly", "buildpacks:set", "of short names those that are built in; git URLs and folders"),
    ("partly", "apps:stacks:set", "heroku-22 and heroku-24"),
    ("partly", "telemetry", "always empty: drains of telemetry are for apps of the Fir generation"),
    ("partly", "features", "some can be switched and do nothing: their descriptions say so"),
    ("partly", "labs", "some can be switched and do nothing: their descriptions say so"),
    ("cannot", "telemetry:*", "drains of telemetry are for apps of the Fir generation, and all apps here are of Cedar"),
    ("cannot", "spaces*", SPACES),
    ("cannot", "container:*", CONTAINERS),
    ("cannot", "redis:*", "the reference partner has no Redis: register a partner of that name that has"),
    ("cannot", "ps:autoscale:*", "autoscaling belongs to Performance dynos"),
    ("cannot", "ps:exec", SSH),
    ("cannot", "ps:copy", SSH),
    ("cannot", "ps:forward", SSH),
    ("cannot", "ps:socks", SSH),
    ("cannot", "pipelines:connect", GITHUB),
    ("cannot", "pipelines:setup", GITHUB),
    ("cannot", "pipelines:diff", GITHUB),
    ("cannot", "reviewapps:create", GITHUB),
    ("not tried", "reviewapps:wait", "there is a review app to wait for only by the API: see app-json.md"),
    ("cannot", "ci", "Heroku CI is not simulated"),
    ("cannot", "ci:[!c]*", "Heroku CI is not simulated"),
    ("cannot", "data:*", "Heroku Postgres Advanced and its maintenances are not simulated"),
    ("cannot", "pg:copy", BACKUPS),
    ("cannot", "pg:connection-pooling:attach", POSTGRES),
    ("cannot", "pg:diagnose", POSTGRES),
    ("cannot", "pg:links*", POSTGRES),
    ("cannot", "pg:unfollow", POSTGRES),
    ("cannot", "pg:upgrade:*", POSTGRES),
    ("not tried", "pg:*", "works on the database itself, through psql"),
    ("local", "accounts*", LOCAL),
    ("local", "autocomplete*", LOCAL),
    ("local", "local*", LOCAL),
    ("local", "mcp:start", LOCAL),
    ("local", "repl", LOCAL),
    ("local", "version:info", LOCAL),
    ("local", "certs:generate", LOCAL),
    ("local", "*:open", "opens a page of Heroku's own dashboard in a browser"),
    ("cannot", "auth:2fa:disable", "the CLI itself refuses"),
)
"""What is not simply `works`: the verdict, the commands, and why. The first that fits counts."""


def commands() -> list[list[str]]:
    """Each command with its aliases, the command first."""
    return [line.split() for line in COMMANDS.read_text(encoding="utf-8").splitlines()]


def shown() -> set[str]:
    """Commands that a transcript shows to end with 0."""
    found = set()
    for file in FOLDER.glob("*.txt"):
        for step in parse(file.read_text(encoding="utf-8")):
            named = re.match(r"(?:.*\| )?heroku ([\w:-]+)", step.command)
            if named and not (step.said and step.said[-1].startswith("? ")):
                found.add(named[1])
    return found


def verdict(names: list[str], works: set[str]) -> tuple[str, str]:
    """`works`, `partly`, `cannot`, `local`, `not tried` or, if nobody has said anything, `unknown`; and why."""
    for word, pattern, why in VERDICTS:
        if any(fnmatchcase(name, pattern) for name in names):
            if word == "not tried" and works.intersection(names):
                break
            return word, why
    if works.intersection(names) or any(name in TESTED for name in names):
        return "works", ""
    return "unknown", ""


def as_markdown() -> str:
    """The page."""
    works, calls = shown(), read_calls()
    simulated = {f"{row.method} {row.path}" for row in table() if row.simulated}
    rows, count = [], dict.fromkeys(("works", "partly", "local", "not tried", "cannot"), 0)
    for names in commands():
        word, why = verdict(names, works)
        count[word] = count.get(word, 0) + 1
        used = sorted({call for name in names for call in calls.get(name, []) if call in simulated})
        rows.append(f"| `{names[0]}` | {word} | {why} | {'<br>'.join(f'`{each}`' for each in used)} |")
    counts = ", ".join(f"{number} {word}" for word, number in count.items() if number)
    return HEAD.format(total=len(rows), counts=counts) + "\n".join(rows) + "\n"


HEAD = """# The heroku CLI

The unmodified `heroku` CLI, version 11.10.0, drives this platform. Each of its {total} commands stands here with what
became of it: {counts}.

*works*: a test plays it and compares what it prints word for word ([the transcripts](../tests/heroku_cli/transcripts)).
*partly*: works within what the third column says. *local*: asks no server. *cannot*: it ends with a sentence that says
so. *not tried*: nothing speaks against it. The last column has the links of the API that it used
([all links](api-coverage.md)); what a host of Heroku's beside the API answered is not counted.

How to point the CLI at the platform: [your own app](your-own-app.md), and `platform-sim env` in
[commands](commands.md). `make test-cli` plays all of it on your machine; it needs Node 20 or newer and npm.

| command | | why | links it used |
|---|---|---|---|
"""

if __name__ == "__main__":
    sys.stdout.write(as_markdown())
