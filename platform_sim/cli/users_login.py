"""`platform-sim users password`, `second-factor` and `code`: what a customer logs in with.

A password is never an argument, where other users of the machine would see it, and never shown.
"""

import sys
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import print_json

Json = dict[str, Any]


@click.command
@click.argument("email")
@click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read the password from standard input, up to the line's end."
)
@click.option("--remove", is_flag=True, help="Take it away: a token of the customer's stands for it again.")
@json_option
@asks_platform
def password(client: Client, email: str, from_stdin: bool, remove: bool, as_json: bool) -> None:
    """Give a customer a password for `heroku login`, or another one. You are asked for it."""
    path = route("sim", "users", email, "password")
    if remove and from_stdin:
        raise click.UsageError("--remove takes no password: leave --stdin out")
    found = client.delete(path) if remove else client.put(path, {"password": _asked(email, from_stdin)})
    _tell(found, f"{found['email']} has {'no' if remove else 'a new'} password", as_json)


def _asked(email: str, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for the password: give it with --stdin")
    given: str = click.prompt(f"Password for {email}", hide_input=True, confirmation_prompt=True)
    return given


@click.command("second-factor")
@click.argument("email")
@click.option("--remove", is_flag=True, help="Take it away: the password is enough again.")
@json_option
@asks_platform
def second_factor(client: Client, email: str, remove: bool, as_json: bool) -> None:
    """Ask a customer for a code beside the password. The secret of the codes is shown once."""
    path = route("sim", "users", email, "second-factor")
    if remove:
        found = client.delete(path)
        _tell(found, f"{found['email']} has no second factor", as_json)
        return
    made = client.put(path, {})
    _tell(made, f"{made['email']} has a second factor\nSecret: {made['secret']}\nFor an app: {made['url']}", as_json)


@click.command
@click.argument("email")
@json_option
@asks_platform
def code(client: Client, email: str, as_json: bool) -> None:
    """Show a customer's code of the moment, by the platform's clock."""
    found = client.get(route("sim", "users", email, "code"))
    _tell(found, found["code"], as_json)


def _tell(found: Json, words: str, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        click.echo(words)
