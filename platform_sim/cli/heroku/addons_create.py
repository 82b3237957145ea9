"""`heroku addons:create` (heroku-cli §7)."""

from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import ApiError, Failure
from platform_sim.cli.heroku.polling import wait_while
from platform_sim.cli.heroku.words import action, confirm, price_text
from platform_sim.cli.options import app_option, asks_platform, json_option
from platform_sim.cli.show import print_json

Json = dict[str, Any]


def parse_options(words: tuple[str, ...]) -> dict[str, str | bool]:
    """What stands after `--`: `--a=b`, `--a b` and `--a` (true), as the partner's options (heroku-cli §7)."""
    options: dict[str, str | bool] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        if not word.startswith("--") or word == "--":
            raise Failure(f"Unexpected argument {word}")
        name, equals, value = word[2:].partition("=")
        if equals:
            options[name] = True if value == "true" else value
        elif left and not left[0].startswith("--"):
            options[name] = left.pop(0)
        else:
            options[name] = True
    return options


def _request(client: Client, app: str, body: Json) -> Json:
    with action(f"Creating {body['plan']['name']} on {app}") as doing:
        addon: Json = client.post(
            route("apps", app, "addons"),
            body,
            accept_expansion="plan",
            x_heroku_legacy_provider_messages="true",
        )
        doing.end = price_text(addon["plan"]["price"])
    return addon


def _confirmed(client: Client, app: str, body: Json) -> Json:
    """Ask the platform; where it wants the app's name first, ask the user for it and the platform again."""
    try:
        return _request(client, app, body)
    except ApiError as error:
        if error.id != "confirmation_required":
            raise
        confirm(app, body.get("confirm"), error.message)
    return _request(client, app, {**body, "confirm": app})


def _created(addon: Json) -> str:
    names = ", ".join(addon["config_vars"])
    return f"Created {addon['name']} as {names}" if names else f"Created {addon['name']}"


def _say(client: Client, addon: Json, wait: bool) -> Json:
    """What became of it; the add-on as it is at the end."""
    if addon.get("provision_message"):
        click.echo(addon["provision_message"])
    found: Json | None = addon
    if addon["state"] == "provisioning" and not wait:
        click.echo(
            f"{addon['name']} is being created in the background. The app will restart when complete...\n"
            f"Run heroku addons:info {addon['name']} to check creation progress."
        )
        return addon
    if addon["state"] == "provisioning":
        click.echo(f"Waiting for {addon['name']}...")
        with action(f"Creating {addon['name']}"):
            found = wait_while(client, addon, "provisioning")
    if found is None or found["state"] == "deprovisioned":
        raise Failure("The add-on was unable to be created, with status deprovisioned")
    click.echo(_created(found))
    return found


@click.command(
    epilog="Options for the partner stand at the end, after --: addons:create exceptions -a my-app -- --region=eu"
)
@click.argument("service_plan", metavar="SERVICE[:PLAN]")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[-- --OPTION=VALUE...]")
@app_option()
@click.option("--as", "attachment", metavar="NAME", help="Name of the first attachment.")
@click.option("--name", metavar="NAME", help="Name of the add-on.")
@click.option("--confirm", "confirmed", metavar="APP", help="The app's name, to replace vars it has already.")
@click.option("--wait", is_flag=True, help="Stay until the partner has made it.")
@json_option
@asks_platform
def create(
    client: Client,
    service_plan: str,
    options: tuple[str, ...],
    app: str,
    attachment: str | None,
    name: str | None,
    confirmed: str | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Create an add-on."""
    body: Json = {
        "attachment": {"name": attachment} if attachment else {},
        "config": parse_options(options),
        "plan": {"name": service_plan},
    }
    body |= {key: value for key, value in (("confirm", confirmed), ("name", name)) if value}
    addon = _confirmed(client, app, body)
    if as_json:
        if wait and addon["state"] == "provisioning":
            addon = wait_while(client, addon, "provisioning") or {**addon, "state": "deprovisioned"}
        print_json(addon)
        return
    _say(client, addon, wait)
    click.echo(f"Run heroku addons:docs {addon['addon_service']['name']} to view documentation.")
