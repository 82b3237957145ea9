"""At least 300 examples of whatever customer, partners, clock and crashes do: every invariant holds.

The first round is played in each run, the others by `make test-long`.
"""

import pytest

from ..long import long
from .play import EXAMPLES, play

ROUNDS = 4


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=long) for seed in range(2, ROUNDS + 1))])
def test_the_invariants_hold(seed: int) -> None:
    assert play(seed) >= EXAMPLES


def test_there_are_at_least_300_examples() -> None:
    assert ROUNDS * EXAMPLES >= 300
