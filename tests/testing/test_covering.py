"""`--platform-sim-coverage` in somebody else's suite: over all tests, with and without workers."""

from pathlib import Path

import pytest

from platform_sim.testing import Heroku

from .test_plugin import FEW, QUICK, SUITE

NOT_WATCHED = """
from platform_sim.testing import Heroku

def test_nobody_watches(heroku):
    assert Heroku.tally is None
"""
ALL_TOLD = ["*Platform Sim contract coverage*", "Rules of the partner contract: * of *", "Ways between them: 5 of 7"]


def test_what_all_tests_have_touched_is_told_and_written(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_inprocess("--platform-sim-coverage=html:out", "--platform-sim-fail-under=20", *QUICK)
    assert result.ret == 0
    result.stdout.fnmatch_lines([*ALL_TOLD, "Contract coverage: * of *, * %", "Contract coverage written to *"])
    page = Path(pytester.path / "out" / "platform-sim-coverage.html").read_text()
    assert "Ways between them: 5 of 7" in page
    assert Heroku.tally is None


@pytest.mark.processes
def test_what_workers_have_touched_is_added_up_and_too_little_fails_the_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    words = ("-n", "1", "--platform-sim-fail-under=99", "--platform-sim-coverage-api", *FEW)
    result = pytester.runpytest_inprocess(*words)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([*ALL_TOLD, "Links of the Platform API: * of *", "FAIL: that is under 99 %"])


def test_without_the_option_nobody_watches(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(NOT_WATCHED)
    result = pytester.runpytest_inprocess(*QUICK)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*contract coverage*")


def test_what_cannot_be_understood_is_said(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--platform-sim-coverage=xml", *QUICK)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--platform-sim-coverage=xml: write it without a value, or as html:DIR"])
