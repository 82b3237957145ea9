"""`heroku ps`, `ps:scale`, `ps:restart`, `ps:stop` (heroku-cli §15, Dynos and formation)."""

import re
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import Failure
from platform_sim.cli.heroku.words import action, header, stamp
from platform_sim.cli.options import Command, app_option, asks_platform, json_option
from platform_sim.cli.show import print_json

Json = dict[str, Any]
CHANGE = re.compile(r"([\w-]+)([=+-]\d+)(?::([\w-]+))?")


def _number(dyno: Json) -> int:
    number = str(dyno["name"]).rpartition(".")[2]
    return int(number) if number.isdecimal() else 0


def _print(dynos: list[Json]) -> None:
    """One-off dynos first, then a group for each command."""
    once = sorted((dyno for dyno in dynos if dyno["type"] == "run"), key=_number)
    if once:
        header(f"run: one-off processes ({len(once)})")
        for dyno in once:
            since = stamp(dyno["updated_at"])
            click.echo(f"{dyno['name']} ({dyno['size']}): {dyno['state']} {since}: {dyno['command']}")
        click.echo()
    lasting = [dyno for dyno in dynos if dyno["type"] != "run"]
    for kind, command in dict.fromkeys((dyno["type"], dyno["command"]) for dyno in lasting):
        group = sorted((dyno for dyno in lasting if (dyno["type"], dyno["command"]) == (kind, command)), key=_number)
        header(f"{kind} ({group[0]['size']}): {command} ({len(group)})")
        for dyno in group:
            click.echo(f"{dyno['name']}: {dyno['state']} {stamp(dyno['updated_at'])}")
        click.echo()


@click.command
@click.argument("types", nargs=-1, metavar="[TYPE...]")
@app_option()
@json_option
@asks_platform
def index(client: Client, types: tuple[str, ...], app: str, as_json: bool) -> None:
    """List an app's dynos."""
    found = client.get(route("apps", app, "dynos"), variant="sdk")
    if types:
        found = [dyno for dyno in found if dyno["type"] in types]
        for kind in types:
            if not any(dyno["type"] == kind for dyno in found):
                raise Failure(f"No {kind} dynos on {app}")
    found = sorted(found, key=lambda dyno: str(dyno["name"]))
    if as_json:
        print_json(found)
    elif found:
        _print(found)
    else:
        click.echo(f"No dynos on {app}")


def _changes(words: tuple[str, ...]) -> list[Json]:
    """`web=2:Standard-1X worker+1` as the API takes it: quantities stay text, with their sign (platform-api §5)."""
    changes = []
    for word in words:
        found = CHANGE.fullmatch(word)
        if found is None:
            raise click.UsageError(f"{word} is no change of a process type: write TYPE=N, TYPE+N or TYPE-N")
        kind, quantity, size = found.groups()
        change: Json = {"quantity": quantity.removeprefix("="), "type": kind}
        changes.append({**change, "size": size} if size else change)
    return changes


@click.command
@click.argument("words", nargs=-1, metavar="[TYPE=N[:SIZE]...]")
@app_option()
@json_option
@asks_platform
def scale(client: Client, words: tuple[str, ...], app: str, as_json: bool) -> None:
    """Show or change how many dynos run."""
    changes = _changes(words)
    if not changes:
        found = client.get(route("apps", app, "formation"))
        if as_json:
            print_json(found)
            return
        if not found:
            raise Failure(f"No process types on {app}.\nUpload a Procfile to add process types.")
        click.echo(" ".join(sorted(f"{row['type']}={row['quantity']}:{row['size']}" for row in found)))
        return
    with action("Scaling dynos") as doing:
        found = client.patch(route("apps", app, "formation"), {"updates": changes})
        changed = [row for row in found if any(change["type"] == row["type"] for change in changes)]
        running = ", ".join(f"{row['type']} at {row['quantity']}:{row['size']}" for row in changed)
        doing.end = f"done, now running {running}"
    if as_json:
        print_json(found)


def _which(command: Command) -> Command:
    """Adds the app, and the options that say which dynos."""
    for option in (
        click.option("-p", "--process-type", "kind", metavar="TYPE", help="All dynos of this type."),
        click.option("-d", "--dyno-name", "dyno", metavar="DYNO", help="One dyno, such as web.1."),
        app_option(),
    ):
        command = option(command)
    return command


@click.command
@_which
@asks_platform
def restart(client: Client, app: str, dyno: str | None, kind: str | None) -> None:
    """Restart dynos: all, one, or those of a type."""
    what, path = "all dynos", route("apps", app, "dynos")
    if dyno:
        what, path = f"dyno {dyno}", route("apps", app, "dynos", dyno)
    elif kind:
        what, path = f"all {kind} dynos", route("apps", app, "formations", kind)
    with action(f"Restarting {what} on {app}"):
        client.delete(path, variant="sdk")


@click.command
@_which
@asks_platform
def stop(client: Client, app: str, dyno: str | None, kind: str | None) -> None:
    """Stop dynos: one, or those of a type. Those of the formation start again."""
    if dyno:
        what, path = f"dyno {dyno}", route("apps", app, "dynos", dyno, "actions", "stop")
    elif kind:
        what, path = f"all {kind} dynos", route("apps", app, "formations", kind, "actions", "stop")
    else:
        raise click.UsageError("Please specify a process dyno name or type: --dyno-name or --process-type")
    with action(f"Stopping {what} on {app}"):
        client.post(path, variant="sdk")
