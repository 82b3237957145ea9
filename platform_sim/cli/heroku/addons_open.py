"""`heroku addons:open`: single sign-on into the partner's dashboard (heroku-cli §7). The page signs in, not we."""

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.heroku.resolve import resolve_addon, resolve_attachment
from platform_sim.cli.options import app_option, asks_platform


def address(client: Client, name: str, app: str | None) -> str:
    """The `web_url` of the attachment called `name`, else of the add-on, through the app's own attachment if any."""
    attachment = resolve_attachment(client, name, app)
    if attachment is not None:
        return str(attachment["web_url"])
    addon = resolve_addon(client, name, app)
    if app is not None:
        for row in client.get(
            route("addons", addon["id"], "addon-attachments"),
            variant="sdk",
            accept_inclusion="addon:plan,config_vars",
        ):
            if row["app"]["name"] == app:
                return str(row["web_url"])
    return str(addon["web_url"])


@click.command
@click.argument("addon")
@app_option(required=False)
@click.option("--show-url", is_flag=True, help="Print the address instead of opening it.")
@asks_platform
def open_(client: Client, addon: str, app: str | None, show_url: bool) -> None:
    """Open an add-on's dashboard in the browser."""
    found = address(client, addon, app)
    if show_url:
        click.echo(found)
        return
    click.echo(f"Opening {found}...")
    click.launch(found)
