"""Scenario files as pytest collects them."""

import pytest

GOOD = """
scenario: It goes well
seed: 5
services: {acme: {plans: [free], partner: scripted}}
apps: {shop: {addons: {a1: acme}}}
steps:
- ask: GET /sim/status
  expect: {json: {seed: 5}}
"""
FAILS = """
scenario: It fails
steps:
- create app: shop
- ask: GET /sim/status
  say: The seed
  expect: {json: {seed: 8}}
"""
SETTINGS = """
scenario: Settings
settings: {provision_attempts: nine}
steps: [{ask: GET /apps}]
"""
BAD = "sed: 1\n"


def test_each_file_is_a_test_and_its_failure_has_line_and_timeline(pytester: pytest.Pytester) -> None:
    for name, text in (("good", GOOD), ("fails", FAILS), ("settings", SETTINGS), ("other", "")):
        end = "yaml" if name == "other" else "scenario.yaml"
        (pytester.path / f"{name}.{end}").write_text(text)
    done = pytester.runpytest("-rA", "--platform-sim-seed=7", "-p", "no:xdist")
    done.assert_outcomes(passed=1, failed=2)
    done.stdout.fnmatch_lines(
        [
            "*fails.scenario.yaml:5: The seed",
            "  *fails.scenario.yaml:7:19: expected that seed is 8; it is 7",
            "*Platform Sim timeline*",
            "*POST /apps  201*",
            "*settings.scenario.yaml:3:11: *PROVISION_ATTEMPTS*",
            "PASSED good.scenario.yaml::It goes well",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")


def test_a_bad_file_is_an_error_with_all_its_mistakes(pytester: pytest.Pytester) -> None:
    (pytester.path / "bad.scenario.yaml").write_text(BAD + "seed: x\n")
    done = pytester.runpytest("-p", "no:xdist")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(
        [
            "*bad.scenario.yaml:1:1: 'sed' is no section; did you mean 'seed'?*",
            "*bad.scenario.yaml:2:7: must be a whole*",
        ]
    )
