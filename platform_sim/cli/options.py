"""Options that many commands share, as decorators: which platform, which app, JSON or text."""

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from platform_sim.cli.client import Client
from platform_sim.cli.find import find
from platform_sim.settings import environment

Command = Callable[..., None]

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_PLATFORM = (
    click.option("--url", metavar="URL", help="Address of the platform (else HEROKU_HOST, else a ready file)."),
    click.option("--token", metavar="TOKEN", help="API token of the platform (else HEROKU_API_KEY)."),
    click.option(
        "--ready-file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="What `platform-sim up` wrote (else PLATFORM_SIM_READY, else ./.platform-sim/ready.json).",
    ),
)


def platform_options(command: Command) -> Command:
    """Adds `--url`, `--token` and `--ready-file`, given to the command as they are."""
    for option in reversed(_PLATFORM):
        command = option(command)
    return command


def asks_platform(command: Command) -> Command:
    """Adds the platform's options and calls the command with `client=` ready to ask."""

    @functools.wraps(command)
    def called(*args: Any, url: str | None, token: str | None, ready_file: Path | None, **kwargs: Any) -> None:
        place = find(environment(), url=url, token=token, ready_file=ready_file)
        command(*args, client=Client(place), **kwargs)

    return platform_options(called)


def app_option(*, required: bool = True) -> Callable[[Command], Command]:
    """`-a`/`--app`, else HEROKU_APP; an empty name counts as none."""

    def chosen(context: click.Context, option: click.Parameter, given: str | None) -> str | None:
        app = given or environment().get("HEROKU_APP") or None
        if app is None and required:
            raise click.MissingParameter("Name one, or set HEROKU_APP.", context, option)
        return app

    return click.option("-a", "--app", metavar="APP", callback=chosen, help="Name or id of the app (else HEROKU_APP).")


def is_id(given: str) -> bool:
    """Whether it has the form of an id: what is gone has no name any more, but its id still finds what was recorded."""
    return _ID.fullmatch(given) is not None


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
