"""Values and interfaces that pass between rooms which must not import one another.

`assemble` hands one engine's object to another as one of these, so that the router knows where dynos
listen without knowing the supervisor, and everybody can write a log line without knowing the log hub.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

LogSource = Literal["app", "heroku"]


class LogSink(Protocol):
    """Takes one log line of an app; called from any thread, never blocks, never raises."""

    def __call__(self, app_id: str, source: LogSource, dyno: str, text: str) -> None:
        """Record `text` as said by `source[dyno]`, e.g. ("heroku", "router") or ("app", "web.1")."""
        ...


@dataclass(frozen=True)
class Backend:
    """One web dyno that accepts connections on loopback."""

    dyno: str
    port: int
    host: str = "127.0.0.1"


RouteState = Literal["up", "starting", "crashed", "none", "blank", "maintenance"]


@dataclass(frozen=True)
class Route:
    """What the router knows of an app when a request comes in.

    `up`: at least one backend; `starting`: dynos are booting, hold the request; `crashed`: H10;
    `none`: no web process wanted, H14; `blank`: nothing deployed, H81; `maintenance`: H80.
    """

    app_id: str
    app_name: str
    state: RouteState
    backends: tuple[Backend, ...] = ()


class Routes(Protocol):
    """Answers host names; asked for every request, so it must be quick."""

    def find(self, host: str) -> Route | None:
        """The app for a Host header without port, or None if the name is none of an app's."""
        ...

    def is_app_host(self, host: str) -> bool:
        """Whether the name belongs to apps (NAME.localhost), even if there is no such app."""
        ...


@dataclass(frozen=True)
class Stream:
    """An answer that may stay open: served by the edge on its loop, never by an API thread."""

    status: int
    content_type: str
    chunks: AsyncIterator[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)


class Outputs(Protocol):
    """Takes the output of builds and release phases under a key; readable as a stream while it grows."""

    def start(self, key: str) -> None:
        """Begin, or begin again: what an interrupted run has left is dropped."""
        ...

    def append(self, key: str, text: str) -> None:
        """Add text, line ends included."""
        ...

    def finish(self, key: str) -> None:
        """Nothing more will come: readers that follow are let go."""
        ...

    def read(self, key: str) -> str:
        """All there is so far; LookupError if nothing has been said and nothing is expected."""
        ...


class Streams(Protocol):
    """Opens the long-lived answers (log tails, build output) by path."""

    def open(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Stream | None:
        """The stream at `path`, or None if the path is none of ours. Header names are lower case."""
        ...
