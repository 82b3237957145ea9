"""`--platform-sim-coverage`: what of the contract a run of pytest has touched, over all tests and workers of xdist.

Loaded when one of its options is given.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from platform_sim import testing
from platform_sim.testing.project import COVERAGE_API as API
from platform_sim.testing.project import COVERAGE_HTML as HTML
from platform_sim.testing.project import COVERAGE_SCRIPTED as SCRIPTED
from platform_sim.testing.project import FAIL_UNDER as UNDER

if TYPE_CHECKING:
    from platform_sim.testing.covered import Tally

KEY = "platform_sim_coverage"
"""Under which a worker of xdist hands over what it has found."""


def begin_covering(config: pytest.Config) -> None:
    """Begin."""
    given = config.getoption(HTML)
    folder = None if given is None else config.invocation_params.dir / given
    tally = testing.Tally(bool(config.getoption(API)), bool(config.getoption(SCRIPTED)))
    config.pluginmanager.register(Covering(tally, folder), "platform-sim-coverage")


class Covering:
    """The plugin of a run that wants to know."""

    def __init__(self, tally: "Tally", folder: Path | None) -> None:
        self._tally, self._folder = tally, folder
        testing.Heroku.tally = tally

    def pytest_unconfigure(self) -> None:
        """What comes after is not of this run."""
        testing.Heroku.tally = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended."""
        part = getattr(node, "workeroutput", {}).get(KEY)
        if part is not None:
            self._tally.add(part)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over what was found, or judge it."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[KEY] = self._tally.part()
        elif self._is_under(session.config) and session.exitstatus in (pytest.ExitCode.OK, 0):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """For people."""
        terminalreporter.section("Platform Sim contract coverage")
        try:
            for line in self._tally.told(self._folder):
                terminalreporter.write_line(line)
        except OSError as problem:
            terminalreporter.write_line(f"The page cannot be written: {problem}", red=True)
        if self._is_under(config):
            terminalreporter.write_line(f"FAIL: that is under {config.getoption(UNDER):g} %", red=True)

    def _is_under(self, config: pytest.Config) -> bool:
        least = config.getoption(UNDER)
        return least is not None and bool(self._tally.report()["percent"] < least)
