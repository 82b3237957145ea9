"""The setting `refused_delete_keeps_addon`: a refused DELETE leaves everything as it was (partner-api §2.11, §14).

What nobody knows the outcome of ends as deleted all the same (design §8 rules 1, 5 and 7).
"""

from collections.abc import Iterator

import pytest

from platform_sim.core.actions.apps import delete_app
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.records import Event
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .world import URL, World, answer, lost


@pytest.fixture
def world() -> Iterator[World]:
    made = World(refused_delete_keeps_addon=True)
    yield made
    made.close()


def events(world: World, addon: Addon) -> list[str]:
    with world.database.snapshot() as rows:
        return [str(each.data["state"]) for each in rows.all(Event, kind="addon", subject_id=addon.id)]


KEPT = [
    (answer(401), "credentials", True),
    (answer(403), "could not do this (HTTP 403)", True),
    (answer(422, {"message": "There are backups left."}), "There are backups left.", True),
    (answer(503, {"message": "Not tonight."}), "Not tonight.", True),
    (answer(302), "redirect", True),
    (lost("refused connection"), "nothing listens", False),
    (lost("bad certificate"), "certificate", False),
]


@pytest.mark.parametrize(("said", "shown", "refused"), KEPT)
def test_what_has_certainly_deleted_nothing_keeps_the_add_on(
    world: World, said: PartnerAnswer, shown: str, refused: bool
) -> None:
    addon = world.created()
    told, releases = events(world, addon), world.descriptions()
    job = world.destroy(addon)
    assert world.addon(addon) == addon
    world.partner.script = [said]
    assert world.settle() == []
    failed = world.job(job)
    assert (failed.state, failed.outcome["refused"]) == ("failed", refused)
    assert shown in failed.outcome["message"]
    assert world.addon(addon) == addon
    assert (world.config(), world.descriptions(), events(world, addon)) == ({"ACME_URL": URL}, releases, told)
    again = world.destroy(addon)
    assert again.id != job.id
    world.settle()
    assert (world.addon(addon).state, world.config()) == ("deprovisioned", {})
    assert world.partner.methods() == ["DELETE", "DELETE"]


def test_what_was_acknowledged_is_gone_and_its_states_went_forward(world: World) -> None:
    addon = world.created()
    world.destroy(addon)
    world.settle()
    assert (world.config(), world.partner.resources) == ({}, {})
    assert events(world, addon)[-2:] == ["deprovisioning", "deprovisioned"]
    assert world.descriptions()[-1] == f"Detach ACME (@ref:{addon.name})"


UNKNOWN = [lost("timeout"), lost("cut"), lost("garbled"), answer(500), answer(503), answer(429)]


@pytest.mark.parametrize("said", UNKNOWN, ids=lambda said: f"{said.status} {said.problem}")
def test_an_unknown_outcome_ends_as_deleted(world: World, said: PartnerAnswer) -> None:
    addon = world.created()
    world.destroy(addon)
    world.partner.script = [said]
    world.runner.run_until_idle()
    assert (world.addon(addon).state, world.config()) == ("deprovisioning", {})
    world.partner.script = [answer(422, {"message": "no"}), lost("refused connection")]
    world.settle()
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})
    assert world.partner.methods() == ["DELETE"] * 4, "there was no way back"


class Killed(BaseException):
    """The platform dies here."""


@pytest.mark.parametrize("then", [answer(422), lost("refused connection")])
def test_killed_after_sending_a_later_refusal_proves_nothing(world: World, then: PartnerAnswer) -> None:
    addon = world.created()
    world.destroy(addon)

    def dies(request: PartnerRequest) -> PartnerAnswer:
        world.partner.right(request)
        raise Killed

    world.partner.script = [dies]
    with pytest.raises(Killed):
        world.runner.run_until_idle()
    world.runner = world.boot("boot-2")
    world.runner.recover()
    world.partner.script = [then]
    world.settle()
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})


def test_asked_twice_while_it_is_open_is_asked_once(world: World) -> None:
    addon = world.created()
    assert world.destroy(addon).id == world.destroy(addon).id
    world.settle()
    assert world.partner.methods() == ["DELETE"]


def test_of_an_app_that_goes_nothing_can_stay(world: World) -> None:
    addon = world.created()
    world.destroy(addon)
    with world.database.transaction() as tx:
        delete_app(tx, world.actor, world.app)
    world.partner.script = [answer(422), lost("refused connection")]
    world.settle()
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})


def test_what_is_still_being_made_does_not_stay_either(world: World) -> None:
    addon, _ = world.create()
    world.partner.script = [answer(202, {"id": "x"}), answer(422)]
    world.runner.run_until_idle()
    world.destroy(addon)
    assert world.addon(addon).state == "deprovisioning"
    world.settle()
    assert world.partner.methods() == ["POST", "DELETE", "DELETE"]


def test_with_a_partner_that_may_finish_later(world: World) -> None:
    world.allow("async_deprovisioning")
    addon = world.created()
    world.destroy(addon)
    world.partner.script = [answer(202)]
    world.runner.run_until_idle()
    assert (world.addon(addon).state, world.config()) == ("deprovisioning", {"ACME_URL": URL})
    world.settle()
    assert (world.addon(addon).state, world.config()) == ("deprovisioned", {})


def test_without_the_setting_404_is_no_end() -> None:
    world = World(delete_404_is_gone=False)
    addon = world.created()
    world.destroy(addon)
    world.partner.script = [answer(404), answer(404), answer(410)]
    assert world.settle() == [1.0, 2.0]
    assert world.addon(addon).state == "deprovisioned"
    world.close()
