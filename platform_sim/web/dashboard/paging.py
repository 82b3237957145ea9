"""Long lists in parts: a page stays small however much there is."""

from collections.abc import Sequence
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
    parts = max(1, -(-len(items) // size))
    asked = request.args.get("page", "1")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    number = min(max(wanted, 1), parts)
    return Part(items[(number - 1) * size : number * size], number, parts, len(items))


def before() -> int:
    """Where a list that counts down goes on, from `?before=`; beyond every number if it does not say."""
    asked = request.args.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else 2**62
