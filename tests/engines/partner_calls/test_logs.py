"""What a partner is told of logs, and what its answer makes of them (partner-api §2.3, §2.4, §7)."""

import json
from typing import Any

import pytest

from platform_sim.core.actions.attachments import detach
from platform_sim.core.actions.drains import drains_of_app
from platform_sim.core.model.addons import Attachment
from platform_sim.core.model.drains import LogDrain, LogInput

from .world import MANIFEST, URL, ScriptedPartner, World, answer, lost

DRAIN = "https://user:hunter22@logs.acme.example/drain"


def manifest(*requires: str) -> dict[str, Any]:
    """Acme's, asking for these features."""
    return MANIFEST | {"api": MANIFEST["api"] | {"requires": list(requires)}}


def body_of(partner: ScriptedPartner, index: int = 0) -> dict[str, Any]:
    """What was sent."""
    return dict(json.loads(partner.requests[index].body or b""))


def said(url: str | None = DRAIN, status: int = 200, name: str = "log_drain_url") -> Any:
    """An answer that names a drain."""
    return answer(status, {"id": "1", name: url} | ({"config": {"ACME_URL": URL}} if status == 200 else {}))


@pytest.mark.parametrize(
    ("requires", "names"),
    [
        ((), set()),
        (("log_input",), {"log_input_url"}),
        (("syslog_drain",), {"log_drain_token", "logplex_token"}),
        (("syslog_drain", "log_input"), {"log_input_url", "log_drain_token", "logplex_token"}),
    ],
)
def test_the_request_tells_what_the_manifest_requires(requires: tuple[str, ...], names: set[str]) -> None:
    world = World(manifest=manifest(*requires))
    world.partner.script = [said()]
    addon, _ = world.create()
    world.runner.run_until_idle()
    body = body_of(world.partner)
    assert names == set(body) & {"log_input_url", "log_drain_token", "logplex_token"}
    with world.database.snapshot() as rows:
        if "log_input_url" in names:
            [given] = rows.all(LogInput, addon_id=addon.id)
            assert body["log_input_url"] == f"http://token:{given.token}@localhost:5100/logs"
        if "log_drain_token" in names:
            [drain] = rows.all(LogDrain, addon_id=addon.id)
            assert (body["log_drain_token"], body["logplex_token"]) == (drain.token, drain.token)
            assert (drain.url, drain.active) == (DRAIN, True)
        assert rows.count(LogDrain) == ("log_drain_token" in names)
    world.close()


@pytest.mark.parametrize("status", [200, 202])
@pytest.mark.parametrize("name", ["log_drain_url", "syslog_drain_url"])
def test_the_answer_makes_the_drain_at_once(status: int, name: str) -> None:
    world = World(manifest=manifest("syslog_drain"))
    world.partner.script = [said(status=status, name=name)]
    addon, job = world.create()
    world.runner.run_until_idle()
    assert world.job(job).state == "done"
    with world.database.snapshot() as rows:
        [drain] = drains_of_app(rows, world.app)
    assert (drain.addon_id, drain.url) == (addon.id, DRAIN)
    world.close()


def test_every_attempt_sends_the_same_tokens() -> None:
    world = World(manifest=manifest("syslog_drain", "log_input"))
    world.partner.script = [lost("timeout"), answer(500), said()]
    world.create()
    world.settle()
    assert body_of(world.partner, 0) == body_of(world.partner, 1) == body_of(world.partner, 2)
    world.close()


def test_invariant_18_detached_between_two_attempts_the_second_still_is_the_first() -> None:
    world = World(manifest=manifest("syslog_drain", "log_input"))
    world.partner.script = [lost("timeout"), said()]
    addon, _ = world.create()
    world.runner.run_until_idle()
    with world.database.transaction() as tx:
        [attachment] = tx.all(Attachment, addon_id=addon.id)
        detach(tx, world.actor.account, world.app, attachment, addon)
    world.settle()
    assert world.partner.methods() == ["POST", "POST"]
    assert body_of(world.partner, 0) == body_of(world.partner, 1)
    world.close()


@pytest.mark.parametrize("url", [None, "http://logs.acme.example/", "nonsense"])
@pytest.mark.parametrize("status", [200, 202])
def test_a_drain_that_is_missing_or_bad_fails_the_install_and_is_cleaned_up(url: str | None, status: int) -> None:
    world = World(manifest=manifest("syslog_drain"))
    world.partner.script = [said(url, status)]
    addon, job = world.create()
    world.settle()
    assert world.addon(addon).state == "deprovisioned"
    assert world.job(job).state == "failed"
    assert world.job(job).outcome["refused"]
    assert "log_drain_url" in world.job(job).outcome["message"]
    assert world.partner.methods() == ["POST", "DELETE"]
    with world.database.snapshot() as rows:
        assert rows.count(LogDrain) == 0
    world.close()


def test_a_drain_that_nobody_asked_for_makes_none(world: World) -> None:
    world.partner.script = [said()]
    addon, job = world.create()
    world.runner.run_until_idle()
    assert world.addon(addon).state == "provisioned"
    assert "log_drain_url" in world.job(job).outcome["warnings"][0]
    with world.database.snapshot() as rows:
        assert rows.count(LogDrain) == 0


def test_drains_end_when_the_add_on_is_destroyed() -> None:
    world = World(manifest=manifest("syslog_drain", "log_input"))
    world.partner.script = [said()]
    addon, _ = world.create()
    world.runner.run_until_idle()
    world.partner.script = [answer(204)]
    world.destroy(addon)
    with world.database.snapshot() as rows:
        assert (drains_of_app(rows, world.app), rows.count(LogInput)) == ([], 0), (
            "at once, not when the partner says so"
        )
    world.runner.run_until_idle()
    with world.database.snapshot() as rows:
        assert rows.count(LogDrain) == 0
    world.close()


def test_invariant_22_the_ledger_keeps_no_credentials_of_logs() -> None:
    world = World(manifest=manifest("syslog_drain", "log_input"))
    world.partner.script = [said()]
    addon, _ = world.create()
    world.runner.run_until_idle()
    with world.database.snapshot() as rows:
        secrets = {rows.all(LogDrain)[0].token, rows.all(LogInput)[0].token, "hunter22"}
    [exchange] = world.exchanges()
    kept = str(exchange)
    assert [secret for secret in secrets if secret in kept] == []
    assert "logs.acme.example" in kept, "what is not secret is shown"
    world.close()
