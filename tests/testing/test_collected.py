"""Scenario files as pytest collects them."""

import json
import os

import pytest

from platform_sim.testing import Partner

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


OWN = """
scenario: Mine by NAME
uses: {services: [NAME]}
steps:
- create app: shop
- create addon: {app: shop, plan: NAME, name: a1}
  expect: {config: {shop: {NAME_URL: made by conftest}}}
"""


def test_a_projects_own_services_are_there(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
import json
import os

import pytest

from platform_sim.testing import Partner
from platform_sim.testing import Factory, Partner, Service

class Own(Partner):
    def config(self, uuid):
        return dict.fromkeys(self.manifest["api"]["config_vars"], "made by conftest")

@pytest.fixture
def heroku_services():
    return [Service(Partner("noter", config_vars=("NOTER_URL",)).manifest, Factory(lambda told: Own("noter")))]
"""
    )
    (pytester.path / "own.scenario.yaml").write_text(OWN.replace("NAME_URL", "NOTER_URL").replace("NAME", "noter"))
    pytester.runpytest("-p", "no:xdist").assert_outcomes(passed=1)


def test_a_projects_own_service_by_its_settings(pytester: pytest.Pytester) -> None:
    (pytester.path / "mine.json").write_text(json.dumps(Partner("queuely").manifest))
    pytester.makeini("[pytest]\npythonpath = .\nplatform_sim_manifest = mine.json\nplatform_sim_partner = own:make()\n")
    (pytester.path / "own.py").write_text(
        "import os\nfrom platform_sim.testing import Partner\n\ndef make():\n    made = Partner('queuely')\n"
        "    made.config = lambda uuid: {'QUEUELY_URL': os.environ['HEROKU_USERNAME']}\n    return made\n"
    )
    text = OWN.replace("NAME_URL: made by conftest", "QUEUELY_URL: queuely").replace("NAME", "queuely")
    (pytester.path / "uses.scenario.yaml").write_text(text)
    described = text.replace("uses: {services: [queuely]}", "services: {queuely: {manifest: mine.json, plans: [free]}}")
    (pytester.path / "described.scenario.yaml").write_text(described)
    pytester.runpytest("-p", "no:xdist").assert_outcomes(passed=2)
    assert "HEROKU_USERNAME" not in os.environ
