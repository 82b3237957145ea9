"""`platform-sim addons`: register a partner's service as the addons-admin plugin does (heroku-cli §11), list and show.

A manifest holds the partner's password and SSO salt: nothing of it is printed.
"""

from pathlib import Path
from typing import Any

import click

from platform_sim.cli.addons_manifest import manifest_group
from platform_sim.cli.addons_set import (
    local_option,
    no_local_option,
    place_wanted,
    plan,
    reset_secret,
    service_options,
    set_,
)
from platform_sim.cli.client import Client, route
from platform_sim.cli.manifest_file import A_FILE, read_manifest
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.private import write_private
from platform_sim.cli.services import brief_plans, plan_words, price_words, services
from platform_sim.cli.show import echo_lines, pairs, print_json, table

Json = dict[str, Any]


def read_plans(context: click.Context, option: click.Parameter, words: tuple[str, ...]) -> list[Json]:
    """`NAME` or `NAME=CENTS` (cents a month, 0 if not said) as the platform takes them."""
    plans = []
    for word in words:
        name, _, cents = word.partition("=")
        if not name or not (cents or "0").isdecimal():
            raise click.BadParameter(
                f"{word!r} must be NAME or NAME=CENTS, such as pro=900 for $9 a month", context, option
            )
        plans.append({"name": name, "cents": int(cents or "0")})
    return plans


@click.group
def group() -> None:
    """Register and list add-on services."""


group.add_command(set_)
group.add_command(plan)
group.add_command(reset_secret)
group.add_command(manifest_group)


@group.command
@click.argument("manifest", type=A_FILE)
@click.option(
    "--plan", "plans", callback=read_plans, multiple=True, metavar="NAME[=CENTS]", help="A plan; may be repeated."
)
@local_option
@no_local_option
@service_options
@click.option("--client-secret-file", type=A_FILE, metavar="FILE", help="Use the OAuth client secret in FILE.")
@click.option(
    "--client-secret-out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the OAuth client secret to FILE, readable by its owner only.",
)
@click.option("--show-secret", is_flag=True, help="Print the OAuth client secret.")
@json_option
@asks_platform
def register(
    client: Client,
    manifest: Path,
    plans: list[Json],
    wanted: Json,
    local: str | None,
    no_local: bool,
    client_secret_file: Path | None,
    client_secret_out: Path | None,
    show_secret: bool,
    as_json: bool,
) -> None:
    """Register the service of a manifest, or bring it up to date.

    The first plan is the default. Without --plan a new service has one free plan, `test`.
    """
    wanted |= place_wanted(local, no_local)
    contents = read_manifest(manifest)
    wanted |= {"plans": plans} if plans else {}
    if client_secret_file is not None:
        wanted["client_secret"] = client_secret_file.read_text(encoding="utf-8").strip()
    pushed = client.post(route("api", "v3", "addons", contents["id"], "manifests"), {"contents": contents})
    for warning in pushed.get("warnings", []):
        click.echo(f"Warning: {warning}", err=True)
    changed = client.put(route("sim", "services", contents["id"]), wanted)
    service: Json = {"name": contents["id"], "plans": brief_plans(changed)}
    secret = ""
    if client_secret_out is not None or show_secret:
        secret = client.get(route("sim", "services", contents["id"], "client-secret"))["client_secret"]
    if client_secret_out is not None:
        write_private(client_secret_out, secret + "\n")
    if show_secret:
        service["client_secret"] = secret
    if as_json:
        print_json(service)
        return
    where = f", called at {changed['calls']['base_url']}" if changed["local"] else ""
    click.echo(f"Registered {service['name']} with {', '.join(plan_words(plan) for plan in service['plans'])}{where}")
    if show_secret:
        click.echo(f"OAuth client secret: {secret}")
    if client_secret_out is not None:
        click.echo(f"OAuth client secret written to {client_secret_out}")


@group.command("list")
@json_option
@asks_platform
def list_(client: Client, as_json: bool) -> None:
    """List the services with their plans and the number of add-ons that live."""
    found = services(client)
    if as_json:
        print_json(found)
    elif found:
        rows = [
            [row["name"], row["state"], ", ".join(plan_words(plan) for plan in row["plans"]), str(row["live"])]
            for row in found
        ]
        echo_lines(table(["Service", "State", "Plans", "Add-ons"], rows))
    else:
        click.echo("No services: register one with `platform-sim addons register MANIFEST.json`.")


@group.command
@click.argument("name")
@json_option
@asks_platform
def show(client: Client, name: str, as_json: bool) -> None:
    """Show a service: its stage, where its partner is called, its plans and who is offered them."""
    found = client.get(route("sim", "services", name))
    if as_json:
        print_json(found)
        return
    echo_lines(
        pairs(
            {
                "Name": f"{found['name']} ({found['human_name']})",
                "State": found["state"],
                "Owner": found["owner"] or "nobody",
                "Called at": [url for url in found["calls"].values() if url],
                "Abilities": found["abilities"] or "none",
                "Add-ons": str(found["addons"]),
            }
        )
    )
    rows = [
        [
            plan["name"] + (" (default)" if plan["default"] else ""),
            price_words(plan["cents"]),
            plan["offered"],
            plan["passes"] or "",
            [action["label"] for action in plan["actions"]],
        ]
        for plan in found["plans"]
    ]
    click.echo()
    echo_lines(table(["Plan", "Price", "Offered to", "Plan passes", "Actions"], rows))
