"""At least 300 examples of whatever customer, partners, clock and crashes do: every invariant holds."""

import pytest

from .play import EXAMPLES, play

ROUNDS = 4


@pytest.mark.parametrize("seed", range(1, ROUNDS + 1))
def test_the_invariants_hold(seed: int) -> None:
    assert play(seed) >= EXAMPLES


def test_there_are_at_least_300_examples() -> None:
    assert ROUNDS * EXAMPLES >= 300
