"""A round repeats from its seed, what is found is told so that one can play it again, and soaking ends as it should."""

import socket
from hashlib import sha256

import pytest
from hypothesis import Phase

from platform_sim.core.model.records import Event
from platform_sim.engines.partner_calls import deprovision

from .__main__ import soak
from .behaviour import Violation
from .play import command, no_network, play
from .world import World

QUICK = (Phase.generate,)
FINDS = 2
"""A seed with which the broken platform is found after few examples."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A digest of the events of each world that has ended."""
    digests: list[str] = []
    close = World.close

    def closing(world: World) -> None:
        with world.platform.database.snapshot() as rows:
            digests.append(sha256(repr(rows.all(Event)).encode()).hexdigest())
        close(world)

    monkeypatch.setattr(World, "close", closing)
    return digests


@pytest.fixture
def a_partner_that_fails_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken platform: whatever a partner answers to a DELETE, it counts as gone."""
    monkeypatch.setattr(deprovision, "deprovision_outcome", lambda *_, **__: deprovision.Gone())


def test_invariant_24_a_seed_plays_the_same_examples_again(told: list[str]) -> None:
    play(5, 8)
    first = list(told)
    told.clear()
    play(6, 2)
    told.clear()
    play(5, 8)
    assert told == first
    assert len(set(told)) > 6, "examples that are all alike prove nothing"


@pytest.mark.usefixtures("a_partner_that_fails_is_not_asked_again")
def test_invariant_24_what_is_found_is_told_with_steps_and_command() -> None:
    with pytest.raises(Violation, match="1 no_orphan_no_ghost: ghosts .*, orphans") as found:
        play(FINDS, 40, QUICK)
    notes = "\n".join(found.value.__notes__)
    assert "state.begin(" in notes
    assert "state.teardown()" in notes
    assert notes.endswith(f"To play it again: {command(FINDS, 40)}")


@pytest.mark.usefixtures("a_partner_that_fails_is_not_asked_again")
def test_soaking_ends_with_1_and_says_how_to_play_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak(FINDS, None, None, 40, QUICK) == 1
    said = capsys.readouterr().out
    assert "no_orphan_no_ghost" in said
    assert "state.begin(" in said
    assert f"make soak ROUNDS=1 SEED={FINDS} EXAMPLES=40" in said


def test_soaking_counts_rounds_and_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak(7, 2, None, 2) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("round 1, seed 7: ")
    assert second.startswith("round 2, seed 8: ")
    assert last.startswith("2 rounds, ")


def test_soaking_stops_when_its_time_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak(None, None, 0, 2) == 0
    assert capsys.readouterr().out == "0 rounds, 0 examples: nothing found\n"


def test_soaking_can_be_interrupted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(World, "settle", interrupted)
    assert soak(1, None, None, 2) == 130
    assert "stopped after 0 rounds" in capsys.readouterr().out


def test_invariant_23_a_socket_is_a_finding() -> None:
    """Should the platform ever go round the seam."""
    with no_network(), socket.socket() as one, pytest.raises(AssertionError, match="23 no_socket_is_connected"):
        one.connect(("127.0.0.1", 9))
