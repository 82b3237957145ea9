"""`/sim/clock`: what it tells, what it refuses, and that a run lets each thing be done at its own moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_sim.core.actions import jobs
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.records import Event, Job
from platform_sim.core.store import Transaction
from platform_sim.web import passing

from ..support import START
from .world import Populated, World, playing

HOUR = timedelta(hours=1)
PATHS = [
    *(("GET", "/sim/clock"), ("POST", "/sim/clock/freeze"), ("POST", "/sim/clock/resume")),
    *(("POST", "/sim/clock/advance"), ("POST", "/sim/clock/run")),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_only_customers_operate(method: str, path: str, full: Populated) -> None:
    full.lets_in_customers_only(method, path)


def add(world: World, kind: str, after: timedelta, subject: str = "one") -> None:
    with world.database.transaction() as tx:
        tx.add_job(kind, subject, {}, run_at=START + after)


def test_what_it_tells(world: World) -> None:
    told = world.get("/sim/clock")
    assert told.pop("offset") != 0
    assert told == {"now": "2026-03-01T12:00:00+00:00", "frozen": True, "next": None, "waiting": []}
    add(world, "deprovision", 2 * HOUR)
    add(world, "review_app_deadline", HOUR)
    told = world.get("/sim/clock")
    deadline = {"kind": "review_app_deadline", "subject": "one", "name": None, "bound": True}
    assert told["next"] == told["waiting"][0] == deadline | {"due": "2026-03-01T13:00:00+00:00"}
    assert [each["kind"] for each in told["waiting"]] == ["review_app_deadline", "deprovision"]


def test_what_is_due_bears_the_name_of_its_add_on(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        tx.add_job("deprovision", full.addon.id, {}, run_at=START + HOUR)
    assert full.world.get("/sim/clock")["next"]["name"] == "exceptions-first"


def test_it_is_moved(world: World) -> None:
    add(world, "deprovision", 9 * HOUR)
    moved = world.call("POST", "/sim/clock/advance", {"by": "9h"}).json
    assert (moved["now"], moved["frozen"]) == ("2026-03-01T21:00:00+00:00", True)
    assert [each["kind"] for each in moved["came_due"]] == ["deprovision"]
    assert (moved["next"], [each["kind"] for each in moved["waiting"]]) == (None, ["deprovision"])
    assert world.call("POST", "/sim/clock/resume").json["frozen"] is False
    at = (world.database.clock.now() + HOUR).isoformat()
    stopped = world.call("POST", "/sim/clock/freeze", {"at": at}).json
    assert (stopped["now"], stopped["frozen"]) == (at, True)
    assert world.call("POST", "/sim/clock/freeze").json["now"] == at


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("advance", {}, "by"),
        ("advance", {"by": 3600}, "by must be a string"),
        ("advance", {"by": "-9h"}, "'-9h' is no length of time"),
        ("advance", {"by": "NaN"}, "'NaN' is no length of time"),
        ("advance", {"by": "PT9H"}, "as in 90s, 9h or 1d12h"),
        ("advance", {"by": "99999999w"}, "by 366 days at most"),
        ("advance", {"by": "520w"}, "by 366 days at most"),
        ("advance", {"hours": 9}, "'hours' is not known here: the body takes by"),
        ("freeze", {"at": "2026-03-01T11:59:59Z"}, "time only goes forward"),
        ("freeze", {"at": "2026-03-02T12:00:00"}, "has no time zone"),
        ("freeze", {"at": "99999-01-01T00:00:00Z"}, "is no time"),
        ("freeze", {"at": "9999-01-01T00:00:00Z"}, "by 366 days at most"),
        ("resume", {"at": "2026-03-02T12:00:00Z"}, "the body takes nothing"),
        ("run", {"until": "2026-03-01T11:00:00Z"}, "time only goes forward"),
        ("run", {"until": "never"}, "write it as in 2026-03-01T12:00:00Z; or say idle"),
        ("run", {"until": 7}, "until must be a string"),
    ],
)
def test_what_it_refuses(world: World, path: str, body: dict[str, Any], why: str) -> None:
    with world.nothing_written():
        answer = world.call("POST", f"/sim/clock/{path}", body)
    assert answer.error == (422, "invalid_params")
    assert why in answer.json["message"]
    assert world.database.clock.now() == START


def test_a_number_that_is_none_is_no_json(world: World) -> None:
    assert world.call("POST", "/sim/clock/advance", data=b'{"by": NaN}').error == (400, "bad_request")


def finish(tx: Transaction, job: Job) -> None:
    jobs.finish(tx, job)


@contextmanager
def tried(world: World, times: int, moments: list[datetime]) -> Iterator[None]:
    """A job that comes back every hour, so many times."""

    def act(tx: Transaction, job: Job) -> None:
        moments.append(tx.now())
        if job.attempts < times:
            jobs.try_again(tx, job, 3600)
        else:
            jobs.finish(tx, job)

    with playing(world, deprovision=act, review_app_deadline=finish):
        yield


def test_a_run_does_each_at_its_moment_and_leaves_what_is_there_for_what_may_not_happen(world: World) -> None:
    moments: list[datetime] = []
    add(world, "deprovision", HOUR)
    add(world, "review_app_deadline", 90 * HOUR, "other")
    with tried(world, 3, moments):
        ended = world.call("POST", "/sim/clock/run", {"until": "idle"}).json
    assert moments == [START + n * HOUR for n in (1, 2, 3)]
    assert (ended["moves"], ended["done"], ended["left"]) == (3, True, [])
    assert [each["kind"] for each in ended["came_due"]] == ["deprovision"] * 3
    assert ended["now"] == "2026-03-01T15:00:00+00:00"
    assert ended["next"]["kind"] == "review_app_deadline"


def test_a_run_to_a_time_stops_at_deadlines_too_and_arrives(world: World) -> None:
    moments: list[datetime] = []
    add(world, "review_app_deadline", HOUR)
    with tried(world, 1, moments):
        ended = world.call("POST", "/sim/clock/run", {"until": "2026-03-02T12:00:00Z"}).json
    assert (ended["moves"], ended["done"], ended["now"]) == (2, True, "2026-03-02T12:00:00+00:00")
    with world.database.snapshot() as rows:
        acts = [event.data for event in rows.all(Event, kind="clock")]
        assert [job.state for job in rows.all(Job, kind="review_app_deadline")] == ["done"]
    assert [each["to"] for each in acts] == ["2026-03-01T13:00:00+00:00", "2026-03-02T12:00:00+00:00"]
    assert acts[0]["due"] == [{"kind": "review_app_deadline", "subject": "one"}]


def operator(world: World) -> Account:
    return world.customer.account


def test_what_never_ends_by_itself_is_given_up_with_a_word(world: World) -> None:
    moments: list[datetime] = []
    add(world, "deprovision", HOUR)
    with tried(world, 10_000, moments):
        passed = passing.run(world.database, operator(world), None, moves=5)
    assert (passed.moves, len(moments)) == (5, 5)
    assert passed.left == ["deprovision is due at 2026-03-01T18:00:00+00:00"]


def test_what_nobody_does_is_not_waited_for_for_ever(world: World) -> None:
    add(world, "deprovision", HOUR)
    passed = passing.run(world.database, operator(world), None, seconds=0.01)
    assert passed.moves <= 1
    assert passed.left != []


def test_a_clock_that_runs_is_moved_too(world: World) -> None:
    world.database.clock.resume()
    moments: list[datetime] = []
    add(world, "deprovision", 2 * HOUR)
    with tried(world, 2, moments):
        passed = passing.run(world.database, operator(world), None)
    assert (passed.left, len(moments)) == ([], 2)
    assert timedelta(0) <= moments[0] - (START + 2 * HOUR) < timedelta(minutes=1)
    assert not world.database.clock.is_frozen
