"""`platform-sim addons`: register a partner's service as the addons-admin plugin does (heroku-cli §11), and list them.

A manifest holds the partner's password and SSO salt: nothing of it is printed.
"""

import json
from pathlib import Path
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.services import plan_words, services
from platform_sim.cli.services import plans as plans_of
from platform_sim.cli.show import echo_lines, print_json, table

Json = dict[str, Any]
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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


def read_manifest(path: Path) -> Json:
    """The manifest of a file; click.UsageError says what is wrong with it. The platform checks the rest."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise click.UsageError(f"{path} cannot be read: {problem.strerror}") from None
    except ValueError as problem:
        raise click.UsageError(f"{path} is not JSON: {problem}") from None
    if not isinstance(found, dict) or not isinstance(found.get("id"), str) or not found["id"]:
        raise click.UsageError(f'{path} is no add-on manifest: it must be an object with an "id"')
    return found


def write_secret(path: Path, secret: str) -> None:
    """Into a file that only its owner can read, from its first moment on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(secret + "\n", encoding="utf-8")


@click.group
def group() -> None:
    """Register and list add-on services."""


@group.command
@click.argument("manifest", type=A_FILE)
@click.option(
    "--plan", "plans", callback=read_plans, multiple=True, metavar="NAME[=CENTS]", help="A plan; may be repeated."
)
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
    client_secret_file: Path | None,
    client_secret_out: Path | None,
    show_secret: bool,
    as_json: bool,
) -> None:
    """Register the service of a manifest, or bring it up to date.

    The first plan is the default. Without --plan a new service has one free plan, `test`.
    """
    contents = read_manifest(manifest)
    wanted: Json = {"plans": plans} if plans else {}
    if client_secret_file is not None:
        wanted["client_secret"] = client_secret_file.read_text(encoding="utf-8").strip()
    client.post(route("api", "v3", "addons", contents["id"], "manifests"), {"contents": contents})
    secret = client.put(route("sim", "services", contents["id"]), wanted)["client_secret"]
    service: Json = {"name": contents["id"], "plans": plans_of(client, contents["id"])}
    if client_secret_out is not None:
        write_secret(client_secret_out, secret)
    if show_secret:
        service["client_secret"] = secret
    if as_json:
        print_json(service)
        return
    click.echo(f"Registered {service['name']} with {', '.join(plan_words(plan) for plan in service['plans'])}")
    if show_secret:
        click.echo(f"OAuth client secret: {secret}")
    if client_secret_out is not None:
        click.echo(f"OAuth client secret written to {client_secret_out}")


@group.command("list")
@json_option
@asks_platform
def list_(client: Client, as_json: bool) -> None:
    """List the services with their plans and the number of add-ons that live."""
    found = services(client, client.get("/addons"))
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
