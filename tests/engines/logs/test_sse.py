"""Server-sent events."""

from platform_sim.engines.logs import sse


def test_events() -> None:
    assert sse.event("a", 7) == "id: 7\ndata: a\n\n"
    assert sse.event("") == "data: \n\n"
    assert sse.event("a\nb\r\nc\rd", 1) == "id: 1\ndata: a\ndata: b\ndata: c\ndata: d\n\n"


def test_who_wants_them() -> None:
    assert sse.wanted("text/event-stream") and sse.wanted("text/html, Text/Event-Stream;q=0.9")
    assert not sse.wanted(None) and not sse.wanted("*/*")


def test_last_ids() -> None:
    assert [sse.last_id(value) for value in ("12", "", "-1", "x", "²", None)] == [12, None, None, None, None, None]
