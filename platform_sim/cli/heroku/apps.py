"""`heroku apps`, `apps:create`, `apps:destroy` (heroku-cli §15, Apps)."""

from pathlib import Path
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.heroku.words import action, confirm, header
from platform_sim.cli.options import app_option, asks_platform, json_option
from platform_sim.cli.show import echo_lines, print_json, table


@click.command
@click.option("-A", "--all", "everyone", is_flag=True, help="Include apps of others that you can reach.")
@json_option
@asks_platform
def index(client: Client, everyone: bool, as_json: bool) -> None:
    """List your apps."""
    found = sorted(client.get("/apps" if everyone else "/users/~/apps"), key=lambda app: str(app["name"]))
    email = client.get("/account")["email"]
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("You have no apps.")
        return
    mine = [app["name"] for app in found if app["owner"]["email"] == email]
    others = [[app["name"], app["owner"]["email"]] for app in found if app["owner"]["email"] != email]
    if mine:
        header(f"{email} Apps")
        echo_lines([*mine, ""])
    if others:
        click.echo("Collaborated Apps")
        echo_lines(table(["Name", "Email"], others))


@click.command
@click.argument("name", required=False)
@click.option("--region", metavar="REGION", help="Where it runs, such as us or eu.")
@click.option("-s", "--stack", metavar="STACK", help="What it runs on, such as heroku-24.")
@json_option
@asks_platform
def create(client: Client, name: str | None, region: str | None, stack: str | None, as_json: bool) -> None:
    """Create an app."""
    given = {"name": name, "region": region, "stack": stack}
    with action(f"Creating {name or 'app'}") as doing:
        app: dict[str, Any] = client.post("/apps", {key: value for key, value in given.items() if value is not None})
        ends = [] if name else [app["name"]]
        ends += [f"region is {app['region']['name']}"] if region else []
        ends += [f"stack is {app['stack']['name']}"] if stack else []
        doing.end = ", ".join(["done", *ends])
    if as_json:
        print_json(app)
    else:
        click.echo(f"{app['web_url']} | {app['git_url']}")
    if Path(".git").exists():
        click.echo(f"To push to it, first type: git remote add heroku {app['git_url']}", err=True)


@click.command
@click.argument("name", required=False)
@app_option(required=False)
@click.option("-c", "--confirm", "confirmed", metavar="APP", help="The app's name, so that nothing is asked.")
@asks_platform
def destroy(client: Client, name: str | None, app: str | None, confirmed: str | None) -> None:
    """Destroy an app with all its add-ons."""
    wanted = name or app
    if wanted is None:
        raise click.UsageError("No app specified.\nUSAGE: platform-sim heroku apps:destroy APPNAME")
    found = client.get(route("apps", wanted))
    confirm(found["name"], confirmed, f"This will delete {found['name']} including all add-ons.")
    with action(f"Destroying {found['name']} (including all add-ons)"):
        client.delete(route("apps", found["id"]))
