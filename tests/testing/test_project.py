"""What a project says for all its tests: ini keys, options, and what becomes of its own partner."""

import json
import sys
from pathlib import Path

import pytest

from platform_sim.testing import Factory, Partner, project

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ACME = (EXAMPLES / "addon-manifest.json").read_text()
QUICK = ("-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
APPLICATION = """
import os

from platform_sim.testing import Factory, Partner, project

def make():
    made.append(Partner("own"))
    told.append(os.environ["CLIENT_SECRET"])
    return made[-1]

def holds(partner):
    asked.append(partner.slug)
    return list(partner.app.resources)

made, told, asked, number = [], [], [], 5
app = Partner("own")
"""
SUITE = """
import os
import pytest
from platform_sim.testing import Factory, Partner, project

@pytest.mark.parametrize("again", [1, 2])
def test_own(heroku, partner, again):
    addon = heroku.app("shop").addons.create("own:pro")
    assert (addon.plan, addon.state, partner.slug) == ("own:pro", "provisioned", "own")
    assert list(partner.app.resources) == [addon.uuid]
    assert os.environ["HEROKU_API_URL"] == heroku.url
    assert os.environ["CLIENT_SECRET"] == partner.client_secret

def test_its_environment_is_as_before():
    assert "CLIENT_SECRET" not in os.environ

def test_all_was_asked_for():
    import own_service
    assert len(set(own_service.told)) == 2 and set(own_service.asked) == {"own"}
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with a partner of its own."""
    monkeypatch.delenv("CLIENT_SECRET", raising=False)
    pytester.makepyfile(own_service=APPLICATION, test_suite=SUITE)
    pytester.path.joinpath("manifest.json").write_text(json.dumps(Partner("own").manifest))
    pytester.syspathinsert()
    return pytester


def test_a_project_names_its_partner_in_its_settings(suite: pytest.Pytester) -> None:
    suite.makeini(
        """
        [pytest]
        platform_sim_manifest = manifest.json
        platform_sim_partner = own_service:make()
        platform_sim_plans = free pro=900
        platform_sim_holds = own_service:holds
        """
    )
    result = suite.runpytest_inprocess(*QUICK)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        ["platform-sim: seed none, manifest manifest.json, partner own_service:make(), plans free pro=900, *"]
    )


def test_options_win(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nplatform_sim_seed = 7\nplatform_sim_manifest = none.json\nplatform_sim_plans = small\n")
    suite.makepyfile(
        test_suite="""
        def test_own(heroku, partner):
            addon = heroku.app("shop").addons.create("own:pro")
            partner.app.token(addon.uuid)
            assert partner.app.resources[addon.uuid].tokens["expires_in"] == 55
            plans = [each["name"] for each in heroku.ask("GET", "/addon-services/own/plans")]
            assert "own:free" in plans and "own:small" not in plans
            del partner.app.resources[addon.uuid]
        """
    )
    options = ["--platform-sim-seed=9", "--platform-sim-manifest=manifest.json", "--platform-sim-leaks-ok"]
    options += ["--platform-sim-partner=own_service:app", "--platform-sim-plans=free pro"]
    options += ["--platform-sim-setting=access_token_life=55", "--platform-sim-setting=grant_life = 5"]
    result = suite.runpytest_inprocess(*QUICK, *options)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["platform-sim: seed 9, *, plans free pro, settings access_token_life=55 grant_life=5"])


def test_what_it_holds_is_asked_for_leaks(suite: pytest.Pytester) -> None:
    words = "[pytest]\nplatform_sim_manifest = manifest.json\nplatform_sim_partner = own_service:app\n"
    suite.makeini(words + "platform_sim_holds = own_service:orphans\n")
    suite.makepyfile(own_service=APPLICATION + "\ndef orphans(partner): return ['orphan-of-' + partner.slug]\n")
    suite.makepyfile(test_suite="def test_own(heroku): pass\n")
    result = suite.runpytest_inprocess(*QUICK)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*orphan-of-own is held by the partner of own*", "no seed: *--platform-sim-seed=*"])
    words += "platform_sim_leaks_ok = true\nplatform_sim_holds = own_service:orphans\n"
    suite.makeini(words)
    suite.runpytest_inprocess(*QUICK).assert_outcomes(passed=1)


def test_a_project_says_its_services_by_a_fixture(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        """
        import pytest
        from platform_sim.testing import Factory, Partner, Service

        @pytest.fixture
        def heroku_services():
            def make(told):
                assert told["HEROKU_API_URL"].startswith("http://localhost:")
                return Partner("own")

            return [Service("manifest.json", Factory(make), plans=("pro", "free")), Service(Partner("more").manifest)]
        """
    )
    suite.makepyfile(
        test_suite="""
        def test_own(heroku, partner):
            assert heroku.app("shop").addons.create("own").plan == "own:pro"
            assert partner is heroku.partner("own")
            assert heroku.partner("more").url == "http://more.localhost:9"
        """
    )
    suite.runpytest_inprocess(*QUICK).assert_outcomes(passed=1)


@pytest.mark.processes
def test_a_command_or_a_url(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("manifest.json").write_text(ACME)
    pytester.makepyfile(
        test_suite="""
        def test_life(heroku, partner):
            addon = heroku.app("shop").addons.create("acme:test")
            assert addon.config["ACME_URL"].startswith(partner.url)
            addon.destroy()

        def test_address(heroku, partner, request):
            assert partner.url == request.config.getoption("platform_sim_partner")
        """
    )
    told = ("--platform-sim-manifest=manifest.json", "--platform-sim-plans=test")
    command = f"--platform-sim-partner={sys.executable} {EXAMPLES / 'partner_stdlib.py'}"
    pytester.runpytest_inprocess(*QUICK, "-k", "life", *told, command).assert_outcomes(passed=1, deselected=1)
    url = "--platform-sim-partner=http://localhost:9"
    pytester.runpytest_inprocess(*QUICK, "-k", "address", *told, url).assert_outcomes(passed=1, deselected=1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["partner=own_service:app"], "platform_sim_partner needs platform_sim_manifest"),
        (["holds=own_service:app"], "platform_sim_holds needs platform_sim_manifest"),
        (["manifest=none.json"], "platform_sim_manifest: there is no file .*none.json"),
        (["manifest=manifest.json", "partner=nowhere:app"], "No module named 'nowhere'; install your package"),
        (["manifest=manifest.json", "partner=own_service:none"], "platform_sim_partner: own_service has no none"),
        (["manifest=manifest.json", "partner=own_service:number.x()"], "own_service has no number.x"),
        (["manifest=manifest.json", "holds=app"], "platform_sim_holds is 'app': write it as package.module:function"),
    ],
)
def test_mistakes_are_told(suite: pytest.Pytester, options: list[str], words: str) -> None:
    config = suite.parseconfig(*QUICK, *(f"--platform-sim-{each}" for each in options))
    with pytest.raises(pytest.UsageError, match=words):
        for each in project.services(config, lambda name, value: None):
            assert isinstance(each.partner, Factory)
            each.partner.make({})


def test_a_file_of_the_settings_lies_beside_them_and_that_of_an_option_where_it_is_typed(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    ini = suite.makeini("[pytest]\nplatform_sim_manifest = manifest.json\n")
    monkeypatch.chdir(suite.mkdir("below"))
    for options in ([], ["--platform-sim-manifest=../manifest.json"]):
        config = suite.parseconfig(*QUICK, f"--config-file={ini}", *options)
        [service] = project.services(config, lambda name, value: None)
        assert service.contents()["id"] == "own"


def test_a_project_that_says_nothing_hears_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(): pass")
    pytester.runpytest_inprocess(*QUICK).stdout.no_fnmatch_line("platform-sim*")
