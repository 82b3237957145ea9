"""`platform-sim wait`: until the platform has nothing left to do. Asks again and again; changes nothing."""

import time
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import Failure
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import plural, print_json

PAUSE = 0.1
"""Seconds between two looks."""

Json = dict[str, Any]


def missing(client: Client, app: str | None) -> list[str]:
    """What is still to come, a sentence each; empty when all is done.

    With an app only its releases, dynos and add-ons count, beside the platform's jobs.
    """
    status = client.get("/sim/status")
    found = []
    if left := sum(status["jobs"].values()):
        kinds = ", ".join(sorted({j["kind"] for j in status["waiting"] if not j["kind"].endswith("_deadline")}))
        found.append(f"{plural(left, 'job')} open ({kinds})")
    apps = [client.get(route("apps", app))] if app else client.get("/apps")
    for row in apps:
        found += _missing_dynos(client, row)
    found += [
        f"{row['name']} is {row['state']}"
        for row in client.get(route("apps", app, "addons") if app else "/addons")
        if row["state"] in ("provisioning", "deprovisioning")
    ]
    return found


def _missing_dynos(client: Client, app: Json) -> list[str]:
    """A dyno counts when it is up and runs the current release: one that is about to be replaced does not."""
    releases = client.get(route("apps", app["id"], "releases"), range="version ..; order=desc,max=10")
    found = [f"release v{row['version']} of {app['name']} is pending" for row in releases if row["status"] == "pending"]
    current = next((row["version"] for row in releases if row["current"]), None)
    dynos = client.get(route("apps", app["id"], "dynos"))
    for wanted in client.get(route("apps", app["id"], "formation")):
        of_type = [row for row in dynos if row["type"] == wanted["type"]]
        ready = [row for row in of_type if row["state"] == "up" and row["release"]["version"] == current]
        if len(ready) < wanted["quantity"]:
            states = ", ".join(f"{row['name']} {row['state']} with v{row['release']['version']}" for row in of_type)
            found.append(
                f"{app['name']}: {len(ready)} of {wanted['quantity']} {wanted['type']} dynos up with v{current}"
                f" ({states or 'none runs'})"
            )
    return found


@click.command
@click.option("-a", "--app", metavar="APP", help="Only this app's dynos and add-ons.")
@click.option("--timeout", type=click.FloatRange(min=0), default=60, show_default=True, metavar="SECONDS")
@json_option
@asks_platform
def command(client: Client, app: str | None, timeout: float, as_json: bool) -> None:
    """Wait until nothing is left to do and all dynos are up.

    That is: no job is open, every wanted dyno is up with the current release, no release is pending and no add-on is
    being made or unmade. Exit code 1 if that does not come about within --timeout seconds.
    """
    deadline = time.monotonic() + timeout
    while found := missing(client, app):
        if time.monotonic() >= deadline:
            break
        time.sleep(PAUSE)
    if as_json:
        print_json({"ready": not found, "missing": found})
    if found and not as_json:
        raise Failure(f"still missing after {timeout:g} s:\n" + "\n".join(f"  {line}" for line in found))
    if found:
        raise click.exceptions.Exit(Failure.code)
    if not as_json:
        click.echo("Nothing is left to do.")
