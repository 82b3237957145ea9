"""The worker dyno: writes a heartbeat through each add-on every few seconds. Reads no config var."""

import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from sample_app.database import Notes
    from sample_app.resource import BadConfig, Config, Exceptions, ResourceFailed, read_config
else:  # pushed: the app's folder is the first on the import path
    from resource import BadConfig, Config, Exceptions, ResourceFailed, read_config

    from database import Notes

Say = Callable[[str], None]
Wait = Callable[[float], bool]
KEPT_ROWS = 1_000


def run(config: Config, wait: Wait, say: Say) -> None:
    """Write heartbeats until `wait` (of so many seconds) answers True. What stays the same is said once."""
    exceptions = Exceptions(config.exceptions_url) if config.exceptions_url else None
    notes = Notes(config.database_url) if config.database_url else None
    said, said_of_rows, beats, rows = "", "", 0, 0
    while True:
        news, written = try_beat(exceptions, config.dyno, beats + 1)
        beats += written
        if news != said:
            say(news)
            said = news
        if notes is not None:
            news, written = try_row(notes, config.dyno, rows + 1)
            rows += written
            if news != said_of_rows:
                say(news)
                said_of_rows = news
        if wait(config.worker_interval):
            say(f"worker stops; heartbeats written: {beats}" + (f"; rows: {rows}" if notes else ""))
            return


def try_beat(exceptions: Exceptions | None, dyno: str, number: int) -> tuple[str, int]:
    """One heartbeat if there is an add-on for it: what to say, and how many were written."""
    if exceptions is None:
        return "worker idles: no add-on yet (heroku addons:create exceptions)", 0
    try:
        return beat(exceptions, dyno, number)
    except ResourceFailed as error:
        return f"worker waits: {error}", 0


def try_row(notes: Notes, dyno: str, number: int) -> tuple[str, int]:
    """One row of the database: what to say, and how many were written. Old rows go."""
    try:
        written = notes.add(dyno, f"row {number} of {dyno}")
        notes.forget(written - KEPT_ROWS)
    except ResourceFailed as error:
        return f"worker waits: {error}", 0
    return f"worker wrote row {written}", 1


def beat(exceptions: Exceptions, dyno: str, number: int) -> tuple[str, int]:
    """Write one heartbeat, or leave it when the plan is half full: the other half is for the page.

    Returns what to say and how many were written. Raises ResourceFailed.
    """
    account = exceptions.account()
    if account.stored * 2 >= account.limit:
        return f"worker pauses: half of plan {account.plan} is used, the rest is for the web page", 0
    stored = exceptions.add("Heartbeat", f"heartbeat {number} of {dyno}", app=dyno)
    return f"worker wrote exception {stored['id']}", 1


def stoppable_sleep() -> Wait:
    """A sleep that SIGTERM and SIGINT end, also when they came just before it: their byte waits in the socket."""
    told, tell = socket.socketpair()
    tell.setblocking(False)
    signal.set_wakeup_fd(tell.detach())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: None)
    return lambda seconds: bool(select.select([told], [], [], seconds)[0])


def main() -> None:
    """Run until SIGTERM."""
    try:
        config = read_config()
    except BadConfig as error:
        sys.exit(str(error))
    run(config, stoppable_sleep(), lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
