"""`heroku maintenance`, `maintenance:on`, `maintenance:off` (heroku-cli §15, misc)."""

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.heroku.words import action
from platform_sim.cli.options import app_option, asks_platform


@click.command
@app_option()
@asks_platform
def index(client: Client, app: str) -> None:
    """Show whether an app is in maintenance mode."""
    click.echo("on" if client.get(route("apps", app))["maintenance"] else "off")


@click.command
@app_option()
@asks_platform
def on(client: Client, app: str) -> None:
    """Put an app into maintenance mode: the router answers for it."""
    with action(f"Enabling maintenance mode for {app}"):
        client.patch(route("apps", app), {"maintenance": True})


@click.command
@app_option()
@asks_platform
def off(client: Client, app: str) -> None:
    """Take an app out of maintenance mode."""
    with action(f"Disabling maintenance mode for {app}"):
        client.patch(route("apps", app), {"maintenance": False})
