"""`platform-sim snapshot take`: everything that the platform is, as a file."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

import click

from platform_sim.cli.client import Client
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import print_json
from platform_sim.cli.snapshot.files import STDOUT, fetch, sent, written


@click.command
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--secrets", is_flag=True, help="Tokens, passwords, config values and the like, too.")
@click.option("--files", is_flag=True, help="What was pushed itself, so that the file can go to another machine.")
@click.option("--logs", is_flag=True, help="The apps' logs and the output of builds, too.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@json_option
@asks_platform
def command(client: Client, file: Path, secrets: bool, files: bool, logs: bool, force: bool, as_json: bool) -> None:
    """Write everything that the platform is into FILE, or with - to stdout: rows, clock, timers, chance.

    Secrets are left out; when the file is restored, others are made. Repositories and slugs are named, with a digest
    and where they are kept in the data folder.
    """
    with _target(file, force, as_json) as target:
        fetch(client, target, secrets=secrets, files=files, logs=logs)
        size = target.tell()
    if as_json:
        print_json({"file": str(file), "bytes": size, "secrets": secrets, "files": files, "logs": logs})
        return
    told = f"{file}: {size} bytes, {'with all secrets: keep it to yourself' if secrets else 'without secrets'}."
    click.echo(told, err=str(file) == STDOUT)


def _target(file: Path, force: bool, as_json: bool) -> AbstractContextManager[IO[bytes]]:
    """Where it goes. UsageError for what would be lost: bytes among words, a file that nobody can take again."""
    if str(file) != STDOUT:
        if file.exists() and not force:
            raise click.UsageError(f"{file} is there already, and was not replaced: name another, or add --force")
        return written(file)
    if as_json:
        raise click.UsageError("the file itself goes to stdout: leave --json out, or name a file")
    if sys.stdout.isatty():
        raise click.UsageError("a snapshot is no text for a terminal: name a file, or send it on with > or |")
    return sent()
