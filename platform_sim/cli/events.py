"""`platform-sim events`: the event log in its canonical order, `GET /sim/events` (design §3)."""

import json
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.options import asks_platform, is_id
from platform_sim.cli.show import print_json_line


def line(event: dict[str, Any]) -> str:
    """`2026-01-02T03:04:05+00:00  release create  {"version": 3}  by you@example.com`."""
    actor = f"  by {event['actor_email']}" if event.get("actor_email") else ""
    data = json.dumps(event["data"], ensure_ascii=False)
    return f"{event['created_at']}  {event['kind']} {event['action']}  {data}{actor}"


def app_id(client: Client, app: str) -> str:
    """The id of an app; an id is taken as it is, since the app may be gone. ApiError for an unknown name."""
    return app if is_id(app) else str(client.get(route("apps", app))["id"])


@click.command
@click.option("-a", "--app", metavar="APP", help="Only events of this app (of a destroyed one: its id).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line and nothing else.")
@asks_platform
def command(client: Client, app: str | None, as_json: bool) -> None:
    """Show what happened, in order."""
    wanted = app_id(client, app) if app else None
    for event in client.get("/sim/events"):
        if wanted not in (None, event["app_id"]):
            continue
        if as_json:
            print_json_line(event)
        else:
            click.echo(line(event))
