"""`platform-sim reset`: back to a platform without apps. Partners are told of every add-on that ends."""

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import Failure
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import asked, plural, print_json


@click.command
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
@asks_platform
def command(client: Client, yes: bool, as_json: bool) -> None:
    """Destroy all apps and add-ons; services stay.

    Partners are asked to delete, as at any other end.
    """
    if not yes:
        answer = asked(f"Destroy every app and add-on of {client.place.url}? [y/N] ")
        if answer.lower() not in ("y", "yes"):
            raise Failure("nothing was destroyed")
    found = client.post("/sim/reset", {})
    if as_json:
        print_json(found)
    else:
        click.echo(f"{plural(found['apps_destroyed'], 'app')} destroyed; services stay.")
        if found["addons_left"]:
            left = plural(found["addons_left"], "add-on")
            click.echo(f"{left} not acknowledged by the partner yet: `platform-sim wait` returns when all are.")
