"""One line on a terminal that says what is under way. Where nobody looks, in CI or a file, there is none."""

import sys
from types import TracebackType

import click

from platform_sim.settings import environment

CLEAR = "\r\x1b[2K"


class Progress:
    """Writes to stderr, so that a report can be read from stdout. A context manager: the line is gone at its end."""

    def __init__(self) -> None:
        known = environment()
        self._shown = sys.stderr.isatty() and not known.get("CI") and known.get("TERM") != "dumb"

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write(CLEAR)

    def on(self, what: str) -> None:
        """This is under way now."""
        self._write(f"{CLEAR}{what} ...")

    def say(self, what: str) -> None:
        """Something that stays, on a terminal or not."""
        self._write(CLEAR)
        click.echo(what, err=True)

    def _write(self, text: str) -> None:
        if self._shown:
            click.echo(text, nl=False, err=True)
