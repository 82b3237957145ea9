"""The release phase: checks what the app needs and makes its table before a release becomes current. Reads no config
var.

A partner that is away for a moment is no reason to keep a release back: it is said, and the release goes on.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from sample_app.database import Notes
    from sample_app.resource import (
        DATABASE_VAR,
        EXCEPTIONS_VAR,
        BadConfig,
        Exceptions,
        ResourceFailed,
        fingerprint,
        read_config,
    )
else:  # pushed: the app's folder is the first on the import path
    from resource import (
        DATABASE_VAR,
        EXCEPTIONS_VAR,
        BadConfig,
        Exceptions,
        ResourceFailed,
        fingerprint,
        read_config,
    )

    from database import Notes


def check(url: str | None, say: Callable[[str], None]) -> None:
    """Say whether the add-on at `url` is there and answers."""
    if url is None:
        say(f"release: {EXCEPTIONS_VAR} is not set, the app runs without an add-on")
        return
    say(f"release: {EXCEPTIONS_VAR} is set (fingerprint {fingerprint(url)}), asking the add-on")
    try:
        account = Exceptions(url).account()
    except ResourceFailed as error:
        say(f"release: {error} The release goes on.")
        return
    say(f"release: the add-on answers: plan {account.plan}, {account.stored} of {account.limit} stored")


def prepare(url: str | None, say: Callable[[str], None]) -> None:
    """Make the table, if there is a database to make it in."""
    if url is None:
        return
    try:
        Notes(url).create()
    except ResourceFailed as error:
        say(f"release: {error} The release goes on.")
        return
    say(f"release: {DATABASE_VAR} is set (fingerprint {fingerprint(url)}), the table is there")


def say(text: str) -> None:
    """A line of the log."""
    print(text, flush=True)


def main() -> None:
    """Exit status 0, or 1 for a config var no process of the app could start with."""
    try:
        config = read_config()
    except BadConfig as error:
        sys.exit(f"release: {error}")
    check(config.exceptions_url, say)
    prepare(config.database_url, say)


if __name__ == "__main__":
    main()
