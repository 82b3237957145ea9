"""`platform-sim snapshot restore`: what a file says, in place of all that the running platform is."""

from pathlib import Path

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import Failure
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import asked, echo_lines, plural, print_json
from platform_sim.cli.snapshot.files import read


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
@asks_platform
def command(client: Client, file: Path, yes: bool, as_json: bool) -> None:
    """Put what FILE says in place of all that the running platform is.

    Nobody is told: partners keep what they hold. Dynos, jobs and the clock go on as they were.
    """
    with read(file) as source:
        if not yes and asked(f"Replace everything at {client.place.url}? [y/N] ").lower() not in ("y", "yes"):
            raise Failure("nothing was restored")
        found = client.upload("/sim/snapshot", source, file.stat().st_size, "application/zip")
    if as_json:
        print_json(found)
        return
    lines = [f"Restored: {plural(found['apps'], 'app')}, {plural(found['addons'], 'add-on')}; it is {found['now']}."]
    if found["new_secrets"]:
        made = plural(found["new_secrets"], "secret")
        lines += [
            f"The file holds no secrets: {made} made anew. Passwords of customers, of partners' manifests and values",
            "of config vars are not what they were: set them again, and register services anew.",
        ]
    if found["token"] != client.place.token:
        lines.append('The token has changed: eval "$(platform-sim env)" points a shell at the platform again.')
    echo_lines(lines)
