"""`heroku run:detached` (heroku-cli §15, Logs and run)."""

import re
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.heroku.words import action
from platform_sim.cli.options import app_option, asks_platform, json_option
from platform_sim.cli.show import print_json

NEEDS_QUOTES = re.compile(r"[\s\"'$`\\]")


def one_line(words: tuple[str, ...]) -> str:
    """The command as the dyno's shell gets it: a single word as it stands, several with quotes where needed."""
    if len(words) == 1:
        return words[0]
    return " ".join(_quoted(word) if NEEDS_QUOTES.search(word) or not word else word for word in words)


def _quoted(word: str) -> str:
    escaped = re.sub(r'(["\\$`])', r"\\\1", word)
    return f'"{escaped}"'


@click.command
@click.argument("words", nargs=-1, required=True, metavar="COMMAND...")
@app_option()
@click.option("-e", "--env", metavar="A=1;B=2", default="", help="Variables for this dyno alone.")
@click.option("-s", "--size", metavar="SIZE", help="Size of the dyno.")
@json_option
@asks_platform
def detached(client: Client, words: tuple[str, ...], app: str, env: str, size: str | None, as_json: bool) -> None:
    """Run a one-off dyno in the background. Put -- before a command that has options of its own."""
    command = one_line(words)
    given = dict(part.partition("=")[::2] for part in env.split(";") if part)
    body: dict[str, Any] = {"attach": False, "command": command, "env": {"TERM": "xterm", **given}}
    if size:
        body["size"] = size
    with action(f"Running {command} on {app}") as doing:
        client.get(route("apps", app), variant="sdk")
        dyno = client.post(route("apps", app, "dynos"), body)
        doing.end = f"done, {dyno['name']}"
    if as_json:
        print_json(dyno)
    else:
        click.echo(f"Run heroku logs --app {app} --dyno {dyno['name']} to view the output.")
