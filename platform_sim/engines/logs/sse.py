"""Server-sent events, as text (the HTML standard's event stream format). Pure."""

RETRY_AT_ONCE = b"retry: 1\n\n"
"""The reader's wait before it connects again, in ms: the CLI exits only after it (heroku-cli §4)."""
HEARTBEAT = b": heartbeat\n\n"
CONTENT_TYPE = "text/event-stream; charset=utf-8"


def event(data: str, number: int | None = None) -> str:
    """One event; every line of `data` gets its own field."""
    start = "" if number is None else f"id: {number}\n"
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return start + "".join(f"data: {line}\n" for line in lines) + "\n"


def wanted(accept: str | None) -> bool:
    """Whether an Accept header asks for events."""
    return accept is not None and "text/event-stream" in accept.lower()


def last_id(value: str | None) -> int | None:
    """The number in a Last-Event-ID header, None if there is none."""
    return int(value) if value is not None and value.isascii() and value.isdigit() else None
