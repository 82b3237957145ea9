"""`platform-sim incidents`: say that something is wrong with the platform, as `heroku status` then shows."""

from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import echo_lines, print_json, table

Json = dict[str, Any]

SEVERITIES = ("blue", "yellow", "red")
SYSTEMS = ("Apps", "Data", "Tools")


@click.group
def group() -> None:
    """Say that something is wrong with the platform, and that it is over."""


@group.command
@click.argument("title")
@click.option("--severity", type=click.Choice(SEVERITIES), default="yellow", show_default=True, help="How bad it is.")
@click.option("--system", "systems", type=click.Choice(SYSTEMS), multiple=True, help="What it is about; else all.")
@click.option("--text", help="What is said about it; else the title.")
@json_option
@asks_platform
def declare(
    client: Client, title: str, severity: str, systems: tuple[str, ...], text: str | None, as_json: bool
) -> None:
    """Declare an incident. Nothing else changes: what runs goes on."""
    body: Json = {"title": title, "severity": severity, "systems": list(systems or SYSTEMS)}
    made = client.post("/sim/incidents", body | ({"contents": text} if text else {}))
    if as_json:
        print_json(made)
    else:
        click.echo(f"Declared: {made['title']} ({', '.join(made['systems'])}: {made['severity']})")


@group.command("list")
@json_option
@asks_platform
def list_(client: Client, as_json: bool) -> None:
    """List the incidents, those that are over too."""
    found = client.get("/sim/incidents")
    if as_json:
        print_json(found)
        return
    shown = [[i["title"], ", ".join(i["systems"]), i["severity"], "over" if i["resolved"] else "open"] for i in found]
    echo_lines(table(["Title", "Systems", "Severity", "State"], shown))


@group.command
@click.argument("incident", required=False)
@click.option("--text", help="What is said about it.")
@json_option
@asks_platform
def resolve(client: Client, incident: str | None, text: str | None, as_json: bool) -> None:
    """Say that an incident is over: the one with this id, else all that are open."""
    open_ones = [each["id"] for each in client.get("/sim/incidents") if not each["resolved"]]
    body: Json = {"resolved": True} | ({"contents": text} if text else {})
    over = [client.patch(route("sim", "incidents", each), body) for each in ([incident] if incident else open_ones)]
    if as_json:
        print_json(over)
    else:
        echo_lines([f"Over: {each['title']}" for each in over] or ["No incident is open."])
