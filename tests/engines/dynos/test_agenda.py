"""Which apps have their turn, and when."""

from datetime import timedelta

from platform_sim.core.clock import EPOCH, Clock
from platform_sim.engines.dynos.agenda import Agenda

from .world import make_world


def test_news_are_taken_once_and_in_order() -> None:
    agenda = Agenda(Clock(EPOCH))
    agenda.add(["b", "a", "b"])
    assert agenda.take() == ["a", "b"]
    assert agenda.take() == []


def test_a_commit_is_news_of_its_app() -> None:
    world = make_world()
    agenda = Agenda(world.database.clock)
    world.database.on_commit(agenda.committed)
    world.config(A="1")
    assert agenda.take() == [world.app.id]
    world.database.close()


def test_a_moment_comes_on_the_platforms_clock_and_once() -> None:
    clock = Clock(EPOCH)
    agenda = Agenda(clock)
    agenda.set("a", EPOCH + timedelta(seconds=5))
    agenda.set("b", EPOCH + timedelta(seconds=5))
    agenda.set("b", None)
    assert agenda.take() == []
    clock.advance(timedelta(seconds=5))
    assert agenda.take() == ["a"]
    assert agenda.take() == [], "whoever fails with an app is not asked again and again"


def test_it_waits_for_the_next_moment() -> None:
    agenda = Agenda(Clock())
    assert agenda.patience() is None
    now = Clock().now()
    agenda.set("late", now + timedelta(hours=2))
    agenda.set("soon", now + timedelta(hours=1))
    patience = agenda.patience()
    assert patience is not None
    assert 3500 < patience <= 3600
