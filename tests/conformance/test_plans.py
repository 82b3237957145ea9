"""The way of plan changes: every step from one plan to another, once, and back at the first."""

from itertools import pairwise, permutations

import pytest

from platform_sim.conformance.scenes.plans import tour


@pytest.mark.parametrize("plans", ["a", "ab", "abc", "abcde"])
def test_each_step_comes_once(plans: str) -> None:
    way = [plans[0], *tour(plans)]
    assert sorted(pairwise(way)) == sorted(permutations(plans, 2))
    assert way[-1] == plans[0]
