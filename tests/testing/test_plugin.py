"""The plugin as pytest loads it for somebody else's suite."""

import subprocess
import sys

import pytest

SUITE = """
import pytest

def test_life(heroku, partner):
    app = heroku.app("shop")
    addon = app.addons.create("myaddon:free")
    addon.change_plan("myaddon:pro")
    assert addon.sign_in().status == 200
    addon.destroy()
    assert len(app.addons) == 0

def test_alone(heroku):
    assert heroku.ask("GET", "/apps") == []
"""
OPTIONS = """
def test_workers_have_the_options(request):
    assert request.config.getoption("platform_sim_seed") == "5"
    assert request.config.getoption("platform_sim_settings") == ["grant_life=5"]
"""
MARKED = """
import pytest

@pytest.mark.platform_sim_settings(access_token_life=77)
def test_settings(heroku, partner):
    addon = heroku.app("shop").addons.create("myaddon")
    partner.token(addon.uuid)
    assert partner.resources[addon.uuid].tokens["expires_in"] == 77

uuids = set()

@pytest.mark.parametrize("again", [1, 2])
def test_seed(heroku, partner, again):
    uuids.add(heroku.app("shop").addons.create("myaddon").uuid)
    assert len(uuids) == 1

@pytest.mark.platform_sim_seed(8)
def test_other_seed(heroku, partner):
    uuids.add(heroku.app("shop").addons.create("myaddon").uuid)
    assert len(uuids) == 2
"""
FAILING = """
import pytest

def test_fails(heroku, partner):
    heroku.app("shop").addons.create("myaddon")
    heroku.faults.profile("gentle")
    assert False

def leave(heroku, partner):
    heroku.clock.freeze()
    partner.answer("DELETE", 503)
    heroku.app("shop").addons.create("myaddon").destroy()

def test_leaks(heroku, partner):
    leave(heroku, partner)

@pytest.mark.heroku_leaks_ok
def test_may_leak(heroku, partner):
    leave(heroku, partner)

def test_ends_it_itself(heroku):
    heroku.stop()
    assert False

def test_ends_it_and_passes(heroku):
    heroku.stop()

@pytest.fixture
def addon(heroku, partner):
    made = heroku.app("shop").addons.create("myaddon")
    yield made
    heroku.clock.freeze()
    partner.answer("DELETE", 503)
    made.destroy()

def test_whose_fixture_leaks(addon):
    assert addon.state == "provisioned"
"""

FEW = ("-p", "no:hypothesispytest", "-p", "no:cacheprovider")
"""Plugins that these runs do without."""
QUICK = ("-p", "no:xdist", *FEW)


@pytest.mark.processes
def test_a_suite_runs_in_two_workers(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE + OPTIONS)
    options = ("--platform-sim-seed=5", "--platform-sim-setting=grant_life=5")
    result = pytester.runpytest_inprocess("-n", "2", "--strict-markers", "-W", "error", *FEW, *options)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["platform-sim: seed 5, settings grant_life=5"])


def test_seed_and_settings_come_from_the_project_and_from_marks(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nplatform_sim_seed = 7\nplatform_sim_settings =\n  access_token_life = 55\n")
    pytester.makepyfile(MARKED)
    pytester.runpytest_inprocess("--strict-markers", *QUICK).assert_outcomes(passed=4)


def test_a_mistake_of_the_project_is_told(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nplatform_sim_settings = grant_life\n")
    pytester.makepyfile(
        """
        import pytest

        def test_settings(heroku): pass

        @pytest.mark.platform_sim_seed("soon")
        def test_seed(heroku): pass
        """
    )
    result = pytester.runpytest_inprocess(*QUICK)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "*the line 'grant_life': write it as `name = value`*",
            "*platform_sim_seed is 'soon': it must be a whole number*",
        ]
    )


def test_a_failure_shows_the_timeline_and_a_leak_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILING)
    result = pytester.runpytest_inprocess(*QUICK)
    result.assert_outcomes(failed=3, passed=3, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_whose_fixture_leaks*",
            "*was to be deleted, and the partner has not acknowledged it (asked once)",
            "*test_fails*",
            "*Platform Sim timeline*",
            'faults: gentle, seed *; repeat with heroku.faults.profile("gentle", *)',
            "customer → platform  POST /apps/shop/addons  201 *",
            "*platform → partner  POST /heroku/resources  200 *",
            "*test_leaks*",
            "the test leaves leaks (if it is meant to: @pytest.mark.heroku_leaks_ok):",
            "*was to be deleted, and the partner has not acknowledged it (asked once)",
            "*DELETE /heroku/resources/*503*",
            "*test_ends_it_itself*",
            "cannot be read: *",
        ]
    )


def test_a_failure_shows_the_line_of_the_test_and_not_ours_nor_what_each_begins_with(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(heroku, partner):
            heroku.app("shop")
            heroku.app("q")
        """
    )
    result = pytester.runpytest_inprocess(*QUICK)
    result.stdout.fnmatch_lines(
        [
            '>       heroku.app("q")',
            "E       platform_sim.stand_ins.questions.Refused: Name is too short*",
            "test_*.py:3: Refused",
            "*Platform Sim timeline*",
            "customer → platform  POST /apps  201 *",
        ]
    )
    for words in ("*def ask(*", "*During handling*", "platform  account create", "platform  plan create"):
        result.stdout.no_fnmatch_line(words)


def test_nothing_heavy_is_imported_until_a_fixture_asks_for_it_and_then_nothing_is_rewritten() -> None:
    code = """
import sys
import platform_sim.testing.plugin
ours = lambda names: sorted(name for name in names if name.startswith("platform_sim"))
print(ours(sys.modules))
class Hook:
    __module__ = "_pytest.assertion.rewrite"
    asked = []
    def find_spec(self, name, path=None, target=None):
        self.asked.append(name)
sys.meta_path.insert(0, hook := Hook())
platform_sim.testing.Heroku
print(ours(Hook.asked), sys.meta_path[0] is hook, "platform_sim.assemble" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.splitlines() == [
        "['platform_sim', 'platform_sim.testing', 'platform_sim.testing.plugin', 'platform_sim.testing.project']",
        "[] True True",
    ]


NEVER = """
import pytest
from platform_sim.testing import FaultNeverActed

def test_misses(heroku, partner):
    assert repr(heroku.fail("partner-lost-answer", service="myadon")) == (
        "<Fault partner-lost-answer service=myadon, acted 0, left 1>"
    )

def test_hits(heroku, partner):
    fault = heroku.fail("partner-html", "forever", service="myaddon", method="POST")
    assert fault.left is None
    with pytest.raises(Exception):
        heroku.app("shop").addons.create("myaddon")
    assert fault.acted == 1

def test_takes_it_back(heroku):
    heroku.fail("api-slow").remove()

def test_is_warned(heroku):
    heroku.fail("api-slow", app="none")
    with pytest.warns(FaultNeverActed, match="by: api-slow app=none"):
        heroku.faults.warn()
    heroku.faults.clear()
"""


def test_a_fault_that_never_acted_is_a_warning_and_a_failure_where_warnings_are(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(NEVER)
    result = pytester.runpytest_inprocess(*QUICK, "-W", "default")
    result.assert_outcomes(passed=4, warnings=1)
    result.stdout.fnmatch_lines(["*FaultNeverActed: nothing has gone wrong by: partner-lost-answer service=myadon *"])
    strict = pytester.runpytest_inprocess(*QUICK, "-W", "error::platform_sim.testing.FaultNeverActed", "-k", "misses")
    strict.assert_outcomes(failed=1, deselected=3)
