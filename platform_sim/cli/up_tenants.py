"""`platform-sim up --tenants`: many platforms behind one port, until SIGTERM or Ctrl-C (docs/tenants.md)."""

import sys
import threading
from collections.abc import Callable

import click

from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.cli.signals import stay_until
from platform_sim.settings import BadSetting
from platform_sim.tenants import Tenants

MOST_PORTS = 10_000


def port_range(_context: click.Context, _option: click.Parameter, given: str | None) -> range | None:
    """What `FIRST-LAST` says; BadParameter for what is no range of ports."""
    if given is None:
        return None
    first, _, last = given.partition("-")
    if first.isascii() and first.isdecimal() and last.isascii() and last.isdecimal():
        found = range(int(first), int(last) + 1)
        if found and found[0] > 0 and found[-1] < 65536 and len(found) <= MOST_PORTS:
            return found
    raise click.BadParameter(f"{given!r} is no range of ports: write it as in 5101-5200")


def serve(
    port: int, token: str | None, ports: range | None, write: Callable[[Tenants], None], asked: threading.Event
) -> None:
    """Stay until asked to end; `write` says where the server is."""
    try:
        server = Tenants(port, token=token, ports=ports or ()).start()
    except (OSError, BadSetting) as problem:
        raise EnvironmentProblem(str(problem)) from None
    try:
        write(server)
        click.echo(f"many platforms (simulators, not Heroku) behind {server.url}; POST /sim/tenants makes one")
        sys.stdout.flush()
        stay_until(asked)
    finally:
        server.stop()
