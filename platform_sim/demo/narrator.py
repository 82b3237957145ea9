"""Tells the story: numbered steps, what was said by whom, and a check for each claim."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import click


class StoryFailed(RuntimeError):
    """A step is not what it claims to be."""


@dataclass
class Narrator:
    """Prints as it goes; counts what was checked."""

    started: float = field(default_factory=time.monotonic)
    step_started: float = field(default_factory=time.monotonic)
    steps: int = 0
    checks: int = 0

    def step(self, title: str) -> None:
        """Begin the next step."""
        self.close_step()
        self.steps += 1
        self.step_started = time.monotonic()
        click.secho(f"\n{self.steps}. {title}", bold=True)

    def close_step(self) -> None:
        """Say how long the step took."""
        if self.steps:
            click.secho(f"   ({time.monotonic() - self.step_started:.2f} s)", dim=True)

    def command(self, line: str, output: str = "") -> None:
        """A command as one would type it, and what it printed."""
        click.secho(f"   $ {line}", fg="cyan")
        self.quote("", output.splitlines())

    def quote(self, who: str, lines: Iterable[str], most: int = 40) -> None:
        """What a process said."""
        shown = [line.rstrip() for line in lines]
        for line in shown[:most]:
            click.echo(f"   {who + ' | ' if who else '  '}{line}")
        if len(shown) > most:
            click.echo(f"     ... and {len(shown) - most} more lines")

    def tell(self, text: str) -> None:
        """A sentence of our own."""
        click.echo(f"   {text}")

    def check(self, claim: str, holds: object, instead: object = "") -> None:
        """The claim is true, or the story ends here."""
        if not holds:
            raise StoryFailed(f"step {self.steps}: not true that {claim}. Instead: {instead!r}")
        self.checks += 1
        click.secho(f"   ok: {claim}", fg="green")

    def end(self) -> None:
        """The last line."""
        self.close_step()
        seconds = time.monotonic() - self.started
        click.secho(f"\nThe story is told: {self.steps} steps, {self.checks} checks, {seconds:.1f} s.", bold=True)
