"""The plugin of pytest: fixtures `heroku` and `partner`, the timeline of a test that fails, no test that leaves leaks.

pytest imports this file in every run of everybody who has the package, so it imports nothing of ours that is heavy:
what `testing` names is loaded when a fixture asks for it.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from platform_sim import testing

if TYPE_CHECKING:
    from platform_sim.testing import Heroku, Partner

WORLD = pytest.StashKey["Heroku"]()
"""Of a test: its Heroku, while there is one."""
PASSED = pytest.StashKey[bool]()
"""Of a test that has a Heroku: whether it has passed, and left no leaks."""
MARKERS = (
    "platform_sim_seed(number): ids, names and tokens of this test's Heroku repeat",
    "platform_sim_settings(name=value, ...): settings of this test's Heroku, as in docs/settings.md",
    "heroku_leaks_ok: this test may leave resources that only one side knows",
)
SHOWN = 50
"""Trees of the timeline that a report shows, the newest."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a project sets for all its tests."""
    parser.addini("platform_sim_seed", "a number: ids, names and tokens of each Heroku repeat", default="")
    parser.addini("platform_sim_settings", "lines `name = value`: settings of each Heroku", type="linelist", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """The markers, for --strict-markers."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)


@pytest.fixture
def heroku(request: pytest.FixtureRequest) -> Iterator["Heroku"]:
    """A private Heroku that nobody else sees, empty but for one customer; gone with the test."""
    item = request.node
    with testing.Heroku(seed=_seed(item), settings=_settings(item)) as world:
        item.stash[WORLD] = world
        try:
            yield world
            if item.stash.get(PASSED, False):
                _look_for_leaks(item, world)
        finally:
            del item.stash[WORLD]


@pytest.fixture
def partner(heroku: "Heroku") -> "Partner":
    """A scripted partner, registered as `myaddon` with the plans `free` (the default) and `pro`."""
    made: Partner = testing.Partner("myaddon")
    heroku.register(made.manifest, plans=("free", "pro=900"), partner=made)
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test that has passed fails if it leaves leaks; what fixtures leave at their end is an error of theirs."""
    result = yield
    if WORLD in item.stash:
        _look_for_leaks(item, item.stash[WORLD])
        item.stash[PASSED] = True
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what went to and fro."""
    report = yield
    world = item.stash.get(WORLD, None)
    if world is not None and report.failed:
        report.sections.append(("Platform Sim timeline", _told(world)))
    return report


def _look_for_leaks(item: pytest.Item, world: "Heroku") -> None:
    if not world.runs or item.get_closest_marker("heroku_leaks_ok") is not None:
        return
    if found := world.leaks():
        told = "\n".join(f"  {each}" for each in found)
        pytest.fail(f"the test leaves leaks (if it is meant to: @pytest.mark.heroku_leaks_ok):\n{told}", pytrace=False)


def _told(world: "Heroku") -> str:
    try:
        return world.timeline.newest(SHOWN)
    except Exception as problem:
        # The test may have ended its Heroku itself: its own failure is what has to be reported.
        return f"cannot be read: {problem!r}"


def _seed(item: Any) -> int | None:
    mark = item.get_closest_marker("platform_sim_seed")
    given = mark.args[0] if mark is not None and mark.args else item.config.getini("platform_sim_seed")
    try:
        return None if given in ("", None) else int(given)
    except ValueError:
        raise pytest.UsageError(f"platform_sim_seed is {given!r}: it must be a whole number") from None


def _settings(item: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in item.config.getini("platform_sim_settings"):
        name, equals, value = line.partition("=")
        if not equals:
            raise pytest.UsageError(f"platform_sim_settings has the line {line!r}: write it as `name = value`")
        found[name.strip()] = value.strip()
    for mark in reversed(list(item.iter_markers("platform_sim_settings"))):
        found |= mark.kwargs
    return found
