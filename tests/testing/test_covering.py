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
BREAKS = """
def test_breaks(heroku, partner):
    partner.answer("POST", 200, {"message": ["Made."]})
    heroku.app("shop").addons.create("myaddon")
"""
ALL_TOLD = ["*Platform Sim contract coverage*", "Rules of the partner contract: * of *", "Ways between them: 5 of 7"]


def test_what_all_tests_have_touched_is_told_and_written(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    options = ("--platform-sim-coverage-html=out", "--platform-sim-coverage-scripted", "--platform-sim-fail-under=20")
    result = pytester.runpytest_inprocess(*options, *QUICK)
    assert result.ret == 0
    result.stdout.fnmatch_lines([*ALL_TOLD, "Contract coverage: * of *, * %", "Contract coverage written to *"])
    page = Path(pytester.path / "out" / "platform-sim-coverage.html").read_text()
    assert "Ways between them: 5 of 7" in page
    assert Heroku.tally is None


@pytest.mark.processes
def test_what_workers_have_touched_is_added_up_and_too_little_fails_the_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    words = (
        "-n",
        "1",
        "--platform-sim-fail-under=99",
        "--platform-sim-coverage-api",
        "--platform-sim-coverage-scripted",
        *FEW,
    )
    result = pytester.runpytest_inprocess(*words)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([*ALL_TOLD, "Links of the Platform API: * of *", "FAIL: that is under 99 %"])


def test_without_the_option_nobody_watches(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(NOT_WATCHED)
    result = pytester.runpytest_inprocess(*QUICK)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*contract coverage*")


def test_a_path_after_the_option_is_a_path_and_a_scripted_partner_does_not_count(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_one=SUITE, test_other=NOT_WATCHED)
    result = pytester.runpytest_inprocess("--platform-sim-coverage", "test_one.py", *QUICK)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["Ways between them: 0 of 7", "Left out, since its partner is *: myaddon."])


def test_who_has_not_kept_a_rule_is_told_with_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_one=BREAKS)
    result = pytester.runpytest_inprocess("--platform-sim-coverage", "--platform-sim-coverage-scripted", *QUICK)
    result.stdout.fnmatch_lines(["  P06 not kept by myaddon, first in test_one.py::test_breaks: The answer*"])


def test_what_cannot_be_understood_is_said(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--platform-sim-coverage=xml", *QUICK)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*argument --platform-sim-coverage: ignored explicit argument 'xml'*"])
