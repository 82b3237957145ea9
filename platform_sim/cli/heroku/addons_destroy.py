"""`heroku addons:destroy` (heroku-cli §7)."""

from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import ApiError, Failure
from platform_sim.cli.heroku.polling import wait_while
from platform_sim.cli.heroku.resolve import resolve_addon
from platform_sim.cli.heroku.words import action, confirm
from platform_sim.cli.options import app_option, asks_platform

Json = dict[str, Any]


def _destroy(client: Client, addon: Json, force: bool, wait: bool) -> None:
    with action(f"Destroying {addon['name']} on {addon['app']['name']}") as doing:
        path = route("apps", addon["app"]["id"], "addons", addon["id"])
        try:
            found = client.delete(path, {"force": force}, accept_expansion="plan")
        except ApiError as error:
            raise Failure(f"The add-on was unable to be destroyed: {error.message}.") from None
        if found["state"] == "deprovisioning":
            doing.end = "pending"
        elif found["state"] != "deprovisioned":
            raise Failure(f"The add-on was unable to be destroyed, with status {found['state']}.")
    if found["state"] == "deprovisioned":
        return
    if not wait:
        click.echo(f"{addon['name']} is being destroyed in the background. The app will restart when complete...")
        click.echo(f"Run heroku addons:info {addon['name']} to check destruction progress")
        return
    click.echo(f"Waiting for {addon['name']}...")
    with action(f"Destroying {addon['name']}"):
        wait_while(client, found, "deprovisioning")


@click.command
@click.argument("addons", nargs=-1, required=True, metavar="ADDON...")
@app_option(required=False)
@click.option("-c", "--confirm", "confirmed", metavar="APP", help="Name of the owning app, so that nothing is asked.")
@click.option("-f", "--force", is_flag=True, help="Even if other apps are attached.")
@click.option("--wait", is_flag=True, help="Stay until the partner has answered.")
@asks_platform
def destroy(
    client: Client, addons: tuple[str, ...], app: str | None, confirmed: str | None, force: bool, wait: bool
) -> None:
    """Destroy add-ons."""
    found = [resolve_addon(client, name, app, null_app=False) for name in addons]
    for addon in found:
        if app and app not in (addon["app"]["name"], addon["app"]["id"]):
            raise Failure(f"{addon['name']} is on {addon['app']['name']} not {app}")
    for owner in dict.fromkeys(addon["app"]["name"] for addon in found):
        confirm(owner, confirmed)
        for addon in found:
            if addon["app"]["name"] == owner:
                _destroy(client, addon, force, wait)
