"""`platform-sim users`: more customers than the first one, and browsers that are one of them.

A token is printed when it is made, and never again. What people log in with: `users_login.py`.
"""

from pathlib import Path
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.private import write_private
from platform_sim.cli.show import echo_lines, print_json, table
from platform_sim.cli.users_login import code, password, second_factor

Json = dict[str, Any]

token_file = click.option(
    "--token-out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the token to FILE, readable by its owner only, instead of printing it.",
)


@click.group
def group() -> None:
    """Make customers, give them tokens and passwords, suspend them, and make a browser one of them."""


for _command in (password, second_factor, code):
    group.add_command(_command)


@group.command
@click.argument("email")
@click.option("--name", help="The person's name.")
@token_file
@json_option
@asks_platform
def create(client: Client, email: str, name: str | None, token_out: Path | None, as_json: bool) -> None:
    """Make a customer with a token. Use it as HEROKU_API_KEY."""
    made = client.post("/sim/users", {"email": email} | ({"name": name} if name else {}))
    _tell_token(f"Created {made['email']}", made, token_out, as_json)


@group.command
@click.argument("email")
@token_file
@json_option
@asks_platform
def token(client: Client, email: str, token_out: Path | None, as_json: bool) -> None:
    """Make another token for a customer; `heroku authorizations` lists them, and revokes them."""
    made = client.post(route("sim", "users", email, "tokens"), {})
    _tell_token(f"Made a token for {made['email']}", made, token_out, as_json)


def _tell_token(done: str, made: Json, token_out: Path | None, as_json: bool) -> None:
    value = made.pop("token") if token_out else made["token"]
    if token_out:
        write_private(token_out, value + "\n")
    if as_json:
        print_json(made)
        return
    click.echo(done)
    click.echo(f"Token written to {token_out}" if token_out else f"Token: {value}")


@group.command("list")
@json_option
@asks_platform
def list_(client: Client, as_json: bool) -> None:
    """List the customers."""
    found = client.get("/sim/users")
    if as_json:
        print_json(found)
    else:
        echo_lines(table(["E-mail", "Name", "Standing"], [[u["email"], u["name"] or "", _standing(u)] for u in found]))


def _standing(user: Json) -> str:
    return ", ".join(word for word in ("suspended", "delinquent") if user[f"{word}_at"]) or "good"


@group.command("set")
@click.argument("email")
@click.option("--suspended/--no-suspended", default=None, help="Refuse every request with 403, or no more.")
@click.option("--delinquent/--no-delinquent", default=None, help="Refuse every request with 402, or no more.")
@json_option
@asks_platform
def set_(client: Client, email: str, suspended: bool | None, delinquent: bool | None, as_json: bool) -> None:
    """Suspend a customer, or say that it has not paid. Its apps go on."""
    wanted = {"suspended": suspended, "delinquent": delinquent}
    wanted = {name: value for name, value in wanted.items() if value is not None}
    if not wanted:
        raise click.UsageError("say what to change: --suspended, --no-suspended, --delinquent or --no-delinquent")
    found = client.patch(route("sim", "users", email), wanted)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['email']}: {_standing(found)}")


@group.command("open")
@click.argument("email")
@click.option("--show-url", is_flag=True, help="Print the address instead of opening it.")
@json_option
@asks_platform
def open_(client: Client, email: str, show_url: bool, as_json: bool) -> None:
    """Make the browser a customer, for the pages of single sign-on. The address works once, for five minutes."""
    made = client.post(route("sim", "users", email, "links"), {})
    if as_json:
        print_json(made)
    elif show_url:
        click.echo(made["url"])
    else:
        click.echo(f"Opening a page that makes the browser {made['email']}...")
        click.launch(made["url"])
