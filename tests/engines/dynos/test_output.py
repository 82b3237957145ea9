"""Bytes to lines, for any bytes in any pieces."""

import pytest

from platform_sim.engines.dynos.output import LINE_LIMIT, LineSplitter


def lines(*pieces: bytes, limit: int = LINE_LIMIT) -> list[str]:
    splitter = LineSplitter(limit)
    return [text for piece in pieces for text in splitter.feed(piece)] + splitter.flush()


def test_lines_come_out_as_they_are_completed() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"a\nb") == ["a"]
    assert splitter.feed(b"c\r\n\nd") == ["bc", ""]
    assert splitter.flush() == ["d"]
    assert splitter.flush() == []


def test_the_pieces_in_which_bytes_arrive_do_not_matter() -> None:
    data = "héllo\nwörld \u20ac\n".encode()
    whole = lines(data)
    assert whole == ["héllo", "wörld \u20ac"]
    assert all(lines(data[:cut], data[cut:]) == whole for cut in range(len(data)))


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert lines(b"\xff\xfe ok\n\x80") == ["\ufffd\ufffd ok", "\ufffd"]


@pytest.mark.parametrize("end", [b"\n", b""])
def test_long_lines_are_split_and_nothing_is_lost(end: bytes) -> None:
    got = lines(b"x" * 25_000 + end)
    assert [len(text) for text in got] == [10_000, 10_000, 5_000]


def test_a_character_at_the_limit_is_not_torn() -> None:
    for text in ("\u20ac" * 10, "aé" * 10, "\U0001f600" * 5):
        got = lines(text.encode(), limit=8)
        assert "".join(got) == text
        assert all(len(piece.encode()) <= 8 for piece in got)


def test_garbage_longer_than_the_limit_ends() -> None:
    assert "".join(lines(b"\x80" * 50, limit=8)) == "\ufffd" * 50
