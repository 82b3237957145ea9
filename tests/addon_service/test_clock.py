"""Time and chance."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from addon_service.clock import SystemClock, parse_stamp, public_time, stamp


def test_stamps_sort_as_the_moments_do() -> None:
    first = datetime(2026, 1, 1, 12, tzinfo=UTC)
    moments = [first, first + timedelta(microseconds=1), first + timedelta(seconds=1)]
    assert sorted(stamp(m) for m in reversed(moments)) == [stamp(m) for m in moments]


def test_a_stamp_is_read_back_whatever_the_zone_it_was_made_in() -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=-8)))
    assert stamp(moment) == "2026-01-01T20:00:00.000000Z"
    assert parse_stamp(stamp(moment)) == moment


def test_herokus_own_time_format_is_read() -> None:
    assert parse_stamp("2016-03-03T18:01:31-0800") == datetime(2016, 3, 4, 2, 1, 31, tzinfo=UTC)
    assert parse_stamp("2016-03-03T18:01:31") == datetime(2016, 3, 3, 18, 1, 31, tzinfo=UTC)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        parse_stamp("tomorrow")


def test_public_times_have_whole_seconds() -> None:
    assert public_time("2026-01-01T20:00:00.123456Z") == "2026-01-01T20:00:00Z"
    assert public_time(None) is None


def test_the_real_clock_is_aware_and_its_secrets_differ() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert UUID(clock.new_id()).version == 4
    assert len({clock.new_token() for _ in range(10)}) == 10
    assert len(clock.new_token()) >= 43
