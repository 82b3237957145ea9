"""`platform-sim cassette serve`: the partner of a cassette, for a platform that runs elsewhere."""

import sys
from pathlib import Path
from typing import Any

import click

from platform_sim.cassettes.player import Player
from platform_sim.cassettes.server import served
from platform_sim.cli.cassette_file import A_FILE, read_tape, secret_of
from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.cli.manifest_file import read_manifest
from platform_sim.cli.options import platform_options
from platform_sim.cli.signals import stay_until, wait_for_signal
from platform_sim.partners.http_send import HttpSend


def _pairs(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found = dict(each.partition("=")[::2] for each in given)
    if any("=" not in each for each in given):
        raise click.BadParameter("write it as NAME=VALUE, as in ACME_URL=postgres://localhost/acme")
    return found


def _credentials(file: Path | None) -> tuple[str, str]:
    if file is None:
        return "", ""
    manifest = read_manifest(file)
    return str(manifest["id"]), str(manifest.get("api", {}).get("password", ""))


@click.command
@click.argument("file", type=A_FILE)
@click.option("--port", default=0, type=click.IntRange(0, 65535), show_default=True, help="0: any free one.")
@click.option("--client-secret", help="What grants are exchanged with; else the platform is asked for it.")
@click.option("--manifest", type=A_FILE, help="Of a partner of version 1: its password, for calls of /vendor.")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", callback=_pairs,
              help="What a secret is, by the name of its placeholder; else it is made up.")  # fmt: skip
@platform_options
def command(
    file: Path, port: int, client_secret: str | None, manifest: Path | None, values: dict[str, str], **place: Any
) -> None:
    """Be the partner of a cassette, on a port of this machine.

    It answers as was recorded, makes the recorded calls to the platform, and refuses what was never recorded. Stays
    until it is stopped.
    """
    tape = read_tape(file)
    player = Player(tape, values=values, told=lambda sentence: click.echo(sentence, err=True))

    def known_secret() -> str | None:
        # Asked when it is needed: the service may be registered after this has started.
        return client_secret or secret_of(tape.service, **place)

    player.joins(HttpSend(), known_secret, _credentials(manifest))
    asked = wait_for_signal()
    try:
        with served(player, port) as url:
            click.echo(f"{tape.service} as it was recorded, at {url}")
            if tape.missing:
                click.echo(f"Not all of it was recorded: {tape.missing}.")
            sys.stdout.flush()
            stay_until(asked)
    except OSError as problem:
        raise EnvironmentProblem(f"port {port} cannot be used: {problem.strerror}") from None
