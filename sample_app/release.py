"""The release phase: checks what the app needs before a release becomes current. Reads no config var.

A partner that is away for a moment is no reason to keep a release back: it is said, and the release goes on.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from sample_app.resource import EXCEPTIONS_VAR, BadConfig, Exceptions, ResourceFailed, fingerprint, read_config
else:  # pushed: the app's folder is the first on the import path
    from resource import EXCEPTIONS_VAR, BadConfig, Exceptions, ResourceFailed, fingerprint, read_config


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


def main() -> None:
    """Exit status 0, or 1 for a config var no process of the app could start with."""
    try:
        config = read_config()
    except BadConfig as error:
        sys.exit(f"release: {error}")
    check(config.exceptions_url, lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
