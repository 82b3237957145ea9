"""Scenario files as tests of pytest: each `*.scenario.yaml` is one, played on a Heroku of its own."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from platform_sim.scenarios.document import Document, load
from platform_sim.scenarios.play import Outcome
from platform_sim.scenarios.problems import BadScenario
from platform_sim.scenarios.report import plain
from platform_sim.testing import project
from platform_sim.testing.joins import Service
from platform_sim.testing.scenarios import on_private
from platform_sim.testing.story import Timeline


class NotAsExpected(Exception):
    """A step is not what its file says."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.problem)
        self.outcome = outcome


class ScenarioFile(pytest.File):
    """One file."""

    def collect(self) -> Iterable[pytest.Item]:
        """See `pytest.File`; a file that cannot be used is an error with all its mistakes."""
        try:
            document = load(self.path)
        except BadScenario as bad:
            raise self.CollectError(str(bad)) from None
        yield ScenarioItem.from_parent(self, name=document.title, callobj=_wants, document=document)


def _wants(heroku_services: Sequence[Service]) -> None:
    """Names the fixtures of a playing: what the project says its services are."""


class ScenarioItem(pytest.Function):
    """Its playing."""

    def __init__(self, *, document: Document, **more: Any) -> None:
        super().__init__(**more)
        self.document = document

    def runtest(self) -> None:
        """See `pytest.Item`. What the file says of seed, settings and services goes before what the project says."""
        services: Any = self.funcargs["heroku_services"]
        with on_private(self.document, project.seed(self), project.settings(self), services) as (player, _):
            for outcome in player.play():
                if outcome.state == "failed":
                    trees = str(Timeline(list(outcome.timeline)))
                    self.add_report_section("call", "Platform Sim timeline", trees)
                    raise NotAsExpected(outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The line of the file, and what is not as expected; of anything else pytest's own words."""
        problem = excinfo.value
        if isinstance(problem, BadScenario):
            return str(problem)
        if not isinstance(problem, NotAsExpected):
            return super().repr_failure(excinfo)
        outcome = problem.outcome
        head = f"{self.document.file}:{outcome.place.line}: {plain(outcome.title)}"
        return "\n".join([head, *(f"  {plain(line)}" for line in outcome.problem.splitlines())])

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """See `pytest.Item`."""
        return self.path, 0, self.name
