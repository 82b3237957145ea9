"""The bytes of drains (partner-api §7.1; platform-api §7)."""

from datetime import timedelta

import pytest

from platform_sim.core.model.seams import LogSource
from platform_sim.core.model.syslog import LINE_BYTES, Batch, Framing

from ...engines.drains.lines import AT, STAMP, Line, Message, messages, split

HTTP = Framing()
TCP = Framing("d.01234567", structured=True)


def test_a_message_over_http_has_no_structured_data() -> None:
    assert HTTP.line(Line("hello")) == f"63 <190>1 {STAMP} host app web.1 - hello\n".encode()


def test_a_message_over_tcp_is_rfc_5424_and_names_its_drain() -> None:
    assert TCP.line(Line("hello")) == f"71 <190>1 {STAMP} d.01234567 app web.1 - - hello\n".encode()


@pytest.mark.parametrize(
    ("source", "dyno", "priority"),
    [
        ("app", "web.1", 190),
        ("app", "worker.2", 190),
        ("app", "exceptions", 190),
        ("app", "api", 134),
        ("heroku", "router", 158),
        ("heroku", "web.1", 134),
        ("app", "router", 190),
    ],
)
def test_facility_and_severity_tell_who_speaks(source: LogSource, dyno: str, priority: int) -> None:
    [message] = messages(HTTP.line(Line("x", dyno, source)))
    assert message == Message(priority, STAMP, "host", source, dyno, "x")


@pytest.mark.parametrize("text", ["", " ", "äöü €", "💥" * 100, "a\tb", "12 <190>1", "\r", "x" * LINE_BYTES])
def test_lengths_are_in_bytes_and_texts_come_through(text: str) -> None:
    frame = HTTP.line(Line(text))
    assert int(frame.split(b" ")[0]) == len(split(frame)[0])
    assert [m.text for m in messages(frame)] == [text]


@pytest.mark.parametrize("character", ["x", "ä", "€", "💥"])
def test_long_lines_are_cut_at_10000_bytes_with_no_character_in_halves(character: str) -> None:
    for lead in range(4):
        [message] = messages(HTTP.line(Line("." * lead + character * LINE_BYTES)))
        size = len(message.text.encode())
        assert LINE_BYTES - 4 < size <= LINE_BYTES
        assert message.text == "." * lead + character * ((size - lead) // len(character.encode()))


def test_the_loss_is_told_first_in_these_very_words() -> None:
    batch = Batch([Line("a"), Line("b")], AT, lost=500, since=AT - timedelta(minutes=2))
    first, *others = messages(HTTP.body(batch))
    text = "Error L10 (output buffer overflow): 500 messages dropped since 2026-01-02T03:02:05+00:00."
    assert first == Message(172, "2026-01-02T03:04:05+00:00", "host", "heroku", "logplex", text)
    assert [m.text for m in others] == ["a", "b"]
    assert batch.messages == 3


def test_without_a_loss_there_is_no_such_message() -> None:
    batch = Batch([Line("a")], AT)
    assert batch.messages == len(messages(HTTP.body(batch))) == 1


def test_one_is_counted_like_many() -> None:
    body = TCP.body(Batch([Line("a")], AT, lost=1, since=AT))
    assert "1 messages dropped" in messages(body, structured=True)[0].text


def test_a_batch_has_the_same_bytes_each_time() -> None:
    batch = Batch([Line("a")], AT, lost=1, since=AT)
    assert HTTP.body(batch) == HTTP.body(batch)
