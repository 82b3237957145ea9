"""What to do about dynos, as pure functions: wanted formation x current release against what is real.

Touches nothing: no rows, no processes, no clock. The supervisor asks and obeys.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

RealState = Literal["starting", "up", "stopping", "crashed"]


@dataclass(frozen=True)
class Wanted:
    """What an app should run: a release, and how many dynos of each type, in order of the types."""

    release_id: str
    quantities: Mapping[str, int]


@dataclass(frozen=True)
class Real:
    """A dyno of a formation as it is. `stopping` had its SIGTERM and does not count; `crashed` has no process.

    `restart`: another one is needed in its place though the release is the same.
    """

    key: str
    name: str
    release_id: str
    state: RealState
    retry_at: datetime | None = None
    restart: bool = False


@dataclass(frozen=True)
class Act:
    """One thing to do; `key` is the dyno it is done to, None when there is none yet.

    `start`: a missing dyno. `replace`: signal the old one, start the new one at once. `restart`: start a crashed
    one again whose cool-off is over. `stop`: end it, nothing in its place.
    """

    do: Literal["start", "replace", "restart", "stop"]
    name: str
    key: str | None = None


def cool_off(crashes: int, seconds: Sequence[float]) -> timedelta:
    """How long to wait before starting a dyno again that crashed `crashes` times (1 or more) in this release.

    `seconds`: after the first crash, the second...; the last one repeats (setting `crash_delays`: that the first
    restart comes at once and later ones ever later is documented, the lengths are not, platform-api §6).
    """
    if crashes < 1:
        raise ValueError(f"a dyno that crashed {crashes} times needs no cool-off")
    return timedelta(seconds=seconds[min(crashes, len(seconds)) - 1])


def dyno_name(process_type: str, number: int) -> str:
    """`web.1`."""
    return f"{process_type}.{number}"


def split_name(name: str) -> tuple[str, int]:
    """`web.1` as ("web", 1)."""
    process_type, _, number = name.rpartition(".")
    return process_type, int(number)


def plan(wanted: Wanted | None, real: Iterable[Real], now: datetime) -> list[Act]:
    """The acts that make `real` match `wanted`, by process type and number; None wants nothing at all.

    Types that are wanted no more come last, by name. Obeying the acts and asking again gives none.
    """
    quantities = dict(wanted.quantities) if wanted else {}
    living: dict[str, list[Real]] = {}
    for dyno in real:
        if dyno.state != "stopping":
            living.setdefault(dyno.name, []).append(dyno)
    slots = {dyno_name(kind, number) for kind, count in quantities.items() for number in range(1, count + 1)}
    rank = {kind: place for place, kind in enumerate(quantities)}

    def order(name: str) -> tuple[int, str, int]:
        kind, number = split_name(name)
        return rank.get(kind, len(rank)), kind, number

    acts: list[Act] = []
    for name in sorted(slots | living.keys(), key=order):
        there = living.get(name, [])
        if wanted is None or name not in slots:
            acts += [Act("stop", name, dyno.key) for dyno in there]
        else:
            acts += _for_slot(name, wanted.release_id, there, now)
    return acts


def next_moment(real: Iterable[Real], now: datetime) -> datetime | None:
    """When a cool-off ends next, so that `plan` has something to do; None if that is not foreseeable."""
    moments = [dyno.retry_at for dyno in real if dyno.state == "crashed" and dyno.retry_at is not None]
    return min((moment for moment in moments if moment > now), default=None)


def _for_slot(name: str, release_id: str, there: Sequence[Real], now: datetime) -> list[Act]:
    if not there:
        return [Act("start", name)]
    # One name, one dyno: of several keep the one that needs least.
    keep, *others = sorted(there, key=lambda dyno: (dyno.release_id != release_id, dyno.state == "crashed"))
    return [*(Act("stop", name, dyno.key) for dyno in others), *_for_dyno(keep, release_id, now)]


def _for_dyno(dyno: Real, release_id: str, now: datetime) -> list[Act]:
    if dyno.release_id != release_id or dyno.restart:
        return [Act("replace", dyno.name, dyno.key)]
    cooled = dyno.state == "crashed" and dyno.retry_at is not None and dyno.retry_at <= now
    return [Act("restart", dyno.name, dyno.key)] if cooled else []
