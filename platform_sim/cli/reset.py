"""`platform-sim reset`: back to a platform without apps. Partners are told of every add-on that ends."""

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import Failure
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import asked, plural, print_json


@click.command
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--seed", type=int, help="Forget everything, and begin as a platform that was started with this seed.")
@click.option("--at", metavar="TIME", help="With --seed: where the clock then stands, as in 2026-03-01T12:00:00Z.")
@click.option("--force", is_flag=True, help="With --seed: even if partners have not acknowledged what has ended.")
@json_option
@asks_platform
def command(client: Client, yes: bool, seed: int | None, at: str | None, force: bool, as_json: bool) -> None:
    """Destroy all apps and add-ons; services stay.

    Partners are asked to delete, as at any other end. With --seed services, customers, teams and the event log go
    too, and ids, names and tokens repeat.
    """
    if seed is None and (at is not None or force):
        raise click.UsageError("--at and --force go with --seed")
    if not yes:
        what = "every app and add-on" if seed is None else "every app and add-on, and forget all else,"
        answer = asked(f"Destroy {what} of {client.place.url}? [y/N] ")
        if answer.lower() not in ("y", "yes"):
            raise Failure("nothing was destroyed")
    wish = {"seed": seed, "at": at, "force": force or None}
    found = client.post("/sim/reset", {name: value for name, value in wish.items() if value is not None})
    if as_json:
        print_json(found)
        return
    left = "services stay" if seed is None else f"the platform begins anew with seed {seed}"
    click.echo(f"{plural(found['apps_destroyed'], 'app')} destroyed; {left}.")
    if found["addons_left"] and seed is None:
        left = plural(found["addons_left"], "add-on")
        click.echo(f"{left} not acknowledged by the partner yet: `platform-sim wait` returns when all are.")
