"""Plan changes: each row of partner-api §2.10; the plan switches when the partner has said so, and only then."""

import json

import pytest

from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.catalog import service_named
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.services import change_service
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.catalog import ServiceSpec
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .world import URL, World, answer, lost


def test_200_switches_the_plan_and_sets_the_config(world: World) -> None:
    addon = world.created()
    job = world.ask_for_plan(addon, "big")
    world.partner.script = [answer(200, {"config": {"ACME_KEY": "k"}, "message": "bigger"})]
    world.settle()
    [request] = world.partner.requests
    assert (request.method, request.url) == ("PUT", f"https://acme.example/heroku/resources/{addon.id}")
    assert json.loads(request.body or b"") == {"plan": "big"}
    assert (world.plan(addon), world.addon(addon).provision_message) == ("big", "bigger")
    assert world.config() == {"ACME_URL": URL, "ACME_KEY": "k"}
    assert world.descriptions()[2:] == ["Update ACME by acme"]
    assert world.job(job).outcome == {"ok": True, "message": "bigger", "warnings": []}


def test_without_config_there_is_no_release(world: World) -> None:
    addon = world.created()
    world.ask_for_plan(addon, "big")
    world.settle()
    assert (world.plan(addon), len(world.descriptions())) == ("big", 2)
    assert world.partner.resources == {addon.id: "big"}


def test_the_same_plan_again_asks_the_partner_and_changes_nothing(world: World) -> None:
    """At the partner it must be harmless (partner-api §2.10); here it makes no release and costs nobody anything."""
    addon = world.created()
    job = world.ask_for_plan(addon, "test")
    world.partner.script = [answer(200, {"config": {"ACME_URL": URL}, "message": "as before"})]
    world.settle()
    assert [json.loads(request.body or b"") for request in world.partner.requests] == [{"plan": "test"}]
    assert world.job(job).outcome["ok"] is True
    assert (world.plan(addon), world.config(), len(world.descriptions())) == ("test", {"ACME_URL": URL}, 2)


def test_a_service_with_a_local_place_is_called_there(world: World) -> None:
    """All three calls; the manifest keeps the production URLs that its author pushed."""
    with world.database.transaction() as tx:
        service = service_named(tx, "acme")
        change_service(tx, world.actor.account, service, ServiceSpec(local="http://localhost:5300"))
    addon, _ = world.create()
    world.settle()
    world.ask_for_plan(addon, "big")
    world.settle()
    with world.database.transaction() as tx:
        destroy_addon(tx, world.actor, tx.get(Addon, addon.id))
    world.settle()
    root = "http://localhost:5300/heroku/resources"
    seen = [(request.method, request.url) for request in world.partner.requests]
    assert seen == [("POST", root), ("PUT", f"{root}/{addon.id}"), ("DELETE", f"{root}/{addon.id}")]
    with world.database.snapshot() as rows:
        assert "localhost" not in str(service_named(rows, "acme").manifest)


def test_config_in_the_answer_is_set_over_the_customers_own_value(world: World) -> None:
    addon = world.created()
    with world.database.transaction() as tx:
        change_config_vars(tx, world.actor, tx.get(App, world.app.id), {"ACME_URL": "mine"})
    world.ask_for_plan(addon, "big")
    world.partner.script = [answer(200, {"config": {"ACME_URL": URL}})]
    world.settle()
    assert world.config() == {"ACME_URL": URL}


@pytest.mark.parametrize("said", [answer(204), answer(200, b" \n")])
def test_an_empty_yes_is_tolerated_with_a_warning(world: World, said: PartnerAnswer) -> None:
    addon = world.created()
    job = world.ask_for_plan(addon, "big")
    world.partner.script = [said]
    world.settle()
    assert world.plan(addon) == "big"
    assert "no body" in world.job(job).outcome["warnings"][0]


NO = [
    (answer(422, {"message": "Too much data."}), "Too much data.", 422),
    (answer(503, {"message": "See our docs."}), "See our docs.", 503),
    (answer(404), "could not do this", 404),
    (answer(410), "deleted already", 410),
    (answer(401), "credentials", 401),
    (answer(200, b"<p>ok</p>"), "not valid JSON", 200),
    (answer(200, {"config": {"FOREIGN": "x"}}), "declare: FOREIGN.", 200),
    (answer(200, {"config": {"ACME_KEY": 1}}), "not strings: ACME_KEY.", 200),
    (answer(301), "redirect", 301),
]


@pytest.mark.parametrize(("said", "shown", "status"), NO)
def test_a_no_or_nonsense_keeps_plan_and_config(world: World, said: PartnerAnswer, shown: str, status: int) -> None:
    addon = world.created()
    job = world.ask_for_plan(addon, "big")
    world.partner.script = [said]
    world.settle()
    assert world.partner.methods() == ["PUT"]
    assert (world.plan(addon), world.config(), world.addon(addon).state) == ("test", {"ACME_URL": URL}, "provisioned")
    failed = world.job(job)
    assert (failed.state, failed.outcome["refused"], failed.outcome["status"]) == ("failed", True, status)
    assert shown in failed.outcome["message"]


@pytest.mark.parametrize("said", [lost("timeout"), lost("refused connection"), answer(500), answer(503)])
def test_unknown_is_asked_again(world: World, said: PartnerAnswer) -> None:
    addon = world.created()
    world.ask_for_plan(addon, "big")
    world.partner.script = [world.partner.acts_but(said)]
    assert world.settle() == [1.0]
    assert world.plan(addon) == "big"
    assert world.partner.requests[0].body == world.partner.requests[1].body


def test_given_up_after_three_attempts_the_plan_stays(world: World) -> None:
    addon = world.created()
    job = world.ask_for_plan(addon, "big")
    world.partner.script = [lost("timeout")] * 3
    assert world.settle() == [1.0, 2.0]
    assert (world.plan(addon), world.partner.methods()) == ("test", ["PUT"] * 3)
    failed = world.job(job)
    assert (failed.state, failed.outcome["refused"]) == ("failed", False)
    assert failed.outcome["message"].endswith("The plan was not changed. Try again later.")


def test_destroyed_while_the_call_is_open(world: World) -> None:
    addon = world.created()
    job = world.ask_for_plan(addon, "big")

    def destroyed_meanwhile(request: PartnerRequest) -> PartnerAnswer:
        world.destroy(addon)
        return answer(200, {"config": {"ACME_KEY": "late"}})

    world.partner.script = [destroyed_meanwhile]
    world.settle()
    assert world.partner.methods() == ["PUT", "DELETE"]
    assert (world.plan(addon), world.config(), world.job(job).state) == ("test", {}, "failed")
    assert "deprovisioning" in world.job(job).outcome["message"]


def test_destroyed_before_the_partner_was_asked(world: World) -> None:
    addon = world.created()
    job = world.ask_for_plan(addon, "big")
    world.destroy(addon)
    world.settle()
    assert (world.partner.methods(), world.job(job).state) == (["DELETE"], "failed")


def test_config_that_the_app_has_no_room_for_leaves_plan_and_config(world: World) -> None:
    addon = world.created()
    job = world.ask_for_plan(addon, "big")
    world.partner.script = [answer(200, {"config": {"ACME_URL": "new", "ACME_KEY": "x" * 40_000}})]
    world.settle()
    assert (world.plan(addon), world.config()) == ("test", {"ACME_URL": URL})
    assert world.job(job).state == "failed"
    assert world.job(job).outcome["message"].endswith("The plan was not changed.")
