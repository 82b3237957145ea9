"""Invariant 20: what is taken, put in place and taken again is the same file; nothing that is kept is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from platform_sim.core.actions import clock
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.apps import Dyno
from platform_sim.core.model.records import ClockState, Exchange, Job, Sequence
from platform_sim.core.store.tables import NOUNS
from platform_sim.snapshots.album import Album

from ..support import START, dump
from .full import album, close, fill, put, taken

OF_PROCESSES = (ClockState, Sequence, Job, Dyno, Exchange)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    made = album(tmp_path_factory.mktemp("full"))
    fill(made.database)
    yield made
    close(made)


def test_every_noun_has_rows_here(full: Album) -> None:
    """So that a new one is covered by these tests as soon as it is there."""
    with full.database.snapshot() as rows:
        assert [noun.__name__ for noun in NOUNS if not rows.count(noun)] == ["ClockState"]


@pytest.mark.parametrize("secrets", [True, False])
def test_invariant_20_taken_put_in_place_and_taken_again(full: Album, secrets: bool, tmp_path: Path) -> None:
    file = taken(full, secrets=secrets)
    other = album(tmp_path, seed=None, at=None)
    put(other, file)
    assert taken(other, secrets=secrets) == file
    put(other, file)
    assert taken(other, secrets=secrets) == file
    close(other)


def test_invariant_20_no_row_is_lost(full: Album, tmp_path: Path) -> None:
    other = album(tmp_path, seed=5)
    put(other, taken(full, secrets=True))
    with full.database.snapshot() as before, other.database.snapshot() as after:
        assert dump(after, without=OF_PROCESSES) == dump(before, without=OF_PROCESSES)
        assert other.database.clock.now() == START
        assert other.database.clock.is_frozen
    assert other.database.chance.seed == 1
    close(other)


def test_invariant_20_a_clock_that_runs_goes_on_where_it_was(full: Album, tmp_path: Path) -> None:
    one, other = album(tmp_path / "one"), album(tmp_path / "other")
    put(one, taken(full))
    with one.database.transaction() as tx:
        clock.resume(tx, tx.all(Account)[0])
    one.database.clock.advance(timedelta(days=3))
    now = one.database.clock.now()
    file = taken(one)
    put(other, file)
    assert not other.database.clock.is_frozen
    assert timedelta(0) <= other.database.clock.now() - now < timedelta(seconds=30)
    assert taken(other) == file
    with other.database.transaction() as tx:
        tx.add_job("any", "thing", {})
    assert taken(other) != file
    close(one, other)


def test_a_seeded_platform_goes_on_with_the_same_ids_and_tokens(full: Album, tmp_path: Path) -> None:
    other = album(tmp_path, seed=None)
    put(other, taken(full, secrets=True))
    drawn = []
    for each in (full, other):
        with each.database.transaction() as tx:
            drawn.append([tx.uuid("app"), tx.secret("webhook", "x"), tx.dice("name").random(), tx.uuid("app")])
            tx.delete_where(Sequence, id="app:")
    assert drawn[0] == drawn[1]
    close(other)


def test_rows_in_a_file_are_read_as_they_are_at_one_moment(full: Album, tmp_path: Path) -> None:
    """Of a platform in a folder, too, whose newest rows may be in its log alone."""
    one, other = (
        album(tmp_path / "one", path=tmp_path / "one.db"),
        album(tmp_path / "other", path=tmp_path / "other.db"),
    )
    put(one, taken(full, secrets=True))
    with one.database.transaction() as tx:
        tx.add_job("newest", "thing", {})
    file = taken(one, secrets=True)
    put(other, file)
    assert taken(other, secrets=True) == file
    close(one, other)
