"""A click group that knows its commands by name and loads one only when it is called: the one place that does so."""

import gc
import importlib
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import click


class Lazy(NamedTuple):
    """Where a command is (`attribute` of `module`) and the line that `--help` shows for it."""

    module: str
    attribute: str
    help: str


class LazyGroup(click.Group):
    """Lists `lazy` without importing anything; `get_command` imports the one that was asked for."""

    def __init__(self, *args: Any, lazy: Mapping[str, Lazy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None if there is no such name."""
        row = self.lazy.get(cmd_name)
        if row is None:
            return None
        # Modules stay: to look for garbage among what they define, now and later, would only take time.
        gc.disable()
        try:
            module = importlib.import_module(row.module)
        finally:
            gc.freeze()
            gc.enable()
        return cast(click.Command, getattr(module, row.attribute))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of `--help`, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.help) for name, row in self.lazy.items()])
