"""What nobody outside Heroku knows is a setting, and each changes what it says (partner-api §14)."""

from datetime import timedelta
from typing import Any

import pytest

from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.addon_config import partner_deprovisions, partner_provisions, update_config
from platform_sim.core.actions.oauth import exchange_grant, refresh
from platform_sim.core.errors import NotFound, Unauthorized
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import AddonService
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .world import World, answer, lost

DAY = 86_400.0


def test_a_provisioning_request_is_sent_again_for_a_day_at_most() -> None:
    world = World(provision_attempts=100)
    addon, job = world.create()
    world.partner.script = [lost("timeout")] * 100
    moves = world.settle(until=world.clock.now() + timedelta(days=30))
    assert moves[:3] == [1.0, 2.0, 4.0]
    assert sum(moves[:16]) == 2**16 - 1 < DAY < 2**17 - 1, "the next one would come later than that"
    assert world.partner.methods()[:18] == ["POST"] * 17 + ["DELETE"]
    assert "asked 17 times" in world.job(job).outcome["message"]
    world.partner.script = []
    world.settle()
    assert (world.addon(addon).state, world.partner.resources, world.open_jobs()) == ("deprovisioned", {}, [])
    world.close()


def test_a_shorter_window_ends_it_earlier() -> None:
    world = World(provision_retry_window=2)
    world.create()
    world.partner.script = [lost("refused connection")] * 10
    assert world.settle() == [1.0]
    assert world.partner.methods() == ["POST", "POST"]
    world.close()


FAILED = {
    "no answer": [lost("timeout")] * 3,
    "an answer that cannot be used": [answer(200, b"<html>")],
    "never finished": [answer(202, {"id": "x"})],
    "a repeat that is refused": [lost("cut"), answer(422)],
}


@pytest.mark.parametrize("case", FAILED)
@pytest.mark.parametrize("deleted", [True, False])
def test_whether_a_failed_create_is_followed_by_a_delete(case: str, deleted: bool) -> None:
    world = World(failed_create_is_deleted=deleted)
    addon, _ = world.create()
    world.partner.script = [world.partner.acts_but(said) for said in FAILED[case]]
    world.settle()
    assert ("DELETE" in world.partner.methods(), addon.id in world.partner.resources) == (deleted, not deleted)
    assert (world.addon(addon).state, world.open_jobs(), world.config()) == ("deprovisioned", [], {})
    world.close()


def test_nor_is_one_that_its_partner_has_given_up_in_the_middle() -> None:
    world = World(failed_create_is_deleted=False)
    addon, _ = world.create()
    partner = world.partner_of(addon)

    def gives_up(request: PartnerRequest) -> PartnerAnswer:
        with world.database.transaction() as tx:
            partner_deprovisions(tx, partner, addon.id)
        return world.partner.right(request)

    world.partner.script = [gives_up]
    world.settle()
    assert (world.partner.methods(), world.addon(addon).state) == (["POST"], "deprovisioned")
    world.close()


def test_a_customers_own_delete_is_always_sent() -> None:
    world = World(failed_create_is_deleted=False)
    world.destroy(world.created())
    world.settle()
    assert (world.partner.methods(), world.partner.resources) == (["DELETE"], {})
    world.close()


LONG = "é" * 50
CUT = "é" * 9 + "…"


@pytest.mark.parametrize(
    ("said", "warned"),
    [
        (answer(200, {"id": "x", "message": LONG}), True),
        (answer(202, {"id": "x", "message": LONG}), True),
        (answer(422, {"message": LONG}), False),
        (answer(503, {"message": LONG}), False),
    ],
    ids=lambda value: getattr(value, "status", value),
)
def test_a_long_message_is_cut(said: PartnerAnswer, warned: bool) -> None:
    world = World(partner_message_limit=10)
    addon, job = world.create()
    world.partner.script = [said]
    world.runner.run_until_idle()
    outcome = world.job(job).outcome
    assert (outcome["message"], world.addon(addon).provision_message) == (CUT, CUT)
    assert ["50 characters" in each for each in outcome.get("warnings", [])] == [True] * warned
    world.close()


@pytest.mark.parametrize(("status", "state"), [(200, "done"), (422, "failed")])
def test_a_long_message_to_a_plan_change_is_cut_too(status: int, state: str) -> None:
    world = World(partner_message_limit=10)
    job = world.ask_for_plan(world.created(), "big")
    world.partner.script = [answer(status, {"message": LONG})]
    world.runner.run_until_idle()
    assert (world.job(job).state, world.job(job).outcome["message"]) == (state, CUT)
    world.close()


@pytest.mark.parametrize("message", ["é" * 10, "", None, 5])
def test_what_is_short_enough_stays(message: Any) -> None:
    world = World(partner_message_limit=10)
    _, job = world.create()
    world.partner.script = [answer(200, {"id": "x", "message": message})]
    world.runner.run_until_idle()
    assert world.job(job).outcome["message"] == (message if message == "é" * 10 else None)
    world.close()


def test_after_twelve_hours_the_partners_token_finds_nothing_and_is_not_renewed(world: World) -> None:
    """The last access token was made shortly before; what is not found tells the partner to clean up (§2.12)."""
    addon, _ = world.create()
    world.partner.script = [answer(202, {"id": "x"})]
    world.runner.run_until_idle()
    with world.database.transaction() as tx:
        secret = tx.get(AddonService, addon.service_id).client_secret
        first = exchange_grant(tx, tx.all(Authorization, addon_id=addon.id)[0].grant_code or "", secret)
    world.clock.advance(timedelta(hours=11))
    with world.database.transaction() as tx:
        token = refresh(tx, first.refresh_token, secret).access.token
    world.settle()
    assert world.addon(addon).state == "deprovisioned"
    with world.database.transaction() as tx:
        partner = actor_for_token(tx, token)
        with pytest.raises(NotFound):
            partner_provisions(tx, partner, addon.id)
        with pytest.raises(NotFound):
            update_config(tx, partner, addon.id, [("ACME_URL", "late")])
        with pytest.raises(Unauthorized):
            refresh(tx, first.refresh_token, secret)
    world.clock.advance(timedelta(hours=8))
    with world.database.snapshot() as rows, pytest.raises(Unauthorized):
        actor_for_token(rows, token)
    assert world.addon(addon).config == {}
