"""`platform-sim addons manifest`: the registry without the addons-admin plugin. Only `pull` gives the secrets."""

import json
from pathlib import Path
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import FINDINGS
from platform_sim.cli.manifest_file import A_FILE, USUAL, read_manifest
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.private import write_private
from platform_sim.cli.show import echo_lines, print_json, table

Json = dict[str, Any]


@click.group("manifest")
def manifest_group() -> None:
    """Look into the registry of manifests."""


@manifest_group.command
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=USUAL,
    show_default=True,
    metavar="FILE",
    help="Where to write it, readable by its owner only: it holds the partner's secrets.",
)
@asks_platform
def pull(client: Client, name: str, out: Path) -> None:
    """Write the current manifest to a file, as it was pushed."""
    contents = client.get(route("api", "v3", "addons", name, "current_manifest"))["contents"]
    write_private(out, json.dumps(contents, indent=2, ensure_ascii=False) + "\n")
    click.echo(f"Wrote {out}, which holds secrets: do not commit it")


@manifest_group.command
@click.argument("name")
@json_option
@asks_platform
def history(client: Client, name: str, as_json: bool) -> None:
    """List the versions, newest first."""
    found = client.get(route("sim", "services", name, "manifests"))
    brief = [{"id": version["id"], "created_at": version["created_at"]} for version in found]
    if as_json:
        print_json(brief)
    else:
        echo_lines(table(["Manifest", "Created at"], [list(version.values()) for version in brief]))


@manifest_group.command
@click.argument("name")
@click.argument("version", required=False)
@asks_platform
def show(client: Client, name: str, version: str | None) -> None:
    """Print a version, or the current one, as JSON with its secrets hidden."""
    path = route("sim", "services", name, "manifests")
    found = client.get(path + route(version)) if version else client.get(path)[0]
    print_json(found["contents"])


@manifest_group.command
@click.argument("manifest", type=A_FILE, default=USUAL)
@json_option
@asks_platform
def diff(client: Client, manifest: Path, as_json: bool) -> None:
    """Show what stands otherwise in a file than in the registry, secrets hidden. Exit code 1 if something does."""
    contents = read_manifest(manifest)
    path = route("sim", "services", contents["id"], "manifests", "differences")
    found: list[str] = client.post(path, {"contents": contents})
    if as_json:
        print_json(found)
    elif found:
        echo_lines(found)
    else:
        click.echo(f"{manifest} is what is registered")
    if found:
        raise click.exceptions.Exit(FINDINGS)
