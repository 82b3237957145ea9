"""A cassette's file, and a partner's client secret, as commands get them."""

from pathlib import Path

import click

from platform_sim.cassettes.tape import BadCassette, Tape, read
from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import Failure
from platform_sim.cli.find import find
from platform_sim.settings import environment

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def read_tape(file: Path) -> Tape:
    """The cassette in a file; click.UsageError says what is wrong with it, and where."""
    try:
        return read(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise click.UsageError(f"{file} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError as problem:
        raise click.UsageError(f"{file} is no cassette: it is not UTF-8: {problem}") from None
    except BadCassette as problem:
        raise click.UsageError(f"{file} is no cassette that can be used: {problem}") from None


def secret_of(slug: str, url: str | None, token: str | None, ready_file: Path | None) -> str | None:
    """The service's client secret, from the platform that these options mean; None if it cannot be had there."""
    try:
        place = find(environment(), url=url, token=token, ready_file=ready_file)
        return str(Client(place).get(f"{route('sim', 'services', slug)}/client-secret")["client_secret"])
    except Failure:
        return None
