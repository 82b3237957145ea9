"""`platform-sim snapshot diff`: how two snapshots differ, in words."""

import tempfile
from pathlib import Path
from typing import Any

import click

from platform_sim.cli.client import Client
from platform_sim.cli.find import find
from platform_sim.cli.options import json_option, platform_options
from platform_sim.cli.show import echo_lines, print_json
from platform_sim.cli.snapshot.files import fetch
from platform_sim.cli.snapshot.reading import opened_file
from platform_sim.settings import environment
from platform_sim.snapshots.diff import differences


@click.command
@click.argument("before", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("after", type=click.Path(dir_okay=False, path_type=Path), required=False)
@json_option
@platform_options
def command(before: Path, after: Path | None, as_json: bool, **place: Any) -> None:
    """Say how AFTER differs from BEFORE; without AFTER, how the running platform does.

    Secrets are never shown, and that one has changed is seen only if both files hold them. Exit code 1 if anything
    differs.
    """
    with tempfile.TemporaryDirectory() as folder, opened_file(before) as first:
        if after is None:
            after = Path(folder) / "now"
            with after.open("wb") as target:
                client = Client(find(environment(), **place))
                fetch(client, target, secrets=first.has_secrets, files=False, logs=False)
        with opened_file(after) as second:
            found = differences(first, second)
    if as_json:
        print_json({"differ": bool(found), "subjects": [{"subject": s, "changes": c} for s, c in found.items()]})
    elif not found:
        click.echo("No difference.")
    else:
        echo_lines([f"{subject}: {change}" for subject, changes in found.items() for change in changes])
    if found:
        raise click.exceptions.Exit(1)
