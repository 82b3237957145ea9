"""Subscriptions: made, changed, ended; whose they are; what cannot be subscribed to."""

from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.webhooks import (
    create_webhook,
    delete_webhook,
    update_webhook,
    webhook_named,
    webhooks_of,
)
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event, Job
from platform_sim.core.model.webhooks import ACTIONS, DELIVER, PARTNER_EVENTS, Webhook, WebhookDelivery
from platform_sim.core.store import Transaction

from ...support import (
    deploy,
    dump,
    new_addon,
    new_app,
    new_customer,
    new_database,
    new_service,
    partner_of_addon,
)

URL = "https://hooks.example.com/x"
WISH: dict[str, Any] = {"include": ["api:release"], "level": "sync", "url": URL}


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App) -> Addon:
    new_service(tx)
    return new_addon(tx, customer, app)


@pytest.fixture
def hook(tx: Transaction, customer: Actor, app: App) -> Webhook:
    return create_webhook(tx, customer, app, WISH)


def test_a_webhook_of_an_app(tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
    assert (hook.app_id, hook.addon_id, hook.include, hook.level, hook.url) == (
        app.id,
        None,
        ["api:release"],
        "sync",
        URL,
    )
    assert (hook.authorization, hook.failing_since) == (None, None)
    assert len(hook.secret) == 32, "made, since none was given"
    assert hook.secret != create_webhook(tx, customer, app, WISH).secret


def test_a_webhook_of_an_addon(tx: Transaction, addon: Addon) -> None:
    given = WISH | {"secret": "s", "authorization": "Bearer abc", "level": "notify"}
    hook = create_webhook(tx, partner_of_addon(tx, addon), addon, given)
    assert (hook.app_id, hook.addon_id, hook.level) == (None, addon.id, "notify")
    assert (hook.secret, hook.authorization) == ("s", "Bearer abc")


def test_neither_event_nor_text_of_the_row_holds_url_or_secret(
    tx: Transaction, customer: Actor, app: App, hook: Webhook
) -> None:
    update_webhook(
        tx, customer, app, hook, {"secret": "other-secret", "authorization": "Bearer abc", "level": "notify"}
    )
    hook = tx.get(Webhook, hook.id)
    delete_webhook(tx, customer, hook)
    events = tx.all(Event, kind="webhook")
    assert [(e.action, e.data, e.previous) for e in events] == [
        ("create", {"include": ["api:release"], "level": "sync"}, {}),
        ("update", {"include": ["api:release"], "level": "notify"}, {"level": "sync"}),
        ("destroy", {"include": ["api:release"], "level": "notify"}, {}),
    ]
    assert {(e.app_id, e.addon_id, e.actor_id) for e in events} == {(app.id, None, customer.account.id)}
    assert "other-secret" not in repr(hook)
    assert "Bearer" not in repr(hook)


def test_names_are_kept_once_in_the_order_given(tx: Transaction, customer: Actor, app: App) -> None:
    names = ["dyno", "api:app", "dyno"]
    assert create_webhook(tx, customer, app, WISH | {"include": names}).include == ["dyno", "api:app"]
    assert create_webhook(tx, customer, app, WISH | {"include": list(ACTIONS)}).include == list(ACTIONS)


BAD: list[dict[str, Any]] = [
    {"include": []},
    {"include": ["api:release", "api:everything"]},
    {"include": ["release"]},
    {"level": "async"},
    {"level": ""},
    {"url": ""},
    {"url": "hooks.example.com/x"},
    {"url": "ftp://hooks.example.com/x"},
    {"url": "https://"},
    {"url": "https:///x"},
    {"url": "https://a:99999/"},
    {"url": "https://a:0/"},
    {"url": "https://[::1/"},
    {"url": "https://hooks.example.com/a b"},
    {"url": "https://hooks.example.com/\r\nX: y"},
    {"url": "https://hooks.example.com/ü"},
    {"url": "https://hooks.example.com/" + "x" * 2000},
    {"authorization": ""},
    {"authorization": "Bearer a\r\nX: y"},
    {"authorization": " Bearer a"},
    {"authorization": "Bearer a "},
    {"authorization": "Bearer ü"},
    {"authorization": "x" * 1001},
    {"secret": ""},
    {"secret": "a\nb"},
    {"secret": "x" * 1001},
]


@pytest.mark.parametrize("wrong", BAD, ids=str)
def test_what_cannot_be_used_is_refused_with_its_name_and_nothing_is_written(
    tx: Transaction, customer: Actor, app: App, hook: Webhook, wrong: dict[str, Any]
) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams) as created:
        create_webhook(tx, customer, app, WISH | wrong)
    with pytest.raises(InvalidParams) as updated:
        update_webhook(tx, customer, app, hook, wrong)
    [name] = wrong
    assert created.value.message == updated.value.message
    assert name in created.value.message or "no event" in created.value.message
    assert len(created.value.message) < 400
    assert dump(tx) == before


@pytest.mark.parametrize(
    "url", ["http://localhost:9/x", "http://127.0.0.1/", "https://u:p@a.b:8443/x?y=1#z", "http://[::1]:80"]
)
def test_urls_that_can_be_used(tx: Transaction, customer: Actor, app: App, url: str) -> None:
    assert create_webhook(tx, customer, app, WISH | {"url": url}).url == url


def test_dyno_events_are_not_for_partners_unless_the_operator_says_so(tx: Transaction, addon: Addon) -> None:
    partner = partner_of_addon(tx, addon)
    assert create_webhook(tx, partner, addon, WISH | {"include": list(PARTNER_EVENTS)})
    with pytest.raises(Forbidden, match=r"may not include dyno\. .*PLATFORM_SIM_PARTNER_EVENTS"):
        create_webhook(tx, partner, addon, WISH | {"include": ["api:app", "dyno"]})


def test_the_operator_says_what_partners_may_hear() -> None:
    rows = new_database(partner_events=("api:addon", "dyno"))
    with rows.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        new_service(tx)
        addon = new_addon(tx, customer, app)
        partner = partner_of_addon(tx, addon)
        hook = create_webhook(tx, partner, addon, WISH | {"include": ["dyno", "api:addon"]})
        with pytest.raises(Forbidden, match="may not include api:build, api:release"):
            update_webhook(tx, partner, addon, hook, {"include": ["api:release", "api:build", "dyno"]})
        assert create_webhook(tx, customer, app, WISH).include == ["api:release"], "customers may all"
    rows.close()


def test_only_what_is_named_changes(tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
    given = {"authorization": "Bearer abc", "secret": "s"}
    changed = update_webhook(tx, customer, app, hook, given)
    assert (changed.authorization, changed.secret, changed.url, changed.level) == ("Bearer abc", "s", URL, "sync")
    emptied = update_webhook(tx, customer, app, changed, {"authorization": None, "secret": None})
    assert emptied.authorization is None
    assert len(emptied.secret) == 32
    assert emptied.secret != hook.secret


def test_a_change_to_the_same_writes_nothing(tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
    before = dump(tx)
    assert update_webhook(tx, customer, app, hook, WISH) == hook
    assert update_webhook(tx, customer, app, hook, {}) == hook
    assert dump(tx) == before


def test_each_owner_sees_its_own_only(tx: Transaction, customer: Actor, app: App, hook: Webhook, addon: Addon) -> None:
    other = new_app(tx, customer, "other")
    theirs = create_webhook(tx, partner_of_addon(tx, addon), addon, WISH)
    assert [webhooks_of(tx, owner) for owner in (app, other, addon)] == [[hook], [], [theirs]]
    assert webhook_named(tx, app, hook.id) == hook
    for owner, foreign in ((app, theirs.id), (addon, hook.id), (other, hook.id), (app, "nonsense"), (app, app.id)):
        with pytest.raises(NotFound):
            webhook_named(tx, owner, foreign)


@pytest.mark.parametrize("level", ["sync", "notify"])
def test_with_a_webhook_goes_what_is_owed_to_it_and_nothing_else(
    tx: Transaction, customer: Actor, app: App, level: str
) -> None:
    going = create_webhook(tx, customer, app, WISH | {"level": level})
    staying = create_webhook(tx, customer, app, WISH | {"level": level})
    deploy(tx, customer, app)
    deploy(tx, customer, app, "bbbbbbbb02")
    assert tx.count(WebhookDelivery, webhook_id=going.id) == tx.count(WebhookDelivery, webhook_id=staying.id) == 2
    delete_webhook(tx, customer, going)
    assert tx.all(Webhook) == [staying]
    left = tx.all(WebhookDelivery)
    assert {each.webhook_id for each in left} == {staying.id}
    waiting = tx.all(Job, kind=DELIVER, state="todo")
    assert {job.payload["delivery_id"] for job in waiting} == {each.id for each in left}
    assert tx.count(Job, kind=DELIVER, state="done") == 2
