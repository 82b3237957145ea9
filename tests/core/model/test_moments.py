"""Times and lengths of time as people write them."""

from datetime import UTC, datetime, timedelta

import pytest

from platform_sim.core.model.moments import length, read_length, read_moment, read_start


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("9h", 32_400), ("1d12h", 129_600), ("2w1d1h1m1s", 1_299_661), ("05m", 300)]
)
def test_a_length(text: str, seconds: int) -> None:
    assert read_length(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0s",
        "9",
        "h",
        "-9h",
        "+9h",
        "9 h",
        "9H",
        "1.5h",
        "12h1d",
        "1h1h",
        "9h\n",
        "NaN",
        "inf",
        "PT9H",
        "٩h",
        "9" * 9 + "w",
    ],
)
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(ValueError, match="as in 90s, 9h or 1d12h"):
        read_length(text)


@pytest.mark.parametrize("text", ["0s", "1s", "1d12h", "2w1d1h1m1s"])
def test_a_length_in_words(text: str) -> None:
    assert length(0.9 if text == "0s" else read_length(text).total_seconds()) == text


@pytest.mark.parametrize("text", ["2026-03-01T12:00:00Z", "2026-03-01T13:00+01:00"])
def test_a_moment_is_in_utc(text: str) -> None:
    assert read_moment(text) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert read_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-03-01T12:00:00", "has no time zone"),
        ("2026-03-01", "has no time zone"),
        ("99999-01-01T00:00:00Z", "is no time"),
        ("2026-02-30T00:00:00Z", "is no time"),
        ("0001-01-01T00:00:00+14:00", "is no time"),
        ("soon", "is no time"),
        ("", "is no time"),
    ],
)
def test_what_is_no_moment(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_moment(text)


def test_a_clock_starts_where_it_has_room() -> None:
    assert read_start("2999-12-31T00:00:00Z").year == 2999
    for text in ("1969-12-31T23:59:59Z", "3000-01-01T00:00:00Z"):
        with pytest.raises(ValueError, match="from the year 1970 to 2999"):
            read_start(text)
