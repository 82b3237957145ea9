"""`platform-sim cassette`: what was said with a partner as a file, and both sides of it played again."""

import click

from platform_sim.cli.lazy import Lazy, LazyGroup


def _row(name: str, help: str) -> Lazy:
    return Lazy(f"platform_sim.cli.cassette_{name}", "command", help)


COMMANDS = {
    "record": _row("record", "Write what platform and partner have said into a file."),
    "serve": _row("serve", "Be the partner of a cassette, on a port of this machine."),
    "play": _row("play", "Ask a partner again what it was asked, and compare its answers."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def group() -> None:
    """Record what is said with a partner, and play either side of it again."""
