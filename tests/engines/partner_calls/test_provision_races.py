"""Provisioning while something else happens: the partner calls back, the customer destroys, the platform is killed."""

import pytest

from platform_sim.core.actions.addon_config import partner_deprovisions, update_config
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .world import URL, World, answer, lost


def test_config_set_by_the_partner_while_the_call_is_open_stays(world: World) -> None:
    addon, _ = world.create()

    def calls_back(request: PartnerRequest) -> PartnerAnswer:
        partner = world.partner_of(addon)
        with world.database.transaction() as tx:
            update_config(tx, partner, addon.id, [("ACME_KEY", "patched"), ("ACME_URL", "old")])
        return world.partner.right(request)

    world.partner.script = [calls_back]
    world.runner.run_until_idle()
    assert world.config() == {"ACME_KEY": "patched", "ACME_URL": URL}
    assert len(world.descriptions()) == 2


def test_destroyed_before_the_partner_was_asked_is_never_asked_for(world: World) -> None:
    addon, job = world.create()
    world.destroy(addon)
    world.settle()
    assert world.partner.methods() == ["DELETE"]
    assert (world.addon(addon).state, world.job(job).state) == ("deprovisioned", "failed")
    assert "destroyed" in world.job(job).outcome["message"]


@pytest.mark.parametrize(
    "said", [None, lost("timeout"), answer(422, {"message": "no"}), answer(202, {"id": "x"}), answer(200, b"?")]
)
def test_destroyed_while_the_call_is_open_is_not_resurrected(world: World, said: PartnerAnswer | None) -> None:
    addon, job = world.create()

    def destroyed_meanwhile(request: PartnerRequest) -> PartnerAnswer:
        world.destroy(addon)
        made = world.partner.right(request)
        return said or made

    world.partner.script = [destroyed_meanwhile]
    world.settle()
    assert world.partner.methods() == ["POST", "DELETE"]
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})
    assert (world.config(), world.descriptions()) == ({}, [])
    assert world.job(job).state == "failed"


def test_the_partners_id_is_kept_for_the_delete_of_a_destroyed_add_on(world: World) -> None:
    addon, _ = world.create()

    def destroyed_meanwhile(request: PartnerRequest) -> PartnerAnswer:
        world.destroy(addon)
        return answer(202, {"id": 77})

    world.partner.script = [destroyed_meanwhile]
    world.settle()
    assert (world.addon(addon).provider_id, world.addon(addon).acknowledged_at) == ("77", None)
    assert world.open_jobs() == []


def test_given_up_by_the_partner_during_its_own_request_leaves_no_orphan(world: World) -> None:
    addon, _ = world.create()

    def gives_up(request: PartnerRequest) -> PartnerAnswer:
        partner = world.partner_of(addon)
        with world.database.transaction() as tx:
            partner_deprovisions(tx, partner, addon.id)
        return world.partner.right(request)

    world.partner.script = [gives_up]
    world.settle()
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})
    assert world.partner.methods() == ["POST", "DELETE"]


class Killed(BaseException):
    """The platform dies here."""


@pytest.mark.parametrize("end", [lost("timeout"), Killed()])
def test_given_up_by_the_partner_while_an_attempt_is_open_whose_outcome_nobody_knows(
    world: World, end: PartnerAnswer | Killed
) -> None:
    """One part of the partner gives up, another makes it all the same."""
    addon, job = world.create()

    def ends(request: PartnerRequest) -> PartnerAnswer:
        with world.database.transaction() as tx:
            partner_deprovisions(tx, partner, addon.id)
        world.partner.right(request)
        if isinstance(end, Killed):
            raise end
        return end

    partner = world.partner_of(addon)
    world.partner.script = [ends]
    try:
        world.settle()
    except Killed:
        second = world.boot("boot-2")
        second.recover()
        world.settle(second)
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})
    assert world.partner.methods() == ["POST", "DELETE"]
    assert (world.job(job).state, world.open_jobs()) == ("failed", [])


@pytest.mark.parametrize("second", [None, answer(422, {"message": "no"})])
def test_given_up_by_the_partner_after_an_attempt_whose_outcome_nobody_knows(
    world: World, second: PartnerAnswer | None
) -> None:
    """Before the next attempt, or in the middle of it."""
    addon, _ = world.create()
    world.partner.script = [world.partner.acts_but(lost("timeout"))]
    world.runner.run_until_idle()
    partner = world.partner_of(addon)

    def gives_up(_: PartnerRequest | None = None) -> PartnerAnswer:
        with world.database.transaction() as tx:
            partner_deprovisions(tx, partner, addon.id)
        assert second is not None
        return second

    if second is not None:
        world.partner.script = [gives_up]
    else:
        with world.database.transaction() as tx:
            partner_deprovisions(tx, partner, addon.id)
    world.settle()
    assert (world.addon(addon).state, world.partner.resources, world.open_jobs()) == ("deprovisioned", {}, [])
    assert world.partner.methods()[-1] == "DELETE"


@pytest.mark.parametrize("acted", [True, False])
def test_killed_between_the_call_and_its_outcome_ends_with_exactly_one_resource(world: World, acted: bool) -> None:
    addon, job = world.create()

    def dies(request: PartnerRequest) -> PartnerAnswer:
        if acted:
            world.partner.right(request)
        raise Killed

    world.partner.script = [dies]
    with pytest.raises(Killed):
        world.runner.run_until_idle()
    assert (world.job(job).state, world.addon(addon).state) == ("doing", "provisioning")
    second = world.boot("boot-2")
    assert second.run_until_idle() == 0, "what another boot is doing is left alone until it is known to be dead"
    assert second.recover() == 1
    second.run_until_idle()
    assert (world.addon(addon).state, world.job(job).state) == ("provisioned", "done")
    assert (world.partner.made, world.partner.resources) == (1, {addon.id: "test"})
    assert len(world.descriptions()) == 2
