"""Log lines as text and back."""

from datetime import UTC, datetime

import pytest

from platform_sim.engines.logs.format import LINE_BYTES, LogLine, parsed, pieces

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_documented_format() -> None:
    line = LogLine(1, AT, "app", "web.1", "message")
    assert line.rendered() == "2026-01-02T03:04:05.000000+00:00 app[web.1]: message"


@pytest.mark.parametrize("text", ["message", "", "a: b]: c", " spaces ", "tab\tand\rreturn", "ümläut \ufffd"])
def test_parsing_is_the_inverse(text: str) -> None:
    line = LogLine(7, AT.replace(microsecond=123456), "heroku", "router", text)
    assert parsed(7, line.rendered()) == line


@pytest.mark.parametrize("text", ["", "nonsense", "2026-01-02T03:04:05 web[x]: y", "yesterday app[web.1]: x"])
def test_what_is_no_line(text: str) -> None:
    with pytest.raises(ValueError):
        parsed(1, text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one", ["one"]),
        ("", [""]),
        ("one\n", ["one"]),
        ("one\ntwo\n", ["one", "two"]),
        ("one\n\ntwo", ["one", "", "two"]),
        ("\n", [""]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("50%\r100%", ["50%\r100%"]),
        ("ümläut", ["ümläut"]),
    ],
)
def test_lines_of_what_was_said(text: str, lines: list[str]) -> None:
    assert pieces(text) == lines


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    assert pieces(b"a\xffb\xc3\xa4".decode("utf-8", "surrogateescape")) == ["a\ufffdbä"]
    assert pieces("a\ud800b") == ["a?b"], "no byte at all can be meant by this"


def test_long_lines_are_split_by_bytes_and_no_character_is_cut() -> None:
    assert pieces("x" * LINE_BYTES) == ["x" * LINE_BYTES]
    assert [len(piece) for piece in pieces("x" * (2 * LINE_BYTES + 5))] == [LINE_BYTES, LINE_BYTES, 5]
    text = "y" + "ä€🙂" * 3000
    found = pieces(text + "\nshort")
    assert "".join(found[:-1]) == text and found[-1] == "short"
    sizes = [len(piece.encode()) for piece in found]
    assert max(sizes) <= LINE_BYTES and min(sizes[:-2]) > LINE_BYTES - 4
