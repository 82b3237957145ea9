"""The queue before a receiver: what it keeps, what it counts."""

from datetime import timedelta

import pytest

from platform_sim.engines.drains.buffer import Buffer

from .lines import AT, Line

LATER = AT + timedelta(seconds=60)


def lines(first: int, last: int) -> list[Line]:
    return [Line(str(number)) for number in range(first, last + 1)]


def taken(buffer: Buffer, most: int = 1_000_000) -> tuple[list[str], int]:
    """The texts of the next batch, and the loss that it tells."""
    batch = buffer.take(lambda line: len(line.text), most, LATER)
    assert batch is not None
    return [line.text for line in batch.lines], batch.lost


def test_nothing_waits_in_an_empty_buffer() -> None:
    assert Buffer(3).take(lambda line: 1, 100, AT) is None


def test_a_loss_alone_makes_no_batch_but_is_not_forgotten() -> None:
    buffer = Buffer(3)
    buffer.add([], 5, AT)
    assert buffer.take(lambda line: 1, 100, AT) is None
    buffer.add(lines(1, 1), 0, LATER)
    assert taken(buffer) == (["1"], 5)


def test_the_newest_lines_are_kept_and_the_others_counted() -> None:
    buffer = Buffer(3)
    buffer.add(lines(1, 2), 0, AT)
    buffer.add(lines(3, 5), 0, LATER)
    assert len(buffer) == 3
    batch = buffer.take(lambda line: 1, 100, LATER)
    assert batch is not None
    assert ([line.text for line in batch.lines], batch.lost, batch.since) == (["3", "4", "5"], 2, LATER)
    assert batch.made_at == LATER
    buffer.add(lines(6, 6), 0, LATER)
    assert taken(buffer) == (["6"], 0), "told once"


def test_a_full_buffer_has_lost_nothing_yet() -> None:
    buffer = Buffer(3)
    buffer.add(lines(1, 3), 0, AT)
    assert taken(buffer) == (["1", "2", "3"], 0)


def test_losses_add_up_and_are_dated_by_the_first() -> None:
    buffer = Buffer(1)
    buffer.add(lines(1, 3), 4, LATER)
    buffer.lose(2, AT)
    buffer.lose(1, LATER)
    buffer.lose(0, AT - timedelta(days=1))
    batch = buffer.take(lambda line: 1, 100, LATER)
    assert batch is not None
    assert (batch.lost, batch.since) == (9, AT)


@pytest.mark.parametrize(("most", "first"), [(1, 1), (5, 1), (10, 2), (14, 2), (15, 3), (16, 3), (100, 3)])
def test_a_batch_has_as_many_lines_as_fit_but_at_least_one(most: int, first: int) -> None:
    buffer = Buffer(10)
    buffer.add([Line("xxxxx"), Line("yyyyy"), Line("zzzzz")], 0, AT)
    texts, _ = taken(buffer, most)
    assert len(texts) == first
    assert len(buffer) == 3 - first


def test_a_large_line_goes_alone_and_in_its_turn() -> None:
    buffer = Buffer(10)
    buffer.add([Line("a"), Line("b" * 50), Line("c")], 0, AT)
    assert [taken(buffer, 10)[0] for _ in range(3)] == [["a"], ["b" * 50], ["c"]]


def test_shrinking_drops_the_oldest_and_growing_brings_nothing_back() -> None:
    buffer = Buffer(10)
    buffer.add(lines(1, 8), 0, AT)
    buffer.resize(3, LATER)
    buffer.resize(10, LATER)
    buffer.add(lines(9, 10), 0, LATER)
    assert taken(buffer) == (["6", "7", "8", "9", "10"], 5)


def test_a_batch_given_up_is_counted_with_what_it_would_have_told() -> None:
    buffer = Buffer(2)
    buffer.add(lines(1, 5), 0, AT)
    batch = buffer.take(lambda line: 1, 100, LATER)
    assert batch is not None
    buffer.give_up(batch, LATER)
    buffer.add(lines(6, 6), 0, LATER)
    again = buffer.take(lambda line: 1, 100, LATER)
    assert again is not None
    assert ([line.text for line in again.lines], again.lost, again.since) == (["6"], 5, AT)


def test_a_batch_without_a_loss_is_dated_by_when_it_was_given_up() -> None:
    buffer = Buffer(2)
    buffer.add(lines(1, 1), 0, AT)
    batch = buffer.take(lambda line: 1, 100, AT)
    assert batch is not None
    buffer.give_up(batch, LATER)
    buffer.add(lines(2, 2), 0, LATER)
    again = buffer.take(lambda line: 1, 100, LATER)
    assert again is not None and again.since == LATER
