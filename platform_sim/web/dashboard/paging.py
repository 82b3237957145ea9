"""Long lists in parts: a page stays small however much there is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

T = TypeVar("T")
SIZE = 100


@dataclass(frozen=True)
class Part(Generic[T]):
    """One part of a list; `number` counts from 1."""

    items: Sequence[T]
    number: int
    parts: int
    total: int


def part_of(items: Sequence[T], size: int = SIZE) -> Part[T]:
    """The part for which `?page=` asks; the nearest for one that there is not."""
    return part_from(len(items), lambda limit, offset: items[offset : offset + limit], size)


def part_from(total: int, take: Callable[[int, int], Sequence[T]], size: int = SIZE) -> Part[T]:
    """The same of what is not read whole: `take` gives as many as wanted, from some place on."""
    parts = max(1, -(-total // size))
    asked = request.args.get("page", "1")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    number = min(max(wanted, 1), parts)
    return Part(take(size, (number - 1) * size), number, parts, total)


def before() -> int:
    """Where a list that counts down goes on, from `?before=`; beyond every number if it does not say."""
    asked = request.args.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else 2**62
