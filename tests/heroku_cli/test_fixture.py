"""The plugin's fixture `heroku_cli`, with the real CLI: a suite of somebody else's."""

import pytest

from .cli import PROGRAM

pytestmark = pytest.mark.processes

SUITE = """
def test_a_life(heroku_cli, partner, heroku):
    made = heroku_cli("apps:create", "shop")
    git = f"{heroku.url.replace('http:', 'https:')}/shop.git"
    assert (made.code, made.stdout) == (0, f"{heroku.url.replace('//', '//shop.')}/ | {git}\\n")
    assert heroku_cli("addons:create", "myaddon:free", "-a", "shop").code == 0
    assert [each.plan for each in heroku.app("shop").addons] == ["myaddon:free"]
    refused = heroku_cli("addons:create", "nothing:free", "-a", "shop")
    assert refused.code != 0 and "nothing" in refused.stderr
    gone = heroku_cli("apps:destroy", "shop", stdin="shop\\n")
    assert (gone.code, "Destroying shop" in gone.stderr) == (0, True)
    assert heroku.ask("GET", "/apps") == []
"""


def test_a_suite_with_the_real_one(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    quick = ("-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
    pytester.runpytest_inprocess(*quick, f"--platform-sim-heroku-cli={PROGRAM}").assert_outcomes(passed=1)
