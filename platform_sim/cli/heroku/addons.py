"""`heroku addons`, `addons:info`, `addons:plans`, `addons:services` (heroku-cli §7, §15): what only reads."""

from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.heroku.resolve import resolve_addon
from platform_sim.cli.heroku.words import STATES, billed, header, hourly, long_stamp, monthly
from platform_sim.cli.options import app_option, asks_platform, json_option
from platform_sim.cli.show import Cell, echo_lines, pairs, print_json, table

Json = dict[str, Any]


def _by_addon(addons: list[Json], attachments: list[Json], app: str) -> list[Json]:
    """The app's add-ons with `attachments`, then those of others that are attached to it, as far as they show."""
    found = [
        {**addon, "attachments": [row for row in attachments if row["addon"]["id"] == addon["id"]]} for addon in addons
    ]
    known = {addon["id"] for addon in addons}
    for foreign in dict.fromkeys(row["addon"]["id"] for row in attachments if row["addon"]["id"] not in known):
        rows = [row for row in attachments if row["addon"]["id"] == foreign]
        if any(row["app"]["name"] == app for row in rows):
            found.append({"name": rows[0]["addon"]["name"], "app": rows[0]["addon"]["app"], "attachments": rows})
    return sorted(
        found, key=lambda row: (row["app"]["name"] != app, row["plan"]["name"] if "plan" in row else "~", row["name"])
    )


def _row_for(addon: Json, app: str) -> list[Cell]:
    service = addon["addon_service"]["name"] if "addon_service" in addon else "?"
    attached = sorted(
        addon["attachments"], key=lambda row: (row["app"]["name"] != app, row["app"]["name"], row["name"])
    )
    tree = [f"{service} ({addon['name']})"]
    for number, row in enumerate(attached, start=1):
        where = "" if row["app"]["name"] == app else f" on {row['app']['name']} app"
        tree.append(f"{'└─' if number == len(attached) else '├─'} as {row['name']}{where}")
    plan = addon["plan"]["name"].partition(":")[2] if "plan" in addon else "?"
    if addon["app"]["name"] == app:
        prices = [hourly(billed(addon)), monthly(billed(addon))]
    else:
        prices = [f"(billed to {addon['app']['name']} app)"] * 2
    return [tree, plan, *prices, STATES.get(addon.get("state", ""), "")]


def _row_of_all(addon: Json) -> list[Cell]:
    price = billed(addon)
    state = STATES.get(addon["state"], addon["state"])
    return [addon["app"]["name"], addon["name"], addon["plan"]["name"], hourly(price), monthly(price), state]


@click.command
@app_option(required=False)
@click.option("-A", "--all", "everywhere", is_flag=True, help="Of all apps, even if an app is given.")
@json_option
@asks_platform
def index(client: Client, app: str | None, everywhere: bool, as_json: bool) -> None:
    """List your add-ons and attachments."""
    expanded = {"accept_expansion": "addon_service,plan", "variant": "sdk"}
    if app is None or everywhere:
        found = client.get("/addons", **expanded)
        found = sorted(found, key=lambda row: (row["app"]["name"], row["plan"]["name"], row["name"]))
        if as_json:
            print_json(found)
        elif found:
            titles = ["Owning App", "Add-on", "Plan", "Price", "Max Price", "State"]
            echo_lines(table(titles, [_row_of_all(addon) for addon in found]))
        else:
            click.echo("No add-ons.")
        return
    addons = client.get(route("apps", app, "addons"), **expanded)
    found = _by_addon(addons, client.get("/addon-attachments"), app)
    if as_json:
        print_json(found)
    elif found:
        click.echo()
        titles = ["Add-on", "Plan", "Price", "Max Price", "State"]
        echo_lines(table(titles, [_row_for(addon, app) for addon in found]))
        click.echo(f"\nThe table above shows add-ons and the attachments to the current app ({app}) or other apps.")
    else:
        click.echo(f"No add-ons for app {app}.")


@click.command
@click.argument("addon")
@app_option(required=False)
@json_option
@asks_platform
def info(client: Client, addon: str, app: str | None, as_json: bool) -> None:
    """Show an add-on and its attachments."""
    found = resolve_addon(client, addon, app)
    attachments = client.get(route("addons", found["id"], "addon-attachments"))
    if as_json:
        print_json({**found, "attachments": attachments})
        return
    price = billed(found)
    header(found["name"])
    names = sorted(f"{row['app']['name']}::{row['name']}" for row in attachments)
    values: dict[str, Cell] = {
        "Plan": found["plan"]["name"],
        "Price": hourly(price),
        "Max Price": monthly(price),
        "Attachments": names,
        "Owning app": found["app"]["name"],
        "Installed at": long_stamp(found["created_at"]),
        "State": STATES.get(found["state"], str(found["state"])),
    }
    echo_lines(pairs(values))


@click.command
@click.argument("service")
@json_option
@asks_platform
def plans(client: Client, service: str, as_json: bool) -> None:
    """List the plans of an add-on service."""
    found = client.get(route("addon-services", service, "plans"), variant="sdk")
    found = sorted(found, key=lambda plan: (bool(plan["price"].get("contract")), plan["price"]["cents"]))
    if as_json:
        print_json(found)
        return
    rows = [
        [
            "default" if plan["default"] else "",
            plan["name"],
            plan["human_name"],
            hourly(plan["price"]),
            monthly(plan["price"]),
        ]
        for plan in found
    ]
    echo_lines(table(["", "Slug", "Name", "Price", "Max Price"], rows))


@click.command
@json_option
@asks_platform
def services(client: Client, as_json: bool) -> None:
    """List the add-on services."""
    found = client.get("/addon-services")
    if as_json:
        print_json(found)
        return
    echo_lines(table(["Slug", "Name", "State"], [[row["name"], row["human_name"], row["state"]] for row in found]))
    click.echo("\nSee plans with heroku addons:plans SERVICE")
