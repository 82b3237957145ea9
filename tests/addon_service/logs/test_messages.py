"""Messages with their length before them, both ways."""

from datetime import UTC, datetime

import pytest

from addon_service.logs.messages import LONGEST_TEXT, Line, Malformed, framed, parse, printable

from ..heroku import START
from .batches import AT, frame

MOMENT = datetime.fromisoformat(AT)


def texts(body: bytes) -> list[str]:
    return [line.text for line in parse(body, START)]


def test_a_batch_is_read_without_structured_data() -> None:
    body = frame("hello") + frame("at=info method=GET", "heroku", "router")
    assert parse(body, START) == [
        Line(MOMENT, "app", "web.1", "hello"),
        Line(MOMENT, "heroku", "router", "at=info method=GET"),
    ]


@pytest.mark.parametrize("text", ["- a list", "[x@1 y] no structured data", "", " two  spaces ", "<190>1 again"])
def test_the_text_is_all_that_follows_the_message_id(text: str) -> None:
    assert texts(frame(text)) == [text]


def test_lengths_are_bytes() -> None:
    assert texts(frame("über €") + frame("next")) == ["über €", "next"]


def test_a_cut_character_is_marked_and_a_line_may_hold_a_newline() -> None:
    assert texts(frame("€".encode()[:2])) == ["\N{REPLACEMENT CHARACTER}"]
    assert texts(frame("a\nb") + frame("c")) == ["a\N{REPLACEMENT CHARACTER}b", "c"]


def test_a_time_that_is_none_is_now() -> None:
    assert [line.at for line in parse(frame("x", at="yesterday"), START)] == [START]
    assert [line.at for line in parse(frame("x", at="0001-01-01T00:00:00+14:00"), START)] == [START]


def test_nothing_is_a_batch_of_nothing() -> None:
    assert parse(b"", START) == []


@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b"12",
        b" <190>1",
        b"-5 <190>1 t h a p - x",
        "\u0663 abc".encode(),
        b"99999999 x",
        frame("hello")[:-1],
        frame("hello") + b"\n",
        b"5 hello",
        b"19 <190>2 t h a p - xyz",
        b"18 <x>1 t h a p - xyz",
    ],
)
def test_what_does_not_fit_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body, START)


def test_what_cannot_be_seen_is_marked_and_colours_are_left_out() -> None:
    assert printable("\x1b[31mred\x1b[0m \x07bell\ttab") == "red \N{REPLACEMENT CHARACTER}bell\ttab"
    assert printable("abc\u202egnp.exe") == "abc\N{REPLACEMENT CHARACTER}gnp.exe"
    assert printable("👩\u200d🔧") == "👩\u200d🔧"
    assert len(printable("x" * 9999)) == LONGEST_TEXT


def test_the_vector_of_the_sheet() -> None:
    at = datetime(2013, 3, 27, 20, 2, 24, tzinfo=UTC)
    made = framed(at, "01234567-89ab-cdef-0123-456789abcdef", "procid", "foo")
    assert made == b"88 <190>1 2013-03-27T20:02:24+00:00 01234567-89ab-cdef-0123-456789abcdef app procid - - foo"


def test_what_is_written_is_one_line_with_its_length_in_bytes() -> None:
    made = framed(START, "h", "p", "ü\nx")
    length, _, rest = made.partition(b" ")
    assert int(length) == len(rest)
    assert rest.decode().endswith("- - ü\N{REPLACEMENT CHARACTER}x")
