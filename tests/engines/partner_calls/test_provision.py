"""Provisioning: each row of partner-api §2.4 and §2.12, retries with the same uuid, nobody resurrected."""

import json
from datetime import timedelta

import pytest

from platform_sim.core.actions.addon_config import partner_provisions, update_config
from platform_sim.core.actions.oauth import exchange_grant
from platform_sim.core.model.addons import AddonService
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem

from .world import MANIFEST, URL, ScriptedPartner, World, answer, lost


def test_200_provisions_with_config_message_and_two_releases(world: World) -> None:
    addon, job = world.create()
    assert world.runner.run_until_idle() == 1
    now = world.addon(addon)
    assert (now.state, now.provider_id, now.provision_message) == ("provisioned", addon.id, "enjoy")
    assert now.acknowledged_at == world.clock.now()
    assert world.config() == {"ACME_URL": URL}
    assert world.descriptions() == [
        f"Attach ACME (@ref:{addon.name})",
        f"@ref:{addon.name} completed provisioning, setting ACME_URL.",
    ]
    done = world.job(job)
    assert (done.state, done.outcome) == ("done", {"ok": True, "message": "enjoy", "warnings": []})
    assert world.partner.resources == {addon.id: "test"}


def test_the_request_holds_what_the_contract_says(world: World) -> None:
    addon, _ = world.create()
    world.runner.run_until_idle()
    [request] = world.partner.requests
    assert (request.method, request.url) == ("POST", "https://acme.example/heroku/resources")
    body = json.loads(request.body or b"")
    grant = body.pop("oauth_grant")
    assert body == {
        "uuid": addon.id,
        "name": addon.name,
        "plan": "test",
        "region": "amazon-web-services::us-east-1",
        "callback_url": f"http://localhost:5100/addons/{addon.id}",
        "options": {"a": "1", "b": "2"},
    }
    assert (grant["type"], grant["expires_at"]) == ("authorization_code", "2026-01-01T00:05:00Z")
    with world.database.transaction() as tx:
        service = tx.get(AddonService, addon.service_id)
        assert exchange_grant(tx, grant["code"], service.client_secret).expires_in == 28_800


def test_201_is_tolerated_with_a_warning(world: World) -> None:
    addon, job = world.create()
    world.partner.script = [answer(201, {"id": 7})]
    world.runner.run_until_idle()
    assert (world.addon(addon).state, world.addon(addon).provider_id) == ("provisioned", "7")
    assert "201" in world.job(job).outcome["warnings"][0]
    assert world.config() == {}


REFUSALS = [
    (422, {"message": "No room in this region."}, "No room in this region."),
    (422, b"<h1>no</h1>", "gave no reason"),
    (422, {"message": 7}, "gave no reason"),
    (503, {"message": "Closed for today."}, "Closed for today."),
    (401, {"message": "who are you"}, "credentials"),
    (410, None, "deleted already"),
    (400, {"message": "internal words"}, "could not do this (HTTP 400)"),
    (404, b"", "could not do this (HTTP 404)"),
]


@pytest.mark.parametrize(("status", "body", "shown"), REFUSALS)
def test_a_clear_refusal_leaves_nothing_and_deletes_nothing(
    world: World, status: int, body: object, shown: str
) -> None:
    addon, job = world.create()
    world.partner.script = [answer(status, body)]
    world.settle()
    assert world.partner.methods() == ["POST"]
    assert (world.addon(addon).state, world.live(), world.config(), world.descriptions()) == (
        "deprovisioned",
        set(),
        {},
        [],
    )
    failed = world.job(job)
    assert (failed.state, failed.outcome["ok"], failed.outcome["refused"]) == ("failed", False, True)
    assert failed.outcome["status"] == status
    assert shown in failed.outcome["message"]


BROKEN = [
    (200, b"<html>welcome</html>", "not valid JSON"),
    (200, b'{"id": "x", "config": {"ACME_URL": "http://', "not valid JSON"),
    (200, b"", "not valid JSON"),
    (200, b"\xff\xfe\xfd", "not valid JSON"),
    (200, b'{"id": "\\ud800"}', "not valid JSON"),
    (200, b'{"id": "x", "n": NaN}', "not valid JSON"),
    (200, b"[" * 100_000, "not valid JSON"),
    (200, ["id"], "not an object"),
    (200, {"config": {}}, "without an `id`"),
    (200, {"id": None}, "without an `id`"),
    (200, {"id": True}, "without an `id`"),
    (200, {"id": " "}, "without an `id`"),
    (202, {"message": "wait"}, "without an `id`"),
    (204, None, "not valid JSON"),
    (200, {"id": "x", "config": {"ACME_URL": URL, "OTHER_B": "1", "OTHER_A": "2"}}, "declare: OTHER_A, OTHER_B."),
    (200, {"id": "x", "config": {"ACME_KEY": 7}}, "not strings: ACME_KEY."),
    (200, {"id": "x", "config": {"ACME_KEY": None}}, "not strings: ACME_KEY."),
    (200, {"id": "x", "config": {"ACME_KEY": "a\0b"}}, "not strings: ACME_KEY."),
    (200, {"id": "x", "config": ["ACME_KEY"]}, "not an object"),
    (302, None, "redirect"),
]


@pytest.mark.parametrize(("status", "body", "shown"), BROKEN)
def test_a_yes_that_cannot_be_used_fails_and_is_cleaned_up(world: World, status: int, body: object, shown: str) -> None:
    addon, job = world.create()
    world.partner.script = [world.partner.acts_but(answer(status, body))]
    world.settle()
    assert world.partner.methods() == ["POST", "DELETE"]
    assert (world.partner.resources, world.live(), world.config()) == ({}, set(), {})
    failed = world.job(job)
    assert (failed.state, failed.outcome["refused"]) == ("failed", True)
    assert shown in failed.outcome["message"]
    assert failed.outcome["message"].endswith("Nothing was installed.")
    assert world.addon(addon).provision_message == failed.outcome["message"]


def test_a_huge_yes_is_cleaned_up_too(world: World) -> None:
    _, job = world.create()
    world.partner.script = [world.partner.acts_but(answer(200, b"{" * 100, "too_large"))]
    world.settle()
    assert world.partner.resources == {}
    assert "too large" in world.job(job).outcome["message"]


UNKNOWN = [
    lost("timeout"),
    lost("cut"),
    lost("garbled"),
    lost("failed"),
    answer(200, b'{"id"', "cut"),
    answer(500, {"message": "internal words"}),
    answer(502, b"<html>bad gateway</html>"),
    answer(503, b"<html>down</html>"),
    answer(504),
    answer(408),
    answer(429, {"message": "slow down"}),
]


@pytest.mark.parametrize("said", UNKNOWN, ids=lambda said: f"{said.status} {said.problem}")
def test_an_unknown_outcome_is_asked_again_and_adopted(world: World, said: PartnerAnswer) -> None:
    addon, job = world.create()
    world.partner.script = [world.partner.acts_but(said)]
    assert world.settle() == [1.0]
    assert world.addon(addon).state == "provisioned"
    assert world.partner.made == 1
    assert world.partner.resources == {addon.id: "test"}
    assert world.job(job).attempts == 2
    assert len(world.descriptions()) == 2


def test_every_attempt_sends_the_same_bytes_also_after_the_grant_was_used(world: World) -> None:
    addon, _ = world.create()

    def acts_and_takes_the_grant(request: PartnerRequest) -> PartnerAnswer:
        code = json.loads(request.body or b"")["oauth_grant"]["code"]
        with world.database.transaction() as tx:
            exchange_grant(tx, code, tx.get(AddonService, addon.service_id).client_secret)
        return lost("timeout")

    world.partner.script = [acts_and_takes_the_grant, lost("cut")]
    world.settle()
    assert len(world.partner.requests) == 3
    assert len({(r.method, r.url, r.body, tuple(sorted(r.headers.items()))) for r in world.partner.requests}) == 1


def test_given_up_after_three_attempts_with_growing_delays_and_then_deleted(world: World) -> None:
    addon, job = world.create()
    world.partner.script = [world.partner.acts_but(lost("timeout")), answer(500), lost("timeout")]
    assert world.settle() == [1.0, 2.0]
    assert world.partner.methods() == ["POST", "POST", "POST", "DELETE"]
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})
    failed = world.job(job)
    assert (failed.state, failed.outcome["refused"]) == ("failed", False)
    assert failed.outcome["message"] == (
        "The add-on's provider did not answer in time; it was asked 3 times. Nothing was installed. Try again later."
    )


def test_while_it_is_tried_again_the_row_says_why(world: World) -> None:
    addon, job = world.create()
    world.partner.script = [answer(500)]
    world.runner.run_until_idle()
    waiting = world.job(job)
    assert (waiting.state, waiting.outcome["message"]) == ("todo", "The add-on's provider failed (HTTP 500).")
    assert world.addon(addon).state == "provisioning"


@pytest.mark.parametrize("problem", ["refused connection", "unknown host", "bad certificate", "no connection"])
def test_a_partner_that_was_never_reached_is_not_told_to_delete(world: World, problem: Problem) -> None:
    addon, _ = world.create()
    world.partner.script = [lost(problem)] * 3
    world.settle()
    assert world.partner.methods() == ["POST", "POST", "POST"]
    assert (world.addon(addon).state, world.open_jobs()) == ("deprovisioned", [])


def test_one_attempt_that_may_have_arrived_is_enough_to_clean_up(world: World) -> None:
    world.create()
    refused = lost("refused connection")
    world.partner.script = [refused, world.partner.acts_but(lost("cut")), refused]
    world.settle()
    assert world.partner.methods() == ["POST", "POST", "POST", "DELETE"]
    assert world.partner.resources == {}


def test_a_refusal_of_a_repeat_cleans_up_what_the_first_attempt_made(world: World) -> None:
    addon, job = world.create()
    duplicate = answer(422, {"message": "there already"})
    world.partner.script = [world.partner.acts_but(lost("timeout")), duplicate]
    world.settle()
    assert (world.addon(addon).state, world.partner.resources) == ("deprovisioned", {})
    assert world.job(job).outcome["message"] == "there already"


def test_202_waits_for_the_partner_and_makes_one_release(world: World) -> None:
    addon, job = world.create()
    world.partner.script = [answer(202, {"id": addon.id, "message": "a minute", "config": {"ACME_URL": "early"}})]
    world.runner.run_until_idle()
    now = world.addon(addon)
    assert (now.state, now.provision_message, world.config()) == ("provisioning", "a minute", {})
    assert world.job(job).outcome["asynchronous"] is True
    assert "ignored" in world.job(job).outcome["warnings"][0]
    partner = world.partner_of(addon)
    with world.database.transaction() as tx:
        update_config(tx, partner, addon.id, [("ACME_URL", URL)])
        partner_provisions(tx, partner, addon.id)
    world.settle()
    assert (world.addon(addon).state, world.config()) == ("provisioned", {"ACME_URL": URL})
    assert len(world.descriptions()) == 2


def test_202_that_is_never_finished_ends_after_twelve_hours(world: World) -> None:
    addon, _ = world.create()
    world.partner.script = [world.partner.acts_but(answer(202, {"id": addon.id}))]
    world.runner.run_until_idle()
    world.clock.advance(timedelta(hours=12, seconds=-1))
    world.runner.run_until_idle()
    assert world.addon(addon).state == "provisioning"
    world.clock.advance(timedelta(seconds=1))
    world.runner.run_until_idle()
    assert world.addon(addon).state == "deprovisioned"
    assert "12 hours" in (world.addon(addon).provision_message or "")
    assert (world.partner.methods(), world.partner.resources) == (["POST", "DELETE"], {})


def test_every_attempt_is_kept_without_secrets(world: World) -> None:
    addon, _ = world.create()
    world.partner.script = [answer(200, b'{"id": "x", "config": {"ACME_URL": "' + URL.encode() + b'"', "cut")]
    world.settle()
    first, second = world.exchanges()
    assert (first.addon_id, first.party, first.status, first.problem) == (addon.id, "partner", 200, "cut")
    assert (second.method, second.status, second.problem, second.milliseconds) == ("POST", 200, None, 7)
    code = json.loads(world.partner.requests[0].body or b"")["oauth_grant"]["code"]
    for exchange in (first, second):
        text = repr(exchange)
        for secret in (URL, "secret-of-the-account", code, MANIFEST["api"]["password"], "Basic "):
            assert secret not in text
    assert "ACME_URL" in second.response_body
    assert addon.id in second.request_body


def test_a_broken_answer_says_so_in_the_ledger(world: World) -> None:
    world.create()
    world.partner.script = [answer(200, {"config": {}})]
    world.settle()
    assert "without an `id`" in (world.exchanges()[0].problem or "")


def test_a_partner_may_be_anything_that_sends(world: World) -> None:
    other = ScriptedPartner()
    addon, _ = world.create()
    world.boot("boot-1", other).run_until_idle()
    assert (other.resources, world.partner.requests) == ({addon.id: "test"}, [])


def test_config_that_the_app_has_no_room_for_is_an_answer_that_cannot_be_used(world: World) -> None:
    addon, job = world.create()
    world.partner.script = [answer(200, {"id": "1", "config": {"ACME_URL": "x" * 40_000}})]
    world.partner.resources[addon.id] = "test"
    world.settle()
    now = world.job(job)
    assert (now.state, now.outcome["refused"]) == ("failed", True)
    assert "returned config that is too much: Config vars are limited to 32768 bytes" in now.outcome["message"]
    assert now.outcome["message"].endswith("Nothing was installed.")
    assert (world.addon(addon).state, world.config(), world.descriptions()) == ("deprovisioned", {}, [])
    assert [request.method for request in world.partner.requests] == ["POST", "DELETE"]
    assert world.partner.resources == {}
