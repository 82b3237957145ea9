"""`heroku config`, `config:get`, `config:set`, `config:unset` (heroku-cli §15, Config)."""

import re
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import Failure
from platform_sim.cli.heroku.words import action, header
from platform_sim.cli.options import app_option, asks_platform, json_option
from platform_sim.cli.show import echo_lines, pairs, print_json

PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
IN_DOUBLE_QUOTES = re.compile(r'(["\\$`])')


def quoted(value: str) -> str:
    """For a POSIX shell: bare where it can be, in single quotes, or in double quotes if it holds a single one."""
    if PLAIN.fullmatch(value):
        return value
    if "'" not in value:
        return f"'{value}'"
    escaped = IN_DOUBLE_QUOTES.sub(r"\\\1", value)
    return f'"{escaped}"'


def _indented(value: str) -> list[str]:
    return value.split("\n")


@click.command
@app_option()
@click.option("-s", "--shell", is_flag=True, help="Print them for a shell.")
@click.option("-j", "--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@asks_platform
def index(client: Client, app: str, shell: bool, as_json: bool) -> None:
    """Show an app's config vars."""
    found: dict[str, str] = client.get(route("apps", app, "config-vars"))
    if as_json:
        print_json(found)
    elif shell:
        echo_lines([f"{name}={quoted(value)}" for name, value in found.items()])
    elif found:
        header(f"{app} Config Vars")
        echo_lines(pairs({name: _indented(value) for name, value in found.items()}))
    else:
        click.echo(f"{app} has no config vars.")


@click.command
@click.argument("names", nargs=-1, required=True, metavar="KEY...")
@app_option()
@click.option("-s", "--shell", is_flag=True, help="Print them for a shell.")
@json_option
@asks_platform
def get(client: Client, names: tuple[str, ...], app: str, shell: bool, as_json: bool) -> None:
    """Show the value of config vars; one that is not set is an empty line."""
    found: dict[str, str] = client.get(route("apps", app, "config-vars"))
    if as_json:
        print_json([{"key": name, "value": found.get(name)} for name in names])
        return
    for name in names:
        value = found.get(name, "")
        click.echo(f"{name}={quoted(value)}" if shell else value)


def _change(client: Client, app: str, doing: str, changes: dict[str, str | None]) -> dict[str, Any]:
    """Send the changes and say which release they made."""
    with action(f"{doing} {', '.join(changes)} and restarting {app}") as line:
        found: dict[str, Any] = client.patch(route("apps", app, "config-vars"), changes)
        releases = client.get(route("apps", app, "releases"), range="version ..; order=desc,max=1")
        line.end = f"done, v{releases[0]['version']}" if releases else "done"
    return found


@click.command
@click.argument("settings", nargs=-1, required=True, metavar="KEY=VALUE...")
@app_option()
@asks_platform
def set_(client: Client, settings: tuple[str, ...], app: str) -> None:
    """Set config vars."""
    changes: dict[str, str | None] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise Failure(f"{setting} is invalid. Must be in the format FOO=bar.")
        changes[name] = value
    found = _change(client, app, "Setting", changes)
    echo_lines(pairs({name: _indented(found[name]) for name in changes}))


@click.command
@click.argument("names", nargs=-1, required=True, metavar="KEY...")
@app_option()
@asks_platform
def unset(client: Client, names: tuple[str, ...], app: str) -> None:
    """Unset config vars."""
    _change(client, app, "Unsetting", dict.fromkeys(names))
