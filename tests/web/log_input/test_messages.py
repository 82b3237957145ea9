"""Bodies of log input, to the byte (partner-api §7.2, §15)."""

import pytest

from platform_sim.web.log_input.messages import Malformed, Message, parse

VECTOR = b"<190>1 2013-03-27T20:02:24+00:00 01234567-89ab-cdef-0123-456789abcdef app procid - - foo"


def framed(*messages: bytes) -> bytes:
    return b"".join(b"%d %b" % (len(message), message) for message in messages)


def message(text: bytes = b"foo", **parts: bytes) -> bytes:
    """A good message with some parts replaced; names as in RFC 5424."""
    given = {
        b"head": b"<190>1",
        b"time": b"2013-03-27T20:02:24+00:00",
        b"host": b"host",
        b"app": b"app",
        b"process": b"procid",
        b"id": b"-",
        b"data": b"-",
    } | {key.encode(): value for key, value in parts.items()}
    return b" ".join(given.values()) + b" " + text


@pytest.mark.parametrize("length", [b"89", b"87", b"0", b"1", b"880"])
def test_the_vector_with_another_length_is_malformed(length: bytes) -> None:
    """89 is what the documentation says, and it does not add up."""
    with pytest.raises(Malformed):
        parse(length + b" " + VECTOR)
    with pytest.raises(Malformed):
        parse(length + b" " + VECTOR + framed(VECTOR))


def test_messages_follow_each_other_without_anything_between() -> None:
    assert parse(framed(VECTOR, message(b"two"), message(b"three"))) == [
        Message("procid", text) for text in ("foo", "two", "three")
    ]
    for between in (b"\n", b" ", b"\r\n", b"\x00"):
        with pytest.raises(Malformed):
            parse(framed(VECTOR) + between + framed(VECTOR))
        with pytest.raises(Malformed):
            parse(framed(VECTOR) + between)


def test_an_empty_body_has_no_messages() -> None:
    assert parse(b"") == []


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"", ""),
        (b"a b  c ", "a b  c "),
        ("äöü €".encode(), "äöü €"),
        (b"\xef\xbb\xbfwith a mark", "with a mark"),
        (b"\xff\xfe", "��"),
        (b"two\nlines\n", "two\nlines\n"),
        (b"88 <190>1 x", "88 <190>1 x"),
        (b"- x", "- x"),
        (b"x" * 20_000, "x" * 20_000),
    ],
)
def test_texts(sent: bytes, text: str) -> None:
    assert parse(framed(message(sent))) == [Message("procid", text)]


def test_a_message_may_end_before_its_text() -> None:
    assert parse(framed(message().removesuffix(b" foo"))) == [Message("procid", "")]


@pytest.mark.parametrize(
    "parts",
    [
        {"head": b"<0>1"},
        {"head": b"<191>1"},
        {"time": b"2013-03-27T20:02:24Z"},
        {"time": b"2013-03-27T20:02:24.123456-08:00"},
        {"host": b"t.01234567-89ab-cdef-0123-456789abcdef"},
        {"app": b"t.01234567-89ab-cdef-0123-456789abcdef"},
        {"process": b"web.1"},
        {"id": b"ID47"},
        {"data": b"[example@32473 a=\"1\" b=\"x ] y \\] z\"]"},
        {"data": b"[a][b x=\"1\"]"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_allowed(parts: dict[str, bytes]) -> None:
    assert parse(framed(message(**parts)))[0].text == "foo"


@pytest.mark.parametrize(
    "parts",
    [
        {"head": b"<192>1"},
        {"head": b"<999>1"},
        {"head": b"<007>1"},
        {"head": b"<>1"},
        {"head": b"<190>"},
        {"head": b"<190>2"},
        {"head": b"190 1"},
        {"time": b"-"},
        {"time": b"2013-03-27"},
        {"time": b"2013-13-27T20:02:24+00:00"},
        {"time": b"2013-03-27T25:02:24+00:00"},
        {"time": b"2013-03-27T20:02:24"},
        {"time": b"20130327T200224+0000"},
        {"time": b"2013-W13-3T20:02:24+00:00"},
        {"time": b"Mar 27 20:02:24"},
        {"host": b""},
        {"host": "hö".encode()},
        {"process": b""},
        {"process": b"a\x00b"},
        {"process": b"a\nb"},
        {"data": b"[broken"},
        {"data": b"[]"},
        {"data": b"none"},
    ],
    ids=str,
)
def test_what_is_not(parts: dict[str, bytes]) -> None:
    with pytest.raises(Malformed):
        parse(framed(message(**parts)))


def test_structured_data_is_required() -> None:
    """What Logplex itself sends on drains is not taken here."""
    with pytest.raises(Malformed):
        parse(framed(b"<190>1 2013-03-27T20:02:24+00:00 host app web.1 - hello"))


@pytest.mark.parametrize(
    "body", [b"x", b" ", b"-1 x", b"+5 hello", b"1.0 x", b"5", b"5hello", b"\xb2 x", b"9999999999 x", b"999999999 x"]
)
def test_lengths_that_are_none(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body)


def test_a_process_cannot_break_out_of_its_brackets() -> None:
    [found] = parse(framed(message(process=b"web.1]:")))
    assert found.process == "web.1?:"
    [found] = parse(framed(message(process=b"x" * 500)))
    assert found.process == "x" * 128


def test_hostile_bodies_cost_little() -> None:
    for body in (
        framed(message(data=b'[x a="' + b"\\" * 50_000)),
        framed(message(data=b"[" + b"[" * 50_000)),
        framed(message(data=b"[a]" * 20_000 + b"!")),
        framed(message(data=b'["' * 30_000)),
        b"1" * 1_000_000,
        b"1 " * 500_000,
    ):
        with pytest.raises(Malformed):
            parse(body)
