"""Life cycles: only a sequence finds these partners out, the script is the shortest, and two runs tell the same."""

import json
import sys
from functools import cache

import pytest

from platform_sim.conformance.curl import script
from platform_sim.conformance.reports import as_json
from platform_sim.conformance.rule import Kind, Problem
from platform_sim.conformance.run import Report
from platform_sim.conformance.scenes.scene import Mode

from ..long import long
from .animal import FEW, check, told
from .animals_callbacks import ReportsTwice
from .animals_end import Forgets
from .animals_lives import CountsToThree, GivesIn, HasOnePlace, RemembersTheLastPlanButOne
from .partner import MANIFEST, Right, Slow

REQUESTS: dict[type[Right], int] = {RemembersTheLastPlanButOne: 4, GivesIn: 4, HasOnePlace: 5, CountsToThree: 4}
"""The fewest that each can be found out with."""


@cache
def once(kind: type[Right]) -> Report:
    return check(kind)


def only_problem(report: Report) -> Problem:
    [result] = report.findings
    [problem] = result.problems
    return problem


def without_port(report: Report) -> str:
    """As JSON, but for the port of the platform, which a run may choose."""
    text = json.dumps(as_json.as_json(report))
    for exchange in report.exchanges:
        url = str(exchange.sent.get("callback_url", "")).partition("/addons")[0]
        text = text.replace(url, "PLATFORM") if url.startswith("http") else text
    return text


@pytest.mark.parametrize("kind", REQUESTS)
def test_no_fixed_scene_finds_it(kind: type[Right]) -> None:
    report = check(kind, scripts=0)
    assert report.findings == (), told(report.findings)


@long
@pytest.mark.parametrize("kind", REQUESTS)
def test_the_script_is_the_shortest(kind: type[Right]) -> None:
    problem = only_problem(once(kind))
    assert problem.sentence.startswith("provision A; ")
    assert problem.exchange is not None
    assert len(problem.exchange.before) + 1 == REQUESTS[kind], problem.sentence


@long
def test_the_commands_are_the_whole_script_with_a_variable_an_add_on() -> None:
    problem = only_problem(once(HasOnePlace))
    assert problem.exchange is not None
    commands = script(problem.exchange, (), MANIFEST)
    assert commands.count("curl ") == REQUESTS[HasOnePlace]
    assert commands.startswith("UUID_A=$(python3")
    assert "${UUID_A}" in commands and "${UUID_B}" in commands


@pytest.mark.parametrize("kind", [Right, Slow, pytest.param(CountsToThree, marks=long)])
def test_nothing_is_left(kind: type[Right]) -> None:
    partner = kind()
    report = check(lambda: partner, scripts=FEW)
    assert report.leaks == ()
    assert len(partner.held) > FEW
    assert [held.uuid for held in partner.held.values() if not held.dead] == []


def test_without_hypothesis_the_report_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "platform_sim.conformance.shortest", raising=False)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    report = check(Right, scripts=FEW)
    unseen = {result.rule.id: result.because for result in report.results if result.rule.id[0] == "Z"}
    assert {result.kind for result in report.results if result.rule.id in unseen} == {Kind.NOT_EVALUABLE}
    assert len(unseen) == 4
    assert all('pip install "platform-sim[deep]"' in because for because in unseen.values())
    assert report.findings == ()


@pytest.mark.parametrize("mode", [Mode.DEFAULT, pytest.param(Mode.DEEP, marks=long)])
@pytest.mark.parametrize("kind", [Right, Slow, Forgets, ReportsTwice, HasOnePlace])
def test_two_runs_with_one_seed_tell_the_same(kind: type[Right], mode: Mode) -> None:
    scripts = FEW if kind in (Right, Slow, HasOnePlace) else 0
    first = once(kind) if kind is HasOnePlace and mode is Mode.DEEP else check(kind, mode=mode, scripts=scripts)
    assert without_port(check(kind, mode=mode, scripts=scripts)) == without_port(first)
