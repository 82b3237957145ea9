"""Plays the machine with a seed: the same seed plays the same examples, whatever ran before."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import Invariants
from .world import World

STEPS = 20
"""Of an example, at most."""
EXAMPLES = 80
"""Of a round."""

PHASES = (Phase.generate, Phase.shrink)


@contextmanager
def no_network() -> Iterator[None]:
    """All that the platform sends goes to the world's `Send`; a real connection is an error."""

    def refuse(_: Any, address: Any) -> None:
        raise AssertionError(f"23 no_socket_is_connected: to {address}")

    with patch.object(socket.socket, "connect", refuse):
        yield


def play(
    number: int,
    examples: int = EXAMPLES,
    phases: Sequence[Phase] = PHASES,
    prepare: Callable[[World], None] = lambda world: None,
) -> int:
    """A round; returns how many examples it had. Raises the Violation, shrunk, with steps and command as notes."""
    played = 0

    @seed(number)
    class Round(Invariants):
        def prepare(self) -> None:
            prepare(self.world)

        def teardown(self) -> None:
            nonlocal played
            played += 1
            super().teardown()

        def __repr__(self) -> str:
            return "Invariants()"

    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        phases=phases,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        with no_network():
            run_state_machine_as_test(Round, settings=how)
    except Exception as found:
        found.add_note(f"To play it again: {command(number, examples)}")
        raise
    return played


def command(number: int, examples: int = EXAMPLES) -> str:
    """What repeats a round."""
    more = "" if examples == EXAMPLES else f" EXAMPLES={examples}"
    return f"make soak ROUNDS=1 SEED={number}{more}"
