"""sample_app/worker and release: their loops and what they say."""

from collections.abc import Callable

from sample_app import release, worker

from .conftest import TOKEN, FakeExceptions, config


class Turns:
    """A wait that does what a test wants between two beats, and ends the loop after the last."""

    def __init__(self, *between: Callable[[], object]) -> None:
        self._between = list(between)
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> bool:
        self.waited.append(seconds)
        if not self._between:
            return True
        self._between.pop(0)()
        return False


def _nothing() -> None:
    """A turn in which nothing happens."""


def _run(url: str | None, *between: Callable[[], object]) -> tuple[list[str], Turns]:
    said: list[str] = []
    turns = Turns(*between)
    worker.run(config(url), turns, said.append)
    return said, turns


def test_heartbeats_are_written_and_named(fake: FakeExceptions) -> None:
    said, turns = _run(fake.url, _nothing, _nothing)
    assert said == [f"worker wrote exception e{number}" for number in (1, 2, 3)] + [
        "worker stops; heartbeats written: 3"
    ]
    assert turns.waited == [2, 2, 2]
    assert [(item["type"], item["message"]) for item in fake.stored] == [
        ("Heartbeat", f"heartbeat {number} of web.1") for number in (1, 2, 3)
    ]


def test_without_an_add_on_it_idles_and_says_so_once() -> None:
    said, turns = _run(None, _nothing, _nothing, _nothing)
    assert said == [
        "worker idles: no add-on yet (heroku addons:create exceptions)",
        "worker stops; heartbeats written: 0",
    ]
    assert len(turns.waited) == 4


def test_a_partner_that_is_away_is_waited_for(fake: FakeExceptions) -> None:
    def away() -> None:
        fake.fault = (500, b"")

    def back() -> None:
        fake.fault = None

    said, _ = _run(fake.url, away, _nothing, back)
    assert said == [
        "worker wrote exception e1",
        "worker waits: The add-on is in trouble: it answered 500.",
        "worker wrote exception e2",
        "worker stops; heartbeats written: 2",
    ]


def test_half_of_the_plan_is_left_to_the_page(fake: FakeExceptions) -> None:
    fake.limit = 4

    def upgrade() -> None:
        fake.limit = 100

    said, _ = _run(fake.url, _nothing, _nothing, _nothing, upgrade)
    assert said[:2] == ["worker wrote exception e1", "worker wrote exception e2"]
    assert said[2].startswith("worker pauses: half of plan test is used")
    assert said[3] == "worker wrote exception e3"


def test_the_release_phase_says_what_it_found(fake: FakeExceptions) -> None:
    said: list[str] = []
    release.check(None, said.append)
    assert said == ["release: EXCEPTIONS_URL is not set, the app runs without an add-on"]
    said.clear()
    release.check(fake.url, said.append)
    assert said[-1] == "release: the add-on answers: plan test, 0 of 1000 stored"
    assert TOKEN not in "".join(said)


def test_a_partner_that_is_away_does_not_hold_a_release_back(fake: FakeExceptions) -> None:
    fake.fault = (503, b"")
    said: list[str] = []
    release.check(fake.url, said.append)
    assert said[-1].endswith("The release goes on.")
