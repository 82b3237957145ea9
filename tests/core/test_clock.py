"""Time and chance: frozen and moved, seeded and not."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from platform_sim.core.clock import EPOCH, Chance, Clock

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_frozen_clock_moves_only_when_told() -> None:
    clock = Clock(NOON)
    assert clock.is_frozen
    assert clock.now() == clock.now() == NOON
    assert clock.advance(timedelta(0)) == NOON
    assert clock.advance(timedelta(hours=8)) == NOON + timedelta(hours=8) == clock.now()


def test_a_running_clock_can_be_moved_too() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(timedelta(days=7))
    assert clock.now() - before >= timedelta(days=7)
    assert not clock.is_frozen


def test_time_does_not_go_back() -> None:
    clock = Clock(NOON)
    with pytest.raises(ValueError, match="only goes forward"):
        clock.advance(timedelta(seconds=-1))
    assert clock.now() == NOON


def test_freeze_stops_time_where_it_is_or_where_it_is_told() -> None:
    clock = Clock()
    clock.freeze()
    assert clock.now() == clock.now()
    clock.freeze(EPOCH)
    assert clock.now() == EPOCH


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Clock().freeze(datetime(2026, 3, 1, 12, 0))  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        Clock(datetime(2026, 3, 1, 12, 0))  # noqa: DTZ001


def test_now_is_in_utc_whatever_zone_it_was_frozen_in() -> None:
    clock = Clock(NOON.astimezone(timezone(timedelta(hours=2))))
    assert clock.now() == NOON
    assert clock.now().isoformat() == "2026-03-01T12:00:00+00:00"


def test_resume_goes_on_from_where_time_stood() -> None:
    clock = Clock(NOON)
    clock.resume()
    assert not clock.is_frozen
    assert timedelta(0) <= clock.now() - NOON < timedelta(hours=1)
    clock.resume()
    assert clock.now() - NOON < timedelta(hours=1)


def test_seconds_until_is_none_for_what_never_comes_by_itself() -> None:
    frozen = Clock(NOON)
    assert frozen.seconds_until(None) is None
    assert frozen.seconds_until(NOON + timedelta(seconds=1)) is None
    assert frozen.seconds_until(NOON) == 0.0
    running = Clock()
    left = running.seconds_until(running.now() + timedelta(minutes=5))
    assert left is not None
    assert 0 < left <= 300


def test_milliseconds_are_unix_milliseconds() -> None:
    assert Clock(datetime(1970, 1, 1, 0, 0, 1, 234_000, tzinfo=UTC)).milliseconds() == 1234


def test_every_move_is_told_to_listeners() -> None:
    clock, heard = Clock(), []
    clock.on_move(lambda: heard.append(clock.is_frozen))
    clock.freeze()
    clock.advance(timedelta(seconds=1))
    clock.resume()
    assert heard == [True, True, False]


@pytest.mark.parametrize("make", ["uuid", "secret"])
def test_a_seeded_value_depends_on_seed_stream_and_number_only(make: str) -> None:
    value = getattr(Chance(7), make)("app", 3)
    assert getattr(Chance(7), make)("app", 3) == value
    others = {getattr(Chance(seed), make)(key, n) for seed, key, n in [(8, "app", 3), (7, "dyno", 3), (7, "app", 4)]}
    assert value not in others
    assert len(others) == 3


def test_seeded_dice_repeat() -> None:
    assert Chance(7).dice("name", 1).random() == Chance(7).dice("name", 1).random()
    assert Chance(7).dice("name", 1).random() != Chance(7).dice("name", 2).random()


def test_without_a_seed_nothing_repeats() -> None:
    chance = Chance()
    assert not chance.is_seeded
    assert len({chance.uuid() for _ in range(50)}) == 50
    assert len({chance.secret() for _ in range(50)}) == 50
    assert len({chance.dice().random() for _ in range(50)}) == 50


@pytest.mark.parametrize("seed", [None, 7])
def test_ids_have_the_form_the_schema_wants(seed: int | None) -> None:
    chance = Chance(seed)
    value = chance.uuid("app", 1)
    assert value == value.lower()
    assert [len(part) for part in value.split("-")] == [8, 4, 4, 4, 12]
    assert value[14] == "4"
    assert len(chance.secret("app", 1)) == 32


def test_a_seeded_secret_does_not_give_away_the_id_of_the_same_stream() -> None:
    chance = Chance(7)
    assert chance.secret("app", 1)[:8] != chance.uuid("app", 1)[:8]
