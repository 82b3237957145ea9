"""What becomes of attempts: one for `notify`, many for `sync`, and when an endpoint is given up (partner-api §6.4)."""

from datetime import datetime, timedelta

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.apps import delete_app, update_app
from platform_sim.core.actions.webhook_deliveries import record_attempt
from platform_sim.core.actions.webhooks import create_webhook, delete_webhook, update_webhook
from platform_sim.core.model.apps import App
from platform_sim.core.model.values import iso
from platform_sim.core.model.webhooks import Webhook, WebhookDelivery
from platform_sim.core.store import Transaction

from ...support import START, new_addon, new_app, new_customer, new_database, new_service, partner_of_addon

HOUR = 3600.0
WISH = {"include": ["api:app", "api:addon"], "level": "sync", "url": "http://localhost:9/x"}


@pytest.fixture
def hook(tx: Transaction, customer: Actor, app: App) -> Webhook:
    return create_webhook(tx, customer, app, WISH)


def event(tx: Transaction, customer: Actor, app: App) -> WebhookDelivery:
    """One more event of the app, as the delivery that it makes."""
    now = tx.get(App, app.id)
    update_app(tx, customer, now, maintenance=not now.maintenance)
    return tx.all(WebhookDelivery, order_by="seq")[-1]


def attempt(
    tx: Transaction, delivery: WebhookDelivery, code: int | None = 500, *, retried: bool = True, why: str | None = None
) -> WebhookDelivery:
    told = record_attempt(tx, delivery, code=code, error_class=why, began_at=tx.now(), retried=retried)
    assert told is not None
    return told


def try_until_over(tx: Transaction, delivery: WebhookDelivery) -> tuple[WebhookDelivery, list[float]]:
    """Fail, wait as long as it says, fail again...: the delivery at its end, and the waits in seconds."""
    waits: list[float] = []
    while True:
        delivery = attempt(tx, delivery)
        if delivery.next_attempt_at is None:
            return delivery, waits
        waits.append((delivery.next_attempt_at - tx.now()).total_seconds())
        tx.clock.advance(delivery.next_attempt_at - tx.now())


@pytest.mark.parametrize("code", [200, 201, 204, 299])
def test_any_2xx_is_a_success(tx: Transaction, customer: Actor, app: App, hook: Webhook, code: int) -> None:
    done = attempt(tx, event(tx, customer, app), code)
    assert (done.status, done.num_attempts, done.next_attempt_at) == ("succeeded", 1, None)
    assert done.last_attempt == {
        "id": done.payload["webhook_metadata"]["attempt"]["id"],
        "code": code,
        "error_class": None,
        "status": "succeeded",
        "created_at": iso(START),
        "updated_at": iso(START),
    }
    assert tx.get(Webhook, hook.id) == hook


@pytest.mark.parametrize("code", [100, 199, 300, 307, 400, 404, 410, 500, 503, None])
def test_everything_else_is_not(tx: Transaction, customer: Actor, app: App, hook: Webhook, code: int | None) -> None:
    why = "timeout" if code is None else None
    failed = attempt(tx, event(tx, customer, app), code, why=why)
    assert (failed.status, failed.num_attempts) == ("retrying", 1)
    assert failed.next_attempt_at == START + timedelta(seconds=1)
    assert failed.last_attempt is not None
    assert (failed.last_attempt["status"], failed.last_attempt["code"], failed.last_attempt["error_class"]) == (
        "failed",
        code,
        why,
    )


def test_notify_is_one_attempt(tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
    failed = attempt(tx, event(tx, customer, app), 503, retried=False)
    assert (failed.status, failed.num_attempts, failed.next_attempt_at) == ("failed", 1, None)


def test_72_hours_of_retries_double_to_an_hour(tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
    delivery, waits = try_until_over(tx, event(tx, customer, app))
    assert waits[:13] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, HOUR]
    assert set(waits[12:-1]) == {HOUR}
    assert 0 < waits[-1] <= HOUR
    assert sum(waits) == 72 * HOUR, "the last attempt is at the very end"
    assert tx.now() == START + timedelta(hours=72)
    assert (delivery.status, delivery.num_attempts) == ("failed", len(waits) + 1)


def test_seven_days_as_before_2023_are_180_tries() -> None:
    rows = new_database(webhook_retry_window=7 * 24 * HOUR)
    with rows.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        create_webhook(tx, customer, app, WISH)
        delivery, waits = try_until_over(tx, event(tx, customer, app))
    assert sum(waits) == 7 * 24 * HOUR
    assert delivery.num_attempts == 180
    rows.close()


def test_the_settings_decide() -> None:
    rows = new_database(webhook_retry_window=100, webhook_retry_delay=10, webhook_retry_longest=30)
    with rows.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        create_webhook(tx, customer, app, WISH)
        _, waits = try_until_over(tx, event(tx, customer, app))
    assert waits == [10, 20, 30, 30, 10]
    rows.close()


def test_an_event_is_tried_for_72_hours_from_its_own_creation(
    tx: Transaction, customer: Actor, app: App, hook: Webhook
) -> None:
    first = event(tx, customer, app)
    tx.clock.advance(timedelta(hours=10))
    second = event(tx, customer, app)
    tx.clock.advance(timedelta(hours=62))
    assert attempt(tx, first).status == "failed"
    ended, waits = try_until_over(tx, second)
    assert (ended.status, sum(waits)) == ("failed", 10 * HOUR)
    assert waits[0] == 1, "the waits begin anew"


def test_once_an_endpoint_has_failed_as_long_older_events_get_one_try_each(
    tx: Transaction, customer: Actor, app: App, hook: Webhook
) -> None:
    old = [event(tx, customer, app) for _ in range(3)]
    ended, _ = try_until_over(tx, old[0])
    assert ended.status == "failed"
    for each in old[1:]:
        skipped = attempt(tx, each)
        assert (skipped.status, skipped.num_attempts, skipped.next_attempt_at) == ("skipped", 1, None)
    fresh = event(tx, customer, app)
    assert attempt(tx, fresh).status == "retrying", "a new event is tried as ever"


def test_without_that_status_they_fail() -> None:
    rows = new_database(webhook_skips=False)
    with rows.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        create_webhook(tx, customer, app, WISH)
        old = [event(tx, customer, app) for _ in range(2)]
        try_until_over(tx, old[0])
        assert attempt(tx, old[1]).status == "failed"
    rows.close()


def test_a_late_first_try_of_a_healthy_endpoint_is_not_skipped(
    tx: Transaction, customer: Actor, app: App, hook: Webhook
) -> None:
    """The platform itself was away: the endpoint has not failed for 72 hours."""
    late = event(tx, customer, app)
    tx.clock.advance(timedelta(hours=80))
    assert attempt(tx, late).status == "failed"


def test_nor_is_one_that_has_failed_for_less(tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
    first, second = event(tx, customer, app), event(tx, customer, app)
    tx.clock.advance(timedelta(hours=70))
    attempt(tx, first)
    tx.clock.advance(timedelta(hours=3))
    assert attempt(tx, second).status == "failed"
    tx.clock.advance(timedelta(hours=69))
    assert attempt(tx, tx.update(second, num_attempts=0)).status == "skipped", "72 hours after the first failure"


def test_an_endpoint_fails_since_its_first_failure_until_its_next_success(
    tx: Transaction, customer: Actor, app: App, hook: Webhook
) -> None:
    def since() -> datetime | None:
        return tx.get(Webhook, hook.id).failing_since

    delivery = event(tx, customer, app)
    attempt(tx, delivery)
    tx.clock.advance(timedelta(hours=1))
    attempt(tx, delivery)
    assert since() == START
    assert tx.get(Webhook, hook.id).updated_at == START, "nobody has changed the subscription"
    attempt(tx, delivery, 204)
    assert since() is None
    assert tx.get(Webhook, hook.id).updated_at == START
    tx.clock.advance(timedelta(hours=1))
    attempt(tx, event(tx, customer, app))
    assert since() == START + timedelta(hours=2)


def test_payload_and_ids_stay_the_same_at_each_attempt(
    tx: Transaction, customer: Actor, app: App, hook: Webhook
) -> None:
    delivery = event(tx, customer, app)
    first = attempt(tx, delivery)
    tx.clock.advance(timedelta(seconds=1))
    update_webhook(tx, customer, app, hook, {"level": "notify", "url": "http://localhost:9/moved"})
    second = attempt(tx, delivery)
    assert first.payload == second.payload == delivery.payload
    assert first.last_attempt is not None
    assert second.last_attempt is not None
    assert first.last_attempt["id"] == second.last_attempt["id"]
    assert second.last_attempt["created_at"] == iso(START + timedelta(seconds=1))
    assert second.num_attempts == 2


def test_an_attempt_whose_webhook_was_removed_meanwhile_is_not_written(
    tx: Transaction, customer: Actor, app: App, hook: Webhook
) -> None:
    delivery = event(tx, customer, app)
    delete_webhook(tx, customer, hook)
    assert record_attempt(tx, delivery, code=200, error_class=None, began_at=START, retried=True) is None
    assert tx.count(WebhookDelivery) == 0


@pytest.mark.parametrize("code", [204, 500])
def test_a_deleted_apps_webhook_goes_with_the_last_thing_owed_to_it(
    tx: Transaction, customer: Actor, app: App, hook: Webhook, code: int
) -> None:
    event(tx, customer, app)
    delete_app(tx, customer, app)
    for left in (2, 1):
        owed = tx.all(WebhookDelivery, status=("scheduled", "pending"), order_by="seq")
        assert len(owed) == left
        assert tx.count(Webhook) == 1
        attempt(tx, owed[0], code, retried=False)
    assert tx.count(Webhook) == tx.count(WebhookDelivery) == 0


def test_a_deprovisioned_addons_webhook_too(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    addon = new_addon(tx, customer, app)
    create_webhook(tx, partner_of_addon(tx, addon), addon, WISH)
    destroy_addon(tx, customer, addon)
    [going] = tx.all(WebhookDelivery)
    attempt(tx, going, 204)
    assert tx.count(Webhook) == 1, "it is not gone yet"
    finish_deprovisioning(tx, addon, None)
    [_, last] = tx.all(WebhookDelivery)
    attempt(tx, last, 204)
    assert tx.count(Webhook) == tx.count(WebhookDelivery) == 0
