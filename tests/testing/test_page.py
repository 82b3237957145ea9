"""What docs/testing.md shows for pytest, run by pytest as it stands there."""

import pytest

from platform_sim.testing import NoHerokuCli
from platform_sim.testing.heroku_cli import find_cli

from ..docs.pages import ROOT, Block, blocks

QUICK = ("-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:cacheprovider", "-rs")
PAGE = blocks(ROOT / "docs" / "testing.md")


def shown(words: str) -> Block:
    """The one block that has these words."""
    [found] = [block for block in PAGE if words in block.text]
    return found


def has_cli() -> bool:
    try:
        find_cli()
    except NoHerokuCli:
        return False
    return True


def test_its_tests_pass(pytester: pytest.Pytester) -> None:
    suites = [block for block in PAGE if block.text.startswith("def test_")]
    assert len(suites) == len([block for block in PAGE if block.language == "python" and not block.runs]) >= 2
    pytester.makepyfile(**{f"test_{block.line}": block.text for block in suites})
    result = pytester.runpytest_inprocess(*QUICK)
    skipped = 0 if has_cli() else len([block for block in suites if "heroku_cli" in block.text])
    result.assert_outcomes(passed=len(suites) - skipped, skipped=skipped)


def test_a_project_says_its_own_partner_as_it_is_shown(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(shown("def heroku_services").text)
    pytester.makepyfile('def test_it(heroku, partner): heroku.app("shop").addons.create("noter:pro").destroy()')
    pytester.runpytest_inprocess(*QUICK).assert_outcomes(passed=1)


def test_the_settings_that_it_shows_are_taken(pytester: pytest.Pytester) -> None:
    pytester.makeini(shown("platform_sim_manifest = ").text)
    pytester.path.joinpath("addon-manifest.json").write_text(
        (ROOT / "docs" / "examples" / "addon-manifest.json").read_text()
    )
    pytester.mkpydir("myservice").joinpath("web.py").write_text(
        "from platform_sim.testing import Partner\n\ndef create_app(): return Partner('acme')\n"
    )
    pytester.makeconftest("def holds(partner): return partner.app.resources\n")
    pytester.makepyfile(
        """
        def test_it(heroku, partner):
            partner.app.manifest = partner.manifest
            addon = heroku.app("shop").addons.create("acme:pro")
            assert list(partner.app.resources) == [addon.uuid]
        """
    )
    pytester.syspathinsert()
    pytester.runpytest_inprocess(*QUICK, "--strict-config").assert_outcomes(passed=1)
