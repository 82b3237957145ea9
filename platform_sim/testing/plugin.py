"""The plugin of pytest: fixtures `heroku`, `partner` and `heroku_cli`, the timeline of a test that fails, no test that
leaves leaks, scenario files as tests.

pytest imports this file in every run of everybody who has the package, so it imports nothing of ours that is heavy:
what `testing` names is loaded when a fixture asks for it.
"""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from platform_sim import testing
from platform_sim.testing import project

if TYPE_CHECKING:
    from platform_sim.testing import Heroku, HerokuCli, Service

WORLD = pytest.StashKey["Heroku"]()
"""Of a test: its Heroku, while there is one."""
PASSED = pytest.StashKey[bool]()
"""Of a test that has a Heroku: whether it has passed, and left no leaks."""
SCENARIO = ".scenario.yaml"
"""How the names of scenario files end."""
SHOWN = 50
"""Trees of the timeline that a report shows, the newest."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a project sets for all its tests."""
    project.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """The markers, for --strict-markers; SIGTERM ends a run as Ctrl-C does."""
    for line in project.MARKERS:
        config.addinivalue_line("markers", line)
    testing.end_on_sigterm(config)
    if project.wants_coverage(config):
        testing.begin_covering(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """The seed, and what else the project has said."""
    return project.header(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """A scenario file is a test (docs/scenarios.md)."""
    if not file_path.name.endswith(SCENARIO):
        return None
    found: pytest.File = testing.ScenarioFile.from_parent(parent, path=file_path)
    return found


@pytest.fixture
def heroku_services(request: pytest.FixtureRequest) -> "Sequence[Service]":
    """The project's own services, registered in each test's Heroku; a project that says them here overrides this."""

    def set_variable(name: str, value: str) -> None:
        request.getfixturevalue("monkeypatch").setenv(name, value)

    return list(project.services(request.config, set_variable))


@pytest.fixture
def heroku(request: pytest.FixtureRequest, heroku_services: "Sequence[Service]") -> Iterator["Heroku"]:
    """A private Heroku that nobody else sees, with one customer and the project's own services; gone with the test."""
    item = request.node
    with testing.Heroku(seed=project.seed(item), settings=project.settings(item)) as world:
        item.stash[WORLD] = world
        try:
            for each in heroku_services:
                world.install(each)
            yield world
            if item.stash.get(PASSED, False):
                _look_for_leaks(item, world)
        finally:
            del item.stash[WORLD]


@pytest.fixture
def partner(heroku: "Heroku", heroku_services: "Sequence[Service]") -> Any:
    """The project's own partner, the first if there are several (`Joined`); if there is none a scripted one, registered
    as `myaddon` with the plans `free` (the default) and `pro`."""
    if heroku_services:
        return heroku.partner(str(heroku_services[0].contents()["id"]))
    made = testing.Partner("myaddon")
    heroku.register(made.manifest, plans=("free", "pro=900"), partner=made)
    return made


@pytest.fixture
def heroku_cli(
    request: pytest.FixtureRequest, heroku: "Heroku", tmp_path_factory: pytest.TempPathFactory
) -> "HerokuCli":
    """The real heroku CLI as the customer of the test's Heroku; the test is skipped where there is none."""
    try:
        return heroku.cli(tmp_path_factory.mktemp("heroku-cli"), project.cli(request.config))
    except testing.NoHerokuCli as problem:
        pytest.skip(f"{problem}; or name it with platform_sim_heroku_cli")
    except FileNotFoundError as problem:
        pytest.fail(str(problem), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test that has passed fails if it leaves leaks; what fixtures leave at their end is an error of theirs."""
    result = yield
    if WORLD in item.stash:
        world = item.stash[WORLD]
        _look_for_leaks(item, world)
        if world.runs:
            world.faults.warn()
        item.stash[PASSED] = True
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what went to and fro."""
    report = yield
    world = item.stash.get(WORLD, None)
    if world is not None and report.failed:
        report.sections.append(
            ("Platform Sim timeline", f"{project.repeats(item)}\n{world.faults.repeats}{_told(world)}")
        )
    return report


def _look_for_leaks(item: pytest.Item, world: "Heroku") -> None:
    if not world.runs or project.leaks_ok(item):
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
