"""Every decision about dynos, without any dyno."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from platform_sim.engines.dynos.policy import (
    Act,
    Real,
    RealState,
    Wanted,
    cool_off,
    dyno_name,
    next_moment,
    plan,
    split_name,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
WEB1 = Wanted("r2", {"web": 1})


def real(name: str = "web.1", state: RealState = "up", release: str = "r2", **more: object) -> Real:
    return Real(key=str(more.pop("key", name)), name=name, release_id=release, state=state, **more)  # type: ignore[arg-type]


def test_nothing_wanted_and_nothing_there_is_nothing_to_do() -> None:
    assert plan(None, [], NOW) == []
    assert plan(Wanted("r1", {}), [], NOW) == []
    assert plan(Wanted("r1", {"web": 0}), [], NOW) == []


def test_missing_dynos_start_in_order_of_types_then_numbers() -> None:
    acts = plan(Wanted("r1", {"web": 2, "clock": 1, "a": 11}), [], NOW)
    assert [act.do for act in acts] == ["start"] * 14
    assert [act.name for act in acts] == ["web.1", "web.2", "clock.1", *(f"a.{n}" for n in range(1, 12))]


def test_surplus_dynos_stop_and_lower_numbers_stay() -> None:
    there = [real("web.3"), real("web.1"), real("web.2")]
    assert plan(WEB1, there, NOW) == [Act("stop", "web.2", "web.2"), Act("stop", "web.3", "web.3")]


def test_types_that_are_gone_stop_last_and_by_name() -> None:
    there = [real("z.1"), real("b.1"), real("b.2")]
    assert [act.name for act in plan(WEB1, there, NOW)] == ["web.1", "b.1", "b.2", "z.1"]


def test_nothing_wanted_stops_everything_that_lives_or_crashed() -> None:
    there = [real(), real("worker.1", "crashed"), real("worker.2", "stopping")]
    assert plan(None, there, NOW) == [Act("stop", "web.1", "web.1"), Act("stop", "worker.1", "worker.1")]


def test_a_gap_is_filled() -> None:
    assert plan(Wanted("r2", {"web": 3}), [real("web.1"), real("web.3")], NOW) == [Act("start", "web.2")]


STATES: tuple[RealState, ...] = ("starting", "up", "stopping", "crashed")


@pytest.mark.parametrize(
    ("state", "release", "restart", "retry"), list(product(STATES, ("r1", "r2"), (False, True), (None, NOW, SOON)))
)
def test_one_slot_one_dyno(state: RealState, release: str, restart: bool, retry: datetime | None) -> None:
    acts = plan(WEB1, [real(state=state, release=release, restart=restart, retry_at=retry)], NOW)
    outdated = release == "r1" or restart
    if state == "stopping":
        assert acts == [Act("start", "web.1")]
    elif state == "crashed":
        cooled = [Act("restart", "web.1", "web.1")] if retry == NOW else []
        assert acts == ([Act("replace", "web.1", "web.1")] if outdated else cooled)
    else:
        assert acts == ([Act("replace", "web.1", "web.1")] if outdated else [])


def test_of_two_with_one_name_the_better_one_stays() -> None:
    there = [real(key="old", release="r1"), real(key="crashed", state="crashed"), real(key="good")]
    assert plan(WEB1, there, NOW) == [Act("stop", "web.1", "crashed"), Act("stop", "web.1", "old")]


def obey(wanted: Wanted | None, there: list[Real], now: datetime) -> list[Real]:
    """The world after the acts."""
    world = {dyno.key: dyno for dyno in there}
    for number, act in enumerate(plan(wanted, there, now)):
        if act.key is not None:
            del world[act.key]
        if act.do != "stop":
            assert wanted is not None
            world[f"new{number}"] = Real(f"new{number}", act.name, wanted.release_id, "starting")
    return list(world.values())


@pytest.mark.parametrize("quantities", [{}, {"web": 1}, {"web": 2, "worker": 1}, {"worker": 3, "web": 0}])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("release", ["r1", "r2"])
def test_obeying_once_leaves_nothing_to_do(quantities: dict[str, int], state: RealState, release: str) -> None:
    wanted = Wanted("r2", quantities)
    there = [real(name, state, release) for name in ("web.1", "web.2", "worker.2", "gone.1")]
    after = obey(wanted, there, NOW)
    waiting = [dyno for dyno in after if dyno.state == "crashed"]
    assert plan(wanted, after, NOW) == []
    living = sorted(dyno.name for dyno in after if dyno.state != "stopping" and dyno not in waiting)
    names = sorted(dyno_name(kind, n) for kind, count in quantities.items() for n in range(1, count + 1))
    assert sorted([*living, *(dyno.name for dyno in waiting)]) == names
    assert all(dyno.release_id == "r2" for dyno in after if dyno.state != "stopping")


def test_the_answer_does_not_depend_on_the_order_of_rows() -> None:
    there = [real("web.2", release="r1"), real("gone.1"), real("web.1", "crashed", retry_at=NOW)]
    wanted = Wanted("r2", {"web": 3})
    assert plan(wanted, there, NOW) == plan(wanted, there[::-1], NOW)


def test_cool_offs_follow_the_setting_and_the_last_one_repeats() -> None:
    waits = [cool_off(crashes, (0, 10, 60.5)).total_seconds() for crashes in range(1, 6)]
    assert waits == [0, 10, 60.5, 60.5, 60.5]


def test_no_crash_no_cool_off() -> None:
    with pytest.raises(ValueError, match="0 times"):
        cool_off(0, (1,))


def test_the_next_moment_is_the_first_cool_off_to_end() -> None:
    later = SOON + timedelta(hours=1)
    there = [real("a.1", "crashed", retry_at=later), real("a.2", "crashed", retry_at=SOON), real("a.3", retry_at=NOW)]
    assert next_moment(there, NOW) == SOON
    assert next_moment(there, SOON) == later
    assert next_moment([real(), real("b.1", "crashed")], NOW) is None


def test_names_split_at_the_last_dot() -> None:
    assert split_name("web.12") == ("web", 12)
    assert split_name(dyno_name("my-type_2", 3)) == ("my-type_2", 3)
