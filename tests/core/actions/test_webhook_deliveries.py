"""Which webhooks hear of what, and what is written for them (partner-api §6.2, §6.3)."""

from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_config import partner_provisions, update_config
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.addons_outcome import fail_provisioning
from platform_sim.core.actions.apps import delete_app, update_app
from platform_sim.core.actions.attachments import detach
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.dynos import add_formation_dyno, report_gone, report_state, restart_dynos, run_dyno
from platform_sim.core.actions.formation import Scaling, scale
from platform_sim.core.actions.webhook_deliveries import (
    deliveries_of,
    delivery_named,
    event_named,
    events_of,
)
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.errors import NotFound
from platform_sim.core.model.addons import Addon, Attachment
from platform_sim.core.model.apps import App, Dyno
from platform_sim.core.model.records import Event, Job
from platform_sim.core.model.values import iso
from platform_sim.core.model.webhooks import ACTIONS, DELIVER, PARTNER_EVENTS, Webhook, WebhookDelivery
from platform_sim.core.store import Transaction

from ...support import (
    attach,
    deploy,
    new_addon,
    new_app,
    new_customer,
    new_pending_addon,
    new_service,
    partner_of_addon,
)

URL = "https://hooks.example.com/x"
Told = list[tuple[str, str]]


def everything(level: str = "notify") -> dict[str, Any]:
    return {"include": list(ACTIONS), "level": level, "url": URL}


@pytest.fixture(autouse=True)
def services(tx: Transaction) -> None:
    new_service(tx, requires=("many_per_app",))
    new_service(tx, "database")


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App) -> Addon:
    return new_addon(tx, customer, app)


@pytest.fixture
def hook(tx: Transaction, customer: Actor, app: App) -> Webhook:
    return create_webhook(tx, customer, app, everything())


def partners_hook(tx: Transaction, addon: Addon) -> Webhook:
    return create_webhook(tx, partner_of_addon(tx, addon), addon, everything() | {"include": list(PARTNER_EVENTS)})


def payloads(tx: Transaction, hook: Webhook) -> list[dict[str, Any]]:
    return [each.payload for each in tx.all(WebhookDelivery, webhook_id=hook.id, order_by="seq")]


def told(tx: Transaction, hook: Webhook) -> Told:
    """Resource and action of each delivery, in order."""
    return [(each["resource"], each["action"]) for each in payloads(tx, hook)]


class TestPayload:
    """What is sent."""

    def test_it_has_the_documented_fields(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        update_app(tx, customer, app, maintenance=True)
        [event] = tx.all(Event, kind="app", action="update")
        [delivery] = tx.all(WebhookDelivery)
        payload = dict(delivery.payload)
        metadata, data = payload.pop("webhook_metadata"), payload.pop("data")
        assert payload == {
            "id": event.id,
            "action": "update",
            "actor": {"id": customer.account.id, "email": "user@example.com"},
            "created_at": iso(event.created_at),
            "updated_at": iso(event.created_at),
            "published_at": None,
            "sequence": None,
            "resource": "app",
            "version": "application/vnd.heroku+json; version=3",
            "previous_data": {"maintenance": False},
        }
        assert (data["id"], data["maintenance"]) == (app.id, True)
        assert set(metadata) == {"attempt", "delivery", "event", "webhook"}
        assert metadata["delivery"] == {"id": delivery.id}
        assert metadata["event"] == {"id": event.id, "include": "api:app"}
        assert metadata["webhook"] == {"id": hook.id}
        assert len({metadata["attempt"]["id"], delivery.id, event.id, hook.id}) == 4

    def test_two_webhooks_hear_the_same_event_in_deliveries_of_their_own(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        second = create_webhook(tx, customer, app, everything("sync"))
        update_app(tx, customer, app, maintenance=True)
        [one], [other] = payloads(tx, hook), payloads(tx, second)
        assert one.pop("webhook_metadata") != other.pop("webhook_metadata")
        assert one == other
        [event] = events_of(tx, app)
        assert event.event_id == one["id"]

    def test_a_new_addon_is_provisioning_and_empty(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        new_addon(tx, customer, app)
        created = next(p for p in payloads(tx, hook) if (p["resource"], p["action"]) == ("addon", "create"))
        data = created["data"]
        assert (data["state"], data["provider_id"], data["config_vars"]) == ("provisioning", "", [])

    def test_what_a_partner_does_is_done_by_its_account(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        pending = new_pending_addon(tx, customer, app)
        partner = partner_of_addon(tx, pending)
        update_config(tx, partner, pending.id, [("EXCEPTIONS_URL", "http://secret.test")])
        partner_provisions(tx, partner, pending.id)
        update_config(tx, partner, pending.id, [("EXCEPTIONS_URL", "http://rotated.test")])
        actors = [(p["resource"], p["action"], p["actor"]["email"]) for p in payloads(tx, hook)]
        service = "exceptions@addons.heroku.com"
        assert actors[-3:] == [
            ("release", "create", service),
            ("addon", "update", service),
            ("release", "create", service),
        ]
        assert {email for _, _, email in actors[:-3]} == {"user@example.com"}

    def test_what_the_platform_does_is_done_for_the_owner(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        release = deploy(tx, customer, app)
        dyno = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
        report_state(tx, dyno, "up")
        [made, up] = payloads(tx, hook)[-2:]
        assert (made["resource"], made["action"], up["action"]) == ("dyno", "create", "update")
        assert made["actor"] == up["actor"] == {"id": customer.account.id, "email": "user@example.com"}
        assert (up["data"]["state"], up["previous_data"]) == ("up", {"state": "starting"})

    def test_the_end_of_an_addon_whose_app_is_gone_is_told_for_who_installed_it(
        self, tx: Transaction, customer: Actor, app: App, addon: Addon
    ) -> None:
        hook = partners_hook(tx, addon)
        delete_app(tx, customer, app)
        finish_deprovisioning(tx, addon, None)
        last = payloads(tx, hook)[-1]
        assert (last["resource"], last["action"], last["data"]["app"]["name"]) == ("addon", "destroy", "deleted")
        assert last["actor"]["id"] == customer.account.id


class TestWhoHears:
    """Of an app, of an instance, of others."""

    def test_only_what_is_included(self, tx: Transaction, customer: Actor, app: App) -> None:
        hook = create_webhook(tx, customer, app, everything() | {"include": ["api:release"]})
        update_app(tx, customer, app, maintenance=True)
        deploy(tx, customer, app)
        assert told(tx, hook) == [("release", "create")]

    def test_the_life_of_an_app(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        release = deploy(tx, customer, app)
        scale(tx, customer, app, [Scaling("worker", "1")])
        dyno = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
        run_dyno(tx, customer, app, "ls")
        restart_dynos(tx, customer, app, dyno=dyno)
        report_gone(tx, dyno, 0)
        deploy(tx, customer, app, "bbbbbbbb02", web="serve")
        assert told(tx, hook) == [
            ("build", "create"),
            ("release", "create"),
            ("build", "update"),
            ("formation", "update"),
            ("dyno", "create"),
            ("dyno", "create"),
            ("dyno", "destroy"),
            ("build", "create"),
            ("release", "create"),
            ("formation", "destroy"),
            ("build", "update"),
        ]

    def test_a_restart_that_was_asked_for_has_not_happened_yet(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        dyno = add_formation_dyno(tx, deploy(tx, customer, app), "web.1", "serve", "Basic")
        before = told(tx, hook)
        restart_dynos(tx, customer, app)
        assert told(tx, hook) == before
        report_state(tx, dyno, "down", exit_status=0)
        assert told(tx, hook) == [*before, ("dyno", "update")]

    def test_other_apps_are_not_heard(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        other = new_app(tx, customer, "other")
        update_app(tx, customer, other, maintenance=True)
        update_app(tx, new_customer(tx, "b@example.com"), new_app(tx, customer, "third"), maintenance=True)
        assert told(tx, hook) == []

    def test_a_partner_hears_of_its_instance_and_of_each_app_it_is_attached_to(
        self, tx: Transaction, customer: Actor, app: App, addon: Addon
    ) -> None:
        hook = partners_hook(tx, addon)
        other = new_app(tx, customer, "other")
        update_app(tx, customer, other, maintenance=True)
        assert told(tx, hook) == [], "not attached yet"
        borrowed = attach(tx, other, addon, "BORROWED")
        update_app(tx, customer, other, name="renamed")
        update_app(tx, customer, app, name="own-renamed")
        detach(tx, customer.account, other, borrowed, addon)
        update_app(tx, customer, other, maintenance=False)
        assert told(tx, hook) == [("app", "update"), ("app", "update"), ("addon-attachment", "destroy")]
        assert [p["data"]["name"] for p in payloads(tx, hook)] == ["renamed", "own-renamed", "BORROWED"]

    def test_attached_twice_is_told_once(self, tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
        hook = partners_hook(tx, addon)
        attach(tx, app, addon, "AGAIN")
        update_app(tx, customer, app, maintenance=True)
        assert told(tx, hook) == [("app", "update")]

    def test_invariant_14_a_partner_hears_nothing_of_other_addons_on_its_app(
        self, tx: Transaction, customer: Actor, app: App, addon: Addon
    ) -> None:
        hook = partners_hook(tx, addon)
        foreign, sister = new_addon(tx, customer, app, "database"), new_addon(tx, customer, app)
        for each in (foreign, sister):
            destroy_addon(tx, customer, each)
            finish_deprovisioning(tx, each, None)
        assert {resource for resource, _ in told(tx, hook)} == {"release"}

    def test_a_partner_hears_the_end_of_its_instance(
        self, tx: Transaction, customer: Actor, app: App, addon: Addon
    ) -> None:
        hook = partners_hook(tx, addon)
        destroy_addon(tx, customer, addon)
        finish_deprovisioning(tx, addon, None)
        assert told(tx, hook) == [("addon-attachment", "destroy"), ("addon", "update"), ("addon", "destroy")]
        states = [p["data"]["state"] for p in payloads(tx, hook) if p["resource"] == "addon"]
        assert states == ["deprovisioning", "deprovisioned"]

    def test_a_failed_install_is_told_to_the_app(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        pending = new_pending_addon(tx, customer, app)
        fail_provisioning(tx, pending, "No.", clean_up=True)
        assert told(tx, hook)[-1] == ("addon", "destroy")
        assert payloads(tx, hook)[-1]["previous_data"] == {"state": "provisioning"}


class TestQueue:
    """Jobs and their order."""

    def test_ordered_webhooks_have_one_queue_and_others_none(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        ordered = create_webhook(tx, customer, app, everything("sync"))
        change_config_vars(tx, customer, app, {"A": "1"})
        change_config_vars(tx, customer, app, {"A": "2"})
        jobs = tx.all(Job, kind=DELIVER)
        rows = {each.id: each for each in tx.all(WebhookDelivery)}
        subjects = [(rows[j.payload["delivery_id"]].webhook_id, j.subject_id) for j in jobs]
        single = [subject for webhook, subject in subjects if webhook == hook.id]
        assert [s for w, s in subjects if w == ordered.id] == [ordered.id, ordered.id]
        assert single == [each.id for each in rows.values() if each.webhook_id == hook.id]

    def test_the_first_is_scheduled_and_what_waits_behind_it_is_pending(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        ordered = create_webhook(tx, customer, app, everything("sync"))
        for value in "123":
            change_config_vars(tx, customer, app, {"A": value})
        states = {each.id: [(d.status, d.next_attempt_at) for d, w in deliveries_of(tx, app) if w == each]
                  for each in (hook, ordered)}  # fmt: skip
        assert states[hook.id] == [("scheduled", tx.now())] * 3
        assert states[ordered.id] == [("scheduled", tx.now()), ("pending", None), ("pending", None)]

    def test_jobs_have_the_cause_of_the_event(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        update_app(tx, customer, app, maintenance=True)
        [job] = tx.all(Job, kind=DELIVER)
        assert job.cause_id == tx.all(Event)[-1].cause_id == "cause-of-the-test"


class TestEnd:
    """Webhooks of what has ended: nobody sees them, what is owed still goes out, then they go too."""

    def test_a_deleted_app_is_told_and_its_webhooks_hear_nothing_after(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        dyno = add_formation_dyno(tx, deploy(tx, customer, app), "web.1", "serve", "Basic")
        addon = new_addon(tx, customer, app)
        delete_app(tx, customer, app)
        assert told(tx, hook)[-1] == ("app", "destroy")
        assert payloads(tx, hook)[-1]["data"]["name"] == "acme"
        report_gone(tx, tx.get(Dyno, dyno.id), 0)
        finish_deprovisioning(tx, addon, None)
        assert told(tx, hook)[-1] == ("app", "destroy")

    def test_a_webhook_to_which_nothing_is_owed_goes_with_its_app(
        self, tx: Transaction, customer: Actor, app: App
    ) -> None:
        create_webhook(tx, customer, app, everything() | {"include": ["api:build"]})
        delete_app(tx, customer, app)
        assert tx.all(Webhook) == []

    def test_a_webhook_to_which_nothing_is_owed_goes_with_its_addon(
        self, tx: Transaction, customer: Actor, addon: Addon
    ) -> None:
        create_webhook(tx, partner_of_addon(tx, addon), addon, everything() | {"include": ["api:build"]})
        destroy_addon(tx, customer, addon)
        assert tx.count(Webhook) == 1
        finish_deprovisioning(tx, addon, None)
        assert tx.all(Webhook) == []

    def test_a_partner_hears_that_the_app_of_its_instance_was_deleted(
        self, tx: Transaction, customer: Actor, app: App, addon: Addon
    ) -> None:
        hook = partners_hook(tx, addon)
        delete_app(tx, customer, app)
        assert tx.count(Attachment) == 0
        assert told(tx, hook) == [("addon-attachment", "destroy"), ("addon", "update"), ("app", "destroy")]


class TestFinding:
    """Deliveries and events as their owner finds them."""

    def test_by_status(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        for on in (True, False):
            update_app(tx, customer, tx.get(App, app.id), maintenance=on)
        first = deliveries_of(tx, app)[0][0]
        tx.update(first, status="failed")
        assert [d.id for d, _ in deliveries_of(tx, app, "failed")] == [first.id]
        assert len(deliveries_of(tx, app, "scheduled")) == 1
        assert deliveries_of(tx, app, "skipped") == []

    def test_seq_rises_over_all_webhooks(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        create_webhook(tx, customer, new_app(tx, customer, "other"), everything())
        create_webhook(tx, customer, app, everything("sync"))
        for on in (True, False):
            update_app(tx, customer, tx.get(App, app.id), maintenance=on)
        assert [d.seq for d, _ in deliveries_of(tx, app)] == [1, 2, 3, 4]
        assert [d.seq for d in events_of(tx, app)] == [1, 3]

    def test_what_belongs_to_others_does_not_exist(
        self, tx: Transaction, customer: Actor, app: App, addon: Addon, hook: Webhook
    ) -> None:
        theirs = partners_hook(tx, addon)
        other = new_app(tx, customer, "other")
        change_config_vars(tx, customer, app, {"A": "1"})
        [mine] = deliveries_of(tx, app)
        [foreign] = deliveries_of(tx, addon)
        assert (mine[1], foreign[1]) == (hook, theirs)
        assert deliveries_of(tx, other) == []
        assert events_of(tx, other) == []
        assert delivery_named(tx, app, mine[0].id) == mine
        for owner, identity in ((app, foreign[0].id), (addon, mine[0].id), (other, mine[0].id), (app, "x")):
            with pytest.raises(NotFound):
                delivery_named(tx, owner, identity)
        both = mine[0].event_id
        assert event_named(tx, app, both).webhook_id == hook.id
        assert event_named(tx, addon, both).webhook_id == theirs.id
        for owner, identity in ((other, both), (app, mine[0].id), (app, "x")):
            with pytest.raises(NotFound):
                event_named(tx, owner, identity)
