"""Events as lines of the app's log, said by `app[api]` (platform-api §7). Pure: no rows, no files."""

from collections.abc import Callable, Iterator
from typing import Any

from platform_sim.core.model.records import Event
from platform_sim.core.model.seams import LogSink

Data = dict[str, Any]


def _release(event: Event, data: Data) -> Iterator[str]:
    who = event.actor_email
    if event.action == "create":
        yield f"Release v{data['version']} created by user {who}"
        yield f"{data['description']} by user {who}"
        if data["status"] == "pending":
            yield f"Running release v{data['version']} commands by user {who}"
    elif data["status"] == "failed":
        yield f"Release v{data['version']} command failed"
    elif data["status"] == "succeeded":
        yield f"Release v{data['version']} command executed"


def _build(event: Event, data: Data) -> Iterator[str]:
    if event.action == "create":
        yield f"Build started by user {event.actor_email}"
    elif data["status"] == "failed":
        yield "Build failed -- check your build output"
    else:
        yield "Build succeeded"


def _formation(event: Event, data: Data) -> Iterator[str]:
    if event.actor_email is not None:
        yield f"Scaled to {data['type']}@{data['quantity']}:{data['size']} by user {event.actor_email}"


def _dyno(event: Event, data: Data) -> Iterator[str]:
    if event.action == "create" and event.actor_email is not None:
        yield f"Starting process with command `{data['command']}` by user {event.actor_email}"


def _app(event: Event, data: Data) -> Iterator[str]:
    if "maintenance" in event.previous:
        yield f"Maintenance mode {'enabled' if data['maintenance'] else 'disabled'} by user {event.actor_email}"


_TELLERS: dict[str, Callable[[Event, Data], Iterator[str]]] = {
    "release": _release,
    "build": _build,
    "formation": _formation,
    "dyno": _dyno,
    "app": _app,
}


def lines_of(event: Event) -> list[str]:
    """What the app's log says of an event; nothing for most kinds."""
    tell = _TELLERS.get(event.kind)
    return list(tell(event, event.data)) if tell and event.app_id else []


def write_events(log: LogSink, events: list[Event]) -> None:
    """A listener for commits: the lines of each event, in order."""
    for event in events:
        for line in lines_of(event):
            assert event.app_id is not None, "only events of apps have lines"
            log(event.app_id, "app", "api", line)


def forget_gone(forget: Callable[[str], None], events: list[Event]) -> None:
    """A listener for commits: with an app its log goes."""
    for event in events:
        if (event.kind, event.action) == ("app", "destroy"):
            forget(event.subject_id)
