"""`platform-sim snapshot take`: everything that the platform is, as a file."""

from pathlib import Path

import click

from platform_sim.cli.client import Client
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import print_json
from platform_sim.cli.snapshot.files import fetch, written


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--secrets", is_flag=True, help="Tokens, passwords, config values and the like, too.")
@click.option("--files", is_flag=True, help="What was pushed itself, so that the file can go to another machine.")
@click.option("--logs", is_flag=True, help="The apps' logs and the output of builds, too.")
@json_option
@asks_platform
def command(client: Client, file: Path, secrets: bool, files: bool, logs: bool, as_json: bool) -> None:
    """Write everything that the platform is into FILE: rows, clock, timers, chance.

    Secrets are left out; when the file is restored, others are made. Repositories and slugs are named, with a digest
    and where they are kept in the data folder.
    """
    with written(file) as target:
        fetch(client, target, secrets=secrets, files=files, logs=logs)
        size = target.tell()
    if as_json:
        print_json({"file": str(file), "bytes": size, "secrets": secrets, "files": files, "logs": logs})
        return
    click.echo(f"{file}: {size} bytes, {'with all secrets: keep it to yourself' if secrets else 'without secrets'}.")
