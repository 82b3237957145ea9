"""Times and lengths of time as people write them: `2026-03-01T12:00:00Z`, `9h`, `1d12h`. Pure."""

import re
from datetime import UTC, datetime, timedelta

FIRST_YEAR, LAST_YEAR = 1970, 2999
"""Of a platform's clock."""
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_LENGTH = re.compile("".join(rf"(?:([0-9]{{1,8}}){unit})?" for unit in _UNITS))


def read_length(text: str) -> timedelta:
    """Weeks, days, hours, minutes and seconds, whole and in this order; ValueError, a sentence, for all else."""
    found = _LENGTH.fullmatch(text)
    counts = found.groups(default="0") if found else ()
    length = timedelta(seconds=sum(int(n) * unit for n, unit in zip(counts, _UNITS.values(), strict=False)))
    if not length:
        raise ValueError(
            f"{text[:40]!r} is no length of time: write whole numbers with w, d, h, m or s, the greatest first, "
            "as in 90s, 9h or 1d12h"
        )
    return length


def length(seconds: float) -> str:
    """The same back, in whole seconds: `1d12h`; `0s` for less than one."""
    left, words = int(seconds), ""
    for unit, size in _UNITS.items():
        count, left = divmod(left, size)
        words += f"{count}{unit}" if count else ""
    return words or "0s"


def ahead(seconds: int) -> str:
    """How a clock stands that is so many seconds ahead: `1d12h ahead of the wall`, `29s behind the wall`."""
    if not seconds:
        return "the same as on the wall"
    return f"{length(abs(seconds))} {'ahead of' if seconds > 0 else 'behind'} the wall"


def read_moment(text: str) -> datetime:
    """ISO 8601 with a time zone, in UTC; ValueError, a sentence, for all else."""
    try:
        moment = datetime.fromisoformat(text[:64])
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:64]!r} is no time: write it as in 2026-03-01T12:00:00Z") from None
    raise ValueError(f"{text[:64]!r} has no time zone: write it with Z for UTC, or with an offset as in +01:00")


def read_start(text: str) -> datetime:
    """A moment at which a platform's clock may stand first: with room for all that is due later. ValueError."""
    moment = read_moment(text)
    check_start(moment, text[:64])
    return moment


def check_start(moment: datetime, shown: str) -> None:
    """ValueError for a moment that no clock begins at. `shown`: how the sentence says it."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{shown!r} is no time for a clock: it goes from the year {FIRST_YEAR} to {LAST_YEAR}")
