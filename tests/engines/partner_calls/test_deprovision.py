"""Deprovisioning: each row of partner-api §2.11, and a DELETE that never gives up."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_config import partner_deprovisions
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.addons import Addon
from platform_sim.partners.contract import PartnerAnswer

from .world import World, answer, lost


def authorizations(world: World, addon: Addon) -> list[Authorization]:
    with world.database.snapshot() as rows:
        return rows.all(Authorization, addon_id=addon.id, revoked_at=None)


@pytest.mark.parametrize("status", [204, 200, 410, 404])
def test_gone(world: World, status: int) -> None:
    addon = world.created()
    job = world.destroy(addon)
    assert (world.addon(addon).state, len(authorizations(world, addon))) == ("deprovisioning", 1)
    world.partner.script = [answer(status)]
    world.settle()
    [request] = world.partner.requests
    assert (request.method, request.url) == ("DELETE", f"https://acme.example/heroku/resources/{addon.id}")
    assert request.body is None
    assert (world.addon(addon).state, authorizations(world, addon)) == ("deprovisioned", [])
    assert (world.config(), world.addon(addon).config) == ({}, {})
    done = world.job(job)
    assert (done.state, done.outcome["ok"]) == ("done", True)
    assert bool(done.outcome["warnings"]) == (status in (200, 404))


NOT_YET = [
    (answer(500), "failed (HTTP 500)"),
    (answer(401), "credentials"),
    (answer(422, {"message": "not before noon"}), "not before noon"),
    (answer(302), "redirect"),
    (lost("timeout"), "did not answer in time"),
    (lost("cut"), "closed the connection"),
]


@pytest.mark.parametrize(("said", "shown"), NOT_YET)
def test_everything_else_is_asked_again(world: World, said: PartnerAnswer, shown: str) -> None:
    addon = world.created()
    job = world.destroy(addon)
    world.partner.script = [said]
    world.runner.run_until_idle()
    waiting = world.job(job)
    assert (world.addon(addon).state, waiting.state, waiting.outcome["ok"]) == ("deprovisioning", "todo", False)
    assert shown in waiting.outcome["message"]
    assert world.settle() == [1.0]
    assert (world.addon(addon).state, world.partner.methods()) == ("deprovisioned", ["DELETE", "DELETE"])


def test_it_never_gives_up_and_waits_at_most_an_hour(world: World) -> None:
    addon = world.created()
    world.destroy(addon)
    world.partner.script = [lost("refused connection")] * 40
    moves = world.settle()
    assert moves[:5] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert moves[12:] == [3600.0] * 28
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})


def test_a_lost_answer_to_delete_ends_as_gone(world: World) -> None:
    addon = world.created()
    world.destroy(addon)
    world.partner.script = [world.partner.acts_but(lost("timeout"))]
    world.settle()
    assert world.addon(addon).state == "deprovisioned"


def test_202_is_gone_where_the_partner_may_not_finish_later(world: World) -> None:
    addon = world.created()
    job = world.destroy(addon)
    world.partner.script = [answer(202)]
    assert world.settle() == []
    assert (world.addon(addon).state, authorizations(world, addon)) == ("deprovisioned", [])
    assert "async_deprovisioning" in world.job(job).outcome["warnings"][0]


def test_202_to_a_clean_up_is_enough(world: World) -> None:
    world.create()
    world.partner.script = [answer(200, b"?"), answer(202)]
    assert world.settle() == [], "no deadline: there is nothing to end any more"
    assert (world.partner.methods(), world.open_jobs()) == (["POST", "DELETE"], [])


def test_nothing_more_is_sent_when_the_partner_has_said_that_it_is_gone(world: World) -> None:
    addon = world.created()
    job = world.destroy(addon)
    world.partner.script = [answer(500)]
    world.runner.run_until_idle()
    partner = Actor(world.actor.account, "authorization", addon.id)
    with world.database.transaction() as tx:
        partner_deprovisions(tx, partner, addon.id)
    world.settle()
    assert (world.partner.methods(), world.job(job).state) == (["DELETE"], "done")


def test_destroying_again_waits_for_the_same_job(world: World) -> None:
    addon = world.created()
    assert world.destroy(addon).id == world.destroy(addon).id
    world.settle()
    assert world.partner.methods() == ["DELETE"]
