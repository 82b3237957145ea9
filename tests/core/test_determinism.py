"""Same seed, same script, same clock moves: the same events, byte for byte, also across a restart (design §3)."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from platform_sim.core.access import Actor, addon_named, app_named
from platform_sim.core.actions import invitations
from platform_sim.core.actions.addon_config import partner_provisions, update_config
from platform_sim.core.actions.addon_logs import use_drain_url
from platform_sim.core.actions.addons import create_addon, request_plan_change
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import acknowledge, fail_provisioning
from platform_sim.core.actions.apps import create_app, delete_app, update_app
from platform_sim.core.actions.authorizations import create_authorization, regenerate
from platform_sim.core.actions.browsers import create_link, use_link
from platform_sim.core.actions.certificates import create_endpoint, delete_endpoint, endpoint_named, update_endpoint
from platform_sim.core.actions.clients import create_client
from platform_sim.core.actions.clock import advance, restore
from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.domains import create_domain, delete_domain, domain_named, link_domain, set_acm
from platform_sim.core.actions.drains import create_drain
from platform_sim.core.actions.dynos import add_formation_dyno, report_gone, report_state, run_dyno
from platform_sim.core.actions.favorites import add_favorite
from platform_sim.core.actions.features import feature_named, switch
from platform_sim.core.actions.formation import Scaling, scale
from platform_sim.core.actions.incidents import declare, update
from platform_sim.core.actions.jobs import claim, finish
from platform_sim.core.actions.log_sessions import create_log_session
from platform_sim.core.actions.oauth import exchange_grant
from platform_sim.core.actions.pipelines import change_stage_vars, couple, create_pipeline
from platform_sim.core.actions.promotions import promote
from platform_sim.core.actions.releases import rollback
from platform_sim.core.actions.team_access import add_to_team_app, give_permissions, set_lock
from platform_sim.core.actions.team_apps import create_team_app
from platform_sim.core.actions.team_members import invite
from platform_sim.core.actions.teams import create_team, team_named
from platform_sim.core.actions.transfers import offer
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.addons import Attachment
from platform_sim.core.model.apps import Dyno
from platform_sim.core.model.webhooks import ACTIONS, PARTNER_EVENTS
from platform_sim.core.store import Database, Snapshot, Transaction

from ..certificates import issue
from ..support import deploy, dump, new_addon, new_customer, new_database, new_service, partner_of_addon

ROOT = Path(__file__).parents[2]
Step = Callable[[Transaction], object]


def me(rows: Snapshot) -> Actor:
    account = rows.find(Account, email="user@example.com")
    assert account is not None
    return Actor(account, "")


def begin(tx: Transaction) -> None:
    customer = new_customer(tx)
    new_service(tx, requires=("many_per_app", "syslog_drain", "log_input"))
    app = create_app(tx, customer, name="acme")
    create_webhook(tx, customer, app, {"include": list(ACTIONS), "level": "sync", "url": "http://localhost:9/app"})
    create_app(tx, customer)


def run_the_app(tx: Transaction) -> None:
    app = app_named(tx, me(tx), "acme")
    release = deploy(tx, me(tx), app)
    dyno = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
    report_state(tx, dyno, "up")
    run_dyno(tx, me(tx), app, "ls")
    scale(tx, me(tx), app, [Scaling("worker", "+2")])
    change_config_vars(tx, me(tx), app, {"B": "2", "A": "1"})
    create_log_session(tx, me(tx), app)
    create_drain(tx, me(tx), app, "syslog://logs.example.com")


def install(tx: Transaction) -> None:
    app = app_named(tx, me(tx), "acme")
    first = new_addon(tx, me(tx), app, name="first")
    use_drain_url(tx, me(tx).account, first, "https://partner.example/logs")
    pending, _ = create_addon(tx, me(tx), app, "exceptions", name="second")
    acknowledge(tx, pending, "77", None, asynchronous=True)
    refused, _ = create_addon(tx, me(tx), app, "exceptions")
    fail_provisioning(tx, refused, "No.", clean_up=True)


def name_it(tx: Transaction) -> None:
    app = app_named(tx, me(tx), "acme")
    issued = issue("www.example.com")
    endpoint = create_endpoint(tx, me(tx), app, issued.certificate, issued.key)
    other = issue("*.example.com", number=2)
    update_endpoint(tx, me(tx), app, endpoint, other.certificate, other.key)
    create_domain(tx, me(tx), app, "www.example.com", endpoint.name)
    create_domain(tx, me(tx), set_acm(tx, me(tx), app, on=True), "*.example.com")
    link_domain(tx, me(tx), app, domain_named(tx, app, "*.example.com"), endpoint.id)


def pass_it_on(tx: Transaction) -> None:
    app, live = app_named(tx, me(tx), "acme"), create_app(tx, me(tx), name="live")
    flow = create_pipeline(tx, me(tx), "flow")
    couple(tx, me(tx), flow, app, "staging")
    couple(tx, me(tx), flow, live, "production")
    change_stage_vars(tx, me(tx), flow, "review", {"A": "1"})
    switch(tx, me(tx), live, feature_named(live, "preboot"), enabled=True)
    promote(tx, me(tx), flow, app, [live])


def complete(tx: Transaction) -> None:
    addon = addon_named(tx, me(tx), "second")
    grant = tx.find(Authorization, addon_id=addon.id)
    assert grant is not None
    exchange_grant(tx, grant.grant_code or "", "exceptions-client-secret")
    partner = partner_of_addon(tx, addon)
    hook = {"include": list(PARTNER_EVENTS), "level": "notify", "url": "http://localhost:9/addon"}
    create_webhook(tx, partner, addon, hook)
    update_config(tx, partner, addon.id, [("EXCEPTIONS_URL", "x")])
    partner_provisions(tx, partner, addon.id)
    request_plan_change(tx, me(tx), addon_named(tx, me(tx), "first"), "test")


def change(tx: Transaction) -> None:
    app = app_named(tx, me(tx), "acme")
    rollback(tx, app, me(tx).account, "3")
    update_app(tx, me(tx), app, maintenance=True)
    domain = domain_named(tx, app, "*.example.com")
    delete_endpoint(tx, me(tx), app, endpoint_named(tx, app, domain.sni_endpoint_id or ""))
    delete_domain(tx, me(tx), app, domain)
    for dyno in tx.all(Dyno):
        report_gone(tx, dyno, 0)
    job = claim(tx, "boot", ("provision",))
    assert job is not None
    finish(tx, job)


def end(tx: Transaction) -> None:
    addon = addon_named(tx, me(tx), "first")
    destroy_addon(tx, me(tx), addon)
    finish_deprovisioning(tx, addon, None)
    delete_app(tx, me(tx), app_named(tx, me(tx), "acme"))
    create_app(tx, me(tx), name="acme")
    assert tx.count(Attachment) == 0


def share(tx: Transaction) -> None:
    new_customer(tx, "friend@example.com")
    app = app_named(tx, me(tx), "acme")
    add_collaborator(tx, me(tx), app, "friend@example.com")
    team = create_team(tx, me(tx), "crew")
    invite(tx, me(tx), team, "friend@example.com", "member")
    create_team_app(tx, me(tx), team)
    client = create_client(tx, me(tx), "robot", "https://robot.example.com/")
    create_authorization(tx, me(tx), client=client.id)
    regenerate(tx, create_authorization(tx, me(tx), expires_in=60))
    use_link(tx, create_link(tx, me(tx).account).link or "")
    offer(tx, me(tx), "acme", "friend@example.com")


def restrict(tx: Transaction) -> None:
    team, guest = team_named(tx, me(tx), "crew"), new_customer(tx, "guest@example.com")
    made = invitations.invite(tx, me(tx), team, "guest@example.com", "member")
    invitations.accept(tx, guest, made.token)
    new_customer(tx, "late@example.com")
    invitations.invite(tx, me(tx), team, "late@example.com", "admin")
    app = set_lock(tx, me(tx), create_team_app(tx, me(tx), team, name="locked"), True)
    create_webhook(tx, me(tx), app, {"include": list(ACTIONS), "level": "sync", "url": "http://localhost:9/locked"})
    add_to_team_app(tx, me(tx), app, "guest@example.com", [])
    give_permissions(tx, me(tx), app, "guest@example.com", ["deploy"])
    add_favorite(tx, guest, "locked")
    update(tx, me(tx).account, declare(tx, me(tx).account, "Slow", "red", ["Apps"], "Wait."), resolved=True)


SCRIPT: tuple[Step, ...] = (begin, share, restrict, run_the_app, install, name_it, pass_it_on, complete, change, end)


def play(database: Database, steps: tuple[Step, ...]) -> None:
    for step in steps:
        with database.transaction() as tx:
            step(tx)
        with database.transaction() as tx:
            advance(tx, me(tx).account, timedelta(seconds=90, microseconds=7))


def as_bytes(database: Database) -> dict[str, bytes]:
    with database.snapshot() as rows:
        return {noun: json.dumps(kept, default=str).encode() for noun, kept in dump(rows).items()}


def test_the_same_script_writes_the_same_bytes() -> None:
    written = []
    for _ in range(2):
        database = new_database(seed=42)
        play(database, SCRIPT)
        written.append(as_bytes(database))
        database.close()
    assert len(json.loads(written[0]["Event"])) > 40, "a script that does nothing proves nothing"
    assert len(json.loads(written[0]["WebhookDelivery"])) > 40
    assert written[0] == written[1], "events, and every other row too"


def digest() -> str:
    """Of everything that the script writes."""
    database = new_database(seed=42)
    play(database, SCRIPT)
    written = as_bytes(database)
    database.close()
    return sha256(b"".join(written.values())).hexdigest()


@pytest.mark.processes
def test_another_process_with_another_order_of_sets_writes_the_same_bytes() -> None:
    command = [sys.executable, "-c", f"from {__name__} import digest; print(digest())"]
    said = [
        subprocess.run(
            command, env={"PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    assert said == [digest()] * 2


def test_memory_file_and_a_restart_after_any_step_write_the_same_bytes(tmp_path: Path) -> None:
    whole = new_database(seed=42)
    play(whole, SCRIPT)
    expected = as_bytes(whole)
    whole.close()
    for cut in range(len(SCRIPT) + 1):
        path = tmp_path / f"{cut}.db"
        first = new_database(path, seed=42)
        play(first, SCRIPT[:cut])
        first.close()
        second = new_database(path, seed=42)
        restore(second)
        play(second, SCRIPT[cut:])
        assert as_bytes(second) == expected, f"restarted after step {cut}"
        second.close()


def test_a_failed_attempt_in_between_leaves_no_trace_in_what_comes_next() -> None:
    whole, disturbed = new_database(seed=42), new_database(seed=42)
    play(whole, SCRIPT)
    for step in SCRIPT:
        try:
            with disturbed.transaction() as tx:
                step(tx)
                raise InterruptedError
        except InterruptedError:
            pass
        play(disturbed, (step,))
    assert as_bytes(disturbed) == as_bytes(whole)
    whole.close()
    disturbed.close()


def test_another_seed_writes_other_ids() -> None:
    one, other = new_database(seed=1), new_database(seed=2)
    for database in (one, other):
        play(database, SCRIPT[:1])
    assert as_bytes(one)["App"] != as_bytes(other)["App"]
    one.close()
    other.close()
