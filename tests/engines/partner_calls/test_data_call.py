"""Data calls: the partner is asked once, with its own credentials, and its answer stands on the row."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import data_calls
from platform_sim.core.actions.accounts import create_account, issue_token
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.records import Job

from .world import MANIFEST, World, answer, lost

SECRET = "hunter2-of-the-database"
WITH_DATA = MANIFEST | {"api": MANIFEST["api"] | {"data_api": True}}


@pytest.fixture
def data() -> Iterator[World]:
    made = World(manifest=WITH_DATA)
    yield made
    made.close()


def ask(world: World, addon: Addon, method: str = "GET", path: str = "", body: Any = None) -> Job:
    with world.database.transaction() as tx:
        return data_calls.ask(tx, world.actor, addon.id, method, path, body)


def test_the_request_is_below_the_resource_with_the_manifests_credentials(data: World) -> None:
    with data.database.transaction() as tx:
        account = create_account(tx, "eve@example.com")
        token = issue_token(tx, account, "customer")
    data.actor = Actor(data.actor.account, token.authorization_id)
    addon = data.created()
    job = ask(data, addon, "PATCH", "/config", {"log_lock_waits": True})
    data.partner.script = [answer(200, {"log_lock_waits": {"value": True}})]
    data.runner.run_until_idle()
    [request] = data.partner.requests
    assert (request.method, request.url) == ("PATCH", f"https://acme.example/heroku/resources/{addon.id}/data/config")
    assert json.loads(request.body or b"") == {"log_lock_waits": True}
    basic = base64.b64encode(b"acme:pass-of-acme").decode()
    assert request.headers["Authorization"] == f"Basic {basic}"
    assert token.token not in str(request.headers) + request.url + str(request.body)
    done = data.job(job)
    assert (done.state, done.outcome) == ("done", {"status": 200, "body": {"log_lock_waits": {"value": True}}})


def test_a_get_has_no_body(data: World) -> None:
    addon = data.created()
    ask(data, addon)
    data.partner.script = [answer(200, {})]
    data.runner.run_until_idle()
    assert data.partner.requests[0].body is None
    assert data.partner.requests[0].url.endswith(f"{addon.id}/data")


def test_the_ledger_has_the_exchange_without_its_secrets(data: World) -> None:
    addon = data.created()
    ask(data, addon, path="/credentials/default")
    told = {"credentials": [{"user": "u", "password": SECRET}], "url": f"postgres://u:{SECRET}@localhost:5432/db"}
    data.partner.script = [answer(200, told)]
    data.runner.run_until_idle()
    kept = data.exchanges()[-1]
    assert (kept.addon_id, kept.method, kept.status) == (addon.id, "GET", 200)
    assert kept.url.endswith("/data/credentials/default")
    assert SECRET not in str(kept) and "pass-of-acme" not in str(kept)


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        (answer(409, {"message": "a rotation is under way"}), 409, "a rotation is under way"),
        (answer(500, {}), 503, "HTTP 500"),
        (lost("timeout"), 503, "did not answer in time"),
    ],
)
def test_a_no_or_no_answer_ends_the_job_at_once(data: World, said: Any, status: int, words: str) -> None:
    """Nothing is asked again: who waits is told."""
    addon = data.created()
    job = ask(data, addon, "POST", "/credentials_rotation")
    data.partner.script = [said]
    data.settle()
    done = data.job(job)
    assert (done.state, done.outcome["status"]) == ("failed", status)
    assert words in done.outcome["message"]
    assert len(data.partner.requests) == 1
    assert data.addon(addon).state == "provisioned"


def test_a_call_that_a_death_cut_off_is_not_made_again(data: World) -> None:
    """What it asked for may have been done: a second rotation would end credentials that somebody just got."""
    addon = data.created()
    job = ask(data, addon, "POST", "/credentials_rotation")

    def die(request: object) -> Any:
        raise SystemExit

    data.partner.script = [die]
    with pytest.raises(SystemExit):
        data.runner.run_until_idle()
    assert data.job(job).state == "doing"
    later = data.boot("boot-2")
    later.recover()
    later.run_until_idle()
    assert len(data.partner.requests) == 1
    done = data.job(job)
    assert (done.state, done.outcome["status"]) == ("failed", 503)
    assert "ask again" in done.outcome["message"]


def test_calls_do_not_wait_for_a_plan_change_that_does_not_end(data: World) -> None:
    addon = data.created()
    data.ask_for_plan(addon, "big")
    data.partner.script = [lost("timeout"), answer(200, {})]
    data.runner.run_until_idle()
    assert data.open_jobs() == ["change_plan"]
    job = ask(data, addon)
    data.runner.run_until_idle()
    assert data.job(job).state == "done"
