"""Values and interfaces that pass between rooms which must not import one another.

`assemble` hands one engine's object to another as one of these, so that the router knows where dynos
listen without knowing the supervisor, and everybody can write a log line without knowing the log hub.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from platform_sim.core.model.metrics import Window

LogSource = Literal["app", "heroku"]


class LogSink(Protocol):
    """Takes one log line of an app; called from any thread, never blocks, never raises."""

    def __call__(self, app_id: str, source: LogSource, dyno: str, text: str) -> None:
        """Record `text` as said by `source[dyno]`, e.g. ("heroku", "router") or ("app", "web.1")."""
        ...


class SaidLine(Protocol):
    """One line of an app's log."""

    @property
    def at(self) -> datetime:
        """When it was said, on the platform's clock."""
        ...

    @property
    def source(self) -> LogSource:
        """Who runs what said it."""
        ...

    @property
    def dyno(self) -> str:
        """What said it: `web.1`, `router`, `api`."""
        ...

    @property
    def text(self) -> str:
        """Valid Unicode, at most 10000 bytes, no line end."""
        ...


Numbers = dict[str, list[int | None]]
"""Under each name one value a step, None where there was nothing."""


class Metrics(Protocol):
    """Numbers of the last day; from any thread. All are of an app."""

    def errors(self, app_id: str, source: str, window: Window) -> Numbers:
        """By code, of the `router` or of a process type."""
        ...

    def statuses(self, app_id: str, window: Window) -> Numbers:
        """The router's answers by status."""
        ...

    def latencies(self, app_id: str, window: Window) -> Numbers:
        """Percentiles of what dynos took, in milliseconds; nothing if there was no request."""
        ...


class NoMetrics:
    """Of a platform in which nothing runs."""

    def errors(self, app_id: str, source: str, window: Window) -> Numbers:
        """See `Metrics`."""
        return {}

    def statuses(self, app_id: str, window: Window) -> Numbers:
        """See `Metrics`."""
        return {}

    def latencies(self, app_id: str, window: Window) -> Numbers:
        """See `Metrics`."""
        return {}


Registered = tuple[dict[str, Any], str, tuple[str, ...]]
"""Of a service: its manifest as the partner is called, the client secret, the names of its plans."""


class Watching(Protocol):
    """Hears what goes to and fro, and says what of the contract it has touched; from any thread."""

    registered: Callable[[], Sequence[Registered]]
    """Set by whoever has the rows."""

    def around(self, doors: Any) -> Any:
        """The same WSGI application, heard."""
        ...

    def send(self, on: Any) -> Any:
        """The same way to partners, heard."""
        ...

    def committed(self, events: Sequence[Any]) -> None:
        """Called with the events of each commit."""
        ...

    def report(self, *, whole_api: bool = False, played: bool = False) -> dict[str, Any]:
        """What was touched until now, and what was not. `whole_api`: of all links; `played`: also of partners that
        the library plays itself."""
        ...


class LineFollower(Protocol):
    """A place in an app's log, for one who reads on from there."""

    def take(self) -> tuple[Sequence[SaidLine], int]:
        """The lines since the last call, and how many were lost before them."""
        ...

    def close(self) -> None:
        """Follow no more; idempotent."""
        ...


class LogFeed(Protocol):
    """Every app's lines, for engines that carry them elsewhere; from any thread."""

    def follow(self, app_id: str, wake: Callable[[], None]) -> tuple[Sequence[SaidLine], LineFollower]:
        """The lines that are kept, and a follower for those that come.

        `wake` is called from the writer's thread when there is something to take; it must not block or raise.
        """
        ...


@dataclass(frozen=True)
class Terminal:
    """The platform's end of an attached dyno's input and output. Whoever takes it owns `fd`, and closes it."""

    fd: int
    is_tty: bool
    hang_up: Callable[[], None]
    """Called by whoever has closed it: the dyno ends if it has not yet."""


class Terminals(Protocol):
    """Hands out the terminals of attached dynos, each once."""

    def expect(self, secret: str, ready: Callable[[Terminal | None], None]) -> None:
        """Call `ready` once, from any thread: when the dyno has started; with None if none has this secret."""
        ...


@dataclass(frozen=True)
class Backend:
    """One web dyno that accepts connections on loopback."""

    dyno: str
    port: int
    host: str = "127.0.0.1"
    served: Callable[[str, int], None] | None = field(default=None, compare=False, repr=False)
    """Told method and status of a request that it has answered, until one has been recorded; must not block."""


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


@dataclass(frozen=True)
class OwnCertificate:
    """A certificate that a customer has given for a domain."""

    id: str
    chain: str
    """PEM, the certificate itself first."""
    key: str = field(repr=False)
    """PEM."""


class Routes(Protocol):
    """Answers host names; asked for every request, so it must be quick."""

    def find(self, host: str) -> Route | None:
        """The app for a Host header without port, or None if the name is none of an app's."""
        ...

    def is_app_host(self, host: str) -> bool:
        """Whether the name belongs to apps: NAME.localhost, even if there is no such app, or a custom domain."""
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


@dataclass(frozen=True)
class ScenarioLanguage:
    """What doors have to know of scenario files (`scenarios`): they neither read nor play one themselves."""

    read: Callable[[str, str], tuple[str, list[dict[str, Any]]]] = field(default=lambda text, name: ("", []))
    """Text and name -> title, and all mistakes as `line`, `column`, `problem`."""
    schema: Callable[[], dict[str, Any]] = field(default=dict)
    """The published JSON Schema."""
    write: Callable[[dict[str, Any]], str] = field(default=str)
    """An object as the text of a file."""
    stories: Callable[[], list[str]] = field(default=list)
    """The names of the files that come with the package."""
    story: Callable[[str], str] = field(default=str)
    """The text of one; LookupError."""
