"""Reads an app's log as the real CLI does (heroku-cli §4): a log session, then its URL as server-sent events."""

import http.client
import time
from collections.abc import Iterator
from typing import Any

from platform_sim.cli.client import TIMEOUT, Client, route
from platform_sim.cli.failures import EnvironmentProblem, Failure

HEADERS = {"Accept": "text/event-stream"}
DEFAULT_RETRY = 3.0
"""Seconds before a broken tail is opened again, unless the stream says otherwise."""


class EventReader:
    """Takes a stream's lines, gives the data lines of its events, and remembers `id` and `retry` for the next try."""

    def __init__(self) -> None:
        self.last_id = ""
        self.retry = DEFAULT_RETRY

    def read(self, answer: http.client.HTTPResponse) -> Iterator[str]:
        """The data lines, until the server ends the stream. Events of other names than `message` are left out."""
        name, last_id, data = "", self.last_id, list[str]()
        for raw in iter(answer.readline, b""):
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if not line:
                self.last_id = last_id
                if name in ("", "message"):
                    yield from data
                name, data = "", []
            elif field == "data":
                data.append(value)
            elif field == "id":
                last_id = value
            elif field == "event":
                name = value
            elif field == "retry" and value.isdecimal():
                self.retry = int(value) / 1000


def read_log(
    client: Client, app: str, *, lines: int, tail: bool, dyno: str | None, source: str | None
) -> Iterator[str]:
    """The log's lines, oldest first. With `tail` it goes on until the reader stops, over broken connections too."""
    body: dict[str, Any] = {"lines": lines, "tail": tail}
    body |= {name: value for name, value in (("dyno", dyno), ("source", source)) if value}
    session = client.post(route("apps", app, "log-sessions"), body, variant="sdk")
    reader = EventReader()
    while True:
        again = {"Last-Event-ID": reader.last_id} if reader.last_id else {}
        with client.stream(session["logplex_url"], {**HEADERS, **again}, None if tail else TIMEOUT) as answer:
            if answer.status in (403, 404):
                raise Failure("Log stream timed out. Please try again.")
            if answer.status != 200:
                raise Failure(f"Logs eventsource failed with: {answer.status} {answer.reason}")
            try:
                yield from reader.read(answer)
            except (OSError, http.client.HTTPException) as problem:
                if not tail:
                    raise EnvironmentProblem(f"the log stream of {app} broke off ({problem!r}): ask again") from None
        if not tail:
            return
        time.sleep(reader.retry)
