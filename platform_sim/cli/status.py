"""`platform-sim status`: the whole platform at a glance, through the public API and `GET /sim/status`."""

from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.services import services
from platform_sim.cli.show import echo_lines, pairs, print_json

Json = dict[str, Any]


def gather(client: Client) -> Json:
    """What `--json` prints: `/sim/status` with `apps` and `services` beside it."""
    addons = client.get("/addons")
    apps = [
        {
            "name": app["name"],
            "web_url": app["web_url"],
            "maintenance": app["maintenance"],
            "formation": [
                {"type": row["type"], "quantity": row["quantity"], "size": row["size"]}
                for row in client.get(route("apps", app["id"], "formation"))
            ],
            "dynos": [
                {"name": row["name"], "state": row["state"], "release": row["release"]["version"]}
                for row in client.get(route("apps", app["id"], "dynos"))
            ],
            "addons": [
                {"name": row["name"], "plan": row["plan"]["name"], "state": row["state"]}
                for row in addons
                if row["app"]["id"] == app["id"]
            ],
        }
        for app in client.get("/apps")
    ]
    return {**client.get("/sim/status"), "apps": apps, "services": services(client)}


def lines(found: Json) -> list[str]:
    """The same for people."""
    clock, jobs = found["clock"], found["jobs"]
    shown = pairs(
        {
            "platform": f"{found['url']} (version {found['version']}, boot {found['boot_id']})",
            "clock": clock["now"] + (", frozen" if clock["frozen"] else ""),
            "seed": "none" if found["seed"] is None else str(found["seed"]),
            "data": found["data"] or "in memory",
            "jobs": f"{jobs['todo']} to do, {jobs['doing']} being done",
        },
        end="",
    )
    for app in found["apps"]:
        shown += ["", f"{app['name']}  {app['web_url']}" + ("  (maintenance)" if app["maintenance"] else "")]
        shown += [f"  {line}" for line in _app_lines(app)]
    shown += ["", "services"]
    shown += [f"  {row['name']}: {', '.join(plan['name'] for plan in row['plans'])}" for row in found["services"]]
    if not found["services"]:
        shown.append("  none yet: platform-sim addons register MANIFEST.json")
    return shown


def _app_lines(app: Json) -> list[str]:
    wanted = " ".join(f"{row['type']}={row['quantity']}:{row['size']}" for row in app["formation"])
    return [
        f"formation  {wanted or 'nothing deployed yet'}",
        *(f"{row['name']}  {row['state']} (v{row['release']})" for row in app["dynos"]),
        *(f"{row['name']}  {row['plan']} {row['state']}" for row in app["addons"]),
    ]


@click.command
@json_option
@asks_platform
def command(client: Client, as_json: bool) -> None:
    """Show the platform, its apps, dynos, add-ons and services."""
    found = gather(client)
    if as_json:
        print_json(found)
    else:
        echo_lines(lines(found))
