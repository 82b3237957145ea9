"""The worker dyno: writes a heartbeat through the add-on every few seconds. Reads no config var."""

import signal
import sys
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from sample_app.resource import BadConfig, Config, Exceptions, ResourceFailed, read_config
else:  # pushed: the app's folder is the first on the import path
    from resource import BadConfig, Config, Exceptions, ResourceFailed, read_config

Say = Callable[[str], None]
Wait = Callable[[float], bool]


def run(config: Config, wait: Wait, say: Say) -> None:
    """Write heartbeats until `wait` (of so many seconds) answers True. What stays the same is said once."""
    exceptions = Exceptions(config.exceptions_url) if config.exceptions_url else None
    said, beats = "", 0
    while True:
        if exceptions is None:
            news = "worker idles: no add-on yet (heroku addons:create exceptions)"
        else:
            try:
                news, written = beat(exceptions, config.dyno, beats + 1)
                beats += written
            except ResourceFailed as error:
                news = f"worker waits: {error}"
        if news != said:
            say(news)
            said = news
        if wait(config.worker_interval):
            say(f"worker stops; heartbeats written: {beats}")
            return


def beat(exceptions: Exceptions, dyno: str, number: int) -> tuple[str, int]:
    """Write one heartbeat, or leave it when the plan is half full: the other half is for the page.

    Returns what to say and how many were written. Raises ResourceFailed.
    """
    account = exceptions.account()
    if account.stored * 2 >= account.limit:
        return f"worker pauses: half of plan {account.plan} is used, the rest is for the web page", 0
    stored = exceptions.add("Heartbeat", f"heartbeat {number} of {dyno}", app=dyno)
    return f"worker wrote exception {stored['id']}", 1


def main() -> None:
    """Run until SIGTERM."""
    try:
        config = read_config()
    except BadConfig as error:
        sys.exit(str(error))
    # A SimpleQueue, and not an Event, because its put may interrupt its own get in the same thread.
    stops: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stops.put(number))

    def wait(seconds: float) -> bool:
        try:
            return bool(stops.get(timeout=seconds))
        except Empty:
            return False

    run(config, wait, lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
