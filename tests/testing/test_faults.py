"""`heroku.fail`: what goes wrong in a test, and what the test can ask of it."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from platform_sim.testing import Heroku, Partner, Refused


@pytest.fixture(scope="module")
def lasting() -> Iterator[Heroku]:
    """One for all tests here: each names services and apps of its own."""
    with Heroku(seed=3) as made:
        made.clock.freeze()
        yield made


def scripted(heroku: Heroku, slug: str) -> Partner:
    made = Partner(slug)
    heroku.register(made.manifest, partner=made)
    return made


def test_an_answer_that_is_lost_makes_no_second_resource(lasting: Heroku) -> None:
    partner = scripted(lasting, "lost")
    fault = lasting.fail("partner-lost-answer", 2, service="lost")
    other = lasting.fail("partner-lost-answer", None, service="other")
    addon = lasting.app("lost").addons.create("lost:free")
    assert (addon.state, fault.acted, fault.left) == ("provisioning", 1, 1)
    lasting.clock.run()
    assert (addon.state, fault.acted, fault.left) == ("provisioned", 2, 0)
    assert (other.acted, other.left) == (0, None)
    assert len(partner.resources) == 1
    assert "fault partner-lost-answer acts" in str(lasting.timeline)
    other.remove()
    other.remove()
    with pytest.raises(Refused, match="no such fault"):
        _ = other.acted


def test_a_connection_is_cut_though_there_is_none(lasting: Heroku) -> None:
    """Here a partner is an application in this process; over a socket: tests/partners/test_struck.py."""
    partner = scripted(lasting, "cut")
    before, after = lasting.fail("partner-cut-before", service="cut"), lasting.fail("partner-cut-after", service="cut")
    addon = lasting.app("cut").addons.create("cut:free")
    assert (before.acted, len(partner.requests)) == (1, 0)
    lasting.clock.run()
    assert (addon.state, after.acted) == ("provisioned", 1)
    assert (len(partner.requests), len(partner.resources)) == (2, 1)


def test_what_there_is_not_is_refused(lasting: Heroku) -> None:
    with pytest.raises(Refused, match="Did you mean partner-lost-answer"):
        lasting.fail("partner-lost-answr")
    with pytest.raises(Refused, match="it takes service, addon"):
        lasting.fail("partner-html", color="red")


def bad_night(seed: int) -> tuple[dict[str, int], int]:
    """What has gone wrong on a platform of its own, and how often its partner was asked."""
    with Heroku() as heroku:
        heroku.clock.freeze()
        partner = scripted(heroku, "chance")
        profile = heroku.faults.profile("rough", seed)
        assert profile.seed == seed
        for number in range(6):
            app = heroku.app(f"chance-{number}")
            with suppress(Refused):
                app.addons.create("chance:free")
            app.destroy()
            heroku.clock.run()
        assert (heroku.leaks(), partner.resources) == ([], {})
        return profile.acted, len(partner.requests)


def test_by_chance_with_a_seed_the_same_goes_wrong_though_all_ids_are_others() -> None:
    first = bad_night(0)
    assert sum(first[0].values()) > 3
    assert bad_night(0) == first
    assert bad_night(1) != first
