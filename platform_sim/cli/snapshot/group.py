"""`platform-sim snapshot`: the whole platform in a file, and what such a file says. Loads one command at a time."""

import click

from platform_sim.cli.lazy import Lazy, LazyGroup


def _row(module: str, help: str) -> Lazy:
    return Lazy(f"platform_sim.cli.snapshot.{module}", "command", help)


COMMANDS = {
    "take": _row("take", "Write everything that the platform is into a file."),
    "restore": _row("restore", "Put what a file says in place of all that the running platform is."),
    "show": _row("show", "Say what is in a file; needs no platform."),
    "diff": _row("diff", "Say in words how two files differ, or a file and the platform."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def group() -> None:
    """Keep the whole platform in a file, put it back, compare two (docs/snapshots.md).

    `platform-sim up --snapshot FILE` begins a new platform with one.
    """
