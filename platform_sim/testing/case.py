"""A private Heroku without pytest: a decorator for functions and methods, and a base for unittest's test cases.

What fails tells its timeline, as a note of what it raises; what passes and leaves leaks fails.
"""

import functools
import inspect
import unittest
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from platform_sim.testing.heroku import Heroku
from platform_sim.testing.joins import Service

Result = TypeVar("Result")
Test = Callable[..., Result]
NAME = "heroku"
"""Of the argument that the decorator gives."""
SHOWN = 50
"""Trees of the timeline that a note holds, the newest."""


class LeaksLeft(AssertionError):
    """A test has left resources that only one side knows, or orders without an answer; the message lists them."""


@contextmanager
def opened(
    *, seed: int | None = None, settings: Mapping[str, Any] | None = None, services: Sequence[Service] = ()
) -> Iterator[Heroku]:
    """A Heroku with a project's own services registered; as `Heroku` and its `install` raise."""
    with Heroku(seed=seed, settings=settings) as heroku:
        for each in services:
            heroku.install(each)
        yield heroku


def no_leaks(heroku: Heroku) -> None:
    """LeaksLeft if it leaves any; one that was stopped is left alone."""
    if heroku.runs and (found := heroku.leaks()):
        raise LeaksLeft("the test leaves leaks:\n" + "\n".join(f"  {each}" for each in found))


@contextmanager
def watched(heroku: Heroku, leaks_ok: bool) -> Iterator[None]:
    """What is raised gets the timeline as a note, and what is not must leave no leaks."""
    try:
        yield
        if not leaks_ok:
            no_leaks(heroku)
        if heroku.runs:
            heroku.faults.warn()
    except Exception as problem:
        if heroku.runs:
            problem.add_note(f"Platform Sim timeline:\n{heroku.faults.repeats}{heroku.timeline.newest(SHOWN)}")
        raise


def with_heroku(
    *,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    services: Sequence[Service] = (),
    leaks_ok: bool = False,
) -> Callable[[Test[Result]], Test[Result]]:
    """Call a test, a function or a method, sync or async, with a Heroku of its own as the argument `heroku`.

    `seed` and `settings` as of `Heroku`; `services`: what is registered before. LeaksLeft if it leaves leaks and is not
    told that it may. TypeError for one that has no argument `heroku`.
    """

    @contextmanager
    def world() -> Iterator[Heroku]:
        with opened(seed=seed, settings=settings, services=services) as heroku, watched(heroku, leaks_ok):
            yield heroku

    def decorate(function: Test[Result]) -> Test[Result]:
        shape = inspect.signature(function)
        if NAME not in shape.parameters:
            raise TypeError(f"{function.__qualname__} has no argument `{NAME}` to be given")

        @functools.wraps(function)
        def call(*args: Any, **more: Any) -> Any:
            with world() as heroku:
                return function(*args, heroku=heroku, **more)

        @functools.wraps(function)
        async def call_async(*args: Any, **more: Any) -> Any:
            with world() as heroku:
                awaited: Any = function(*args, heroku=heroku, **more)
                return await awaited

        made: Any = call_async if inspect.iscoroutinefunction(function) else call
        # pytest takes each argument that it sees for a fixture.
        left = [each for each in shape.parameters.values() if each.name != NAME]
        made.__signature__ = shape.replace(parameters=left)
        decorated: Test[Result] = made
        return decorated

    return decorate


class HerokuTestCase(unittest.TestCase):
    """`self.heroku` is each test's own, from `setUp` to the end of its cleanups. Goes together with other bases, such
    as `unittest.IsolatedAsyncioTestCase`; a `setUp` of one's own calls that of `super()` first."""

    heroku_seed: int | None = None
    heroku_settings: Mapping[str, Any] = {}
    heroku_services: Sequence[Service] = ()
    """What is registered in each test's Heroku."""
    heroku_leaks_ok = False
    """Whether tests may leave leaks."""

    heroku: Heroku

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._passed = False
        test = getattr(self, methodName, None)
        if test is not None:
            setattr(self, methodName, self._watching(test))

    def setUp(self) -> None:
        """Start it."""
        super().setUp()
        world = opened(seed=self.heroku_seed, settings=self.heroku_settings, services=self.heroku_services)
        self.heroku = self.enterContext(world)
        self.addCleanup(self._look_again)

    def _look_again(self) -> None:
        """What `tearDown` and cleanups leave."""
        if self._passed and not self.heroku_leaks_ok:
            no_leaks(self.heroku)

    def _watching(self, test: Any) -> Any:
        @functools.wraps(test)
        def call(*args: Any, **more: Any) -> None:
            with watched(self.heroku, self.heroku_leaks_ok):
                test(*args, **more)
            self._passed = True

        @functools.wraps(test)
        async def call_async(*args: Any, **more: Any) -> None:
            with watched(self.heroku, self.heroku_leaks_ok):
                await test(*args, **more)
            self._passed = True

        return call_async if inspect.iscoroutinefunction(test) else call
