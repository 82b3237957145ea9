"""Log drains from the customer's side and from the partner's (partner-api §7.1)."""

import re
from dataclasses import replace

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions import addon_logs, drains
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.drains import LogDrain
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import attach, new_addon, new_app, new_customer, new_service, partner_of_addon

URL = "https://user:secret@logs.example.com/path"


@pytest.fixture
def addon(tx: Transaction, customer: Actor, app: App) -> Addon:
    """An add-on of `acme` whose partner takes its logs."""
    new_service(tx, requires=("syslog_drain", "attachable"))
    made = new_addon(tx, customer, app)
    addon_logs.use_drain_url(tx, customer.account, made, "https://partner.example/logs")
    return made


def events(tx: Transaction) -> list[tuple[str, str | None]]:
    """Action and add-on of every event of drains."""
    return [(e.action, e.addon_id) for e in tx.all(Event, kind="log-drain")]


def test_a_drain_has_a_token_of_its_own(tx: Transaction, customer: Actor, app: App) -> None:
    made = drains.create_drain(tx, customer, app, URL)
    other = drains.create_drain(tx, customer, app, "syslog://logs.example.com:514")
    assert made == tx.get(LogDrain, made.id)
    assert (made.app_id, made.addon_id, made.url, made.active) == (app.id, None, URL, True)
    assert re.fullmatch(r"d\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made.token)
    assert made.token != other.token
    assert drains.drains_of_app(tx, app) == [made, other]


def test_the_event_of_a_drain_holds_no_secret(tx: Transaction, customer: Actor, app: App) -> None:
    made = drains.create_drain(tx, customer, app, URL)
    [event] = tx.all(Event, kind="log-drain")
    assert (event.action, event.subject_id, event.app_id) == ("create", made.id, app.id)
    assert event.data == {"to": "https://logs.example.com:443"}
    assert not {"secret", "path", made.token} & set(re.split(r"\W", str(event)))


def test_a_url_is_there_once(tx: Transaction, customer: Actor, app: App) -> None:
    drains.create_drain(tx, customer, app, URL)
    with pytest.raises(InvalidParams, match="acme already has a log drain with this URL"):
        drains.create_drain(tx, customer, app, URL)
    drains.create_drain(tx, customer, new_app(tx, customer), URL)
    assert tx.count(LogDrain) == 2


def test_a_bad_url_is_refused(tx: Transaction, customer: Actor, app: App) -> None:
    with pytest.raises(InvalidParams, match="url must be https; plain http is for"):
        drains.create_drain(tx, customer, app, "http://logs.example.com/")
    assert tx.count(LogDrain) == 0


def test_the_number_of_drains_is_limited(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    """Six in all, an add-on's counted too; the limit never keeps an add-on from its own."""
    for number in range(5):
        drains.create_drain(tx, customer, app, f"{URL}/{number}")
    with pytest.raises(InvalidParams, match="acme already has 6 log drains, and 6 is the most"):
        drains.create_drain(tx, customer, app, f"{URL}/5")
    drains.delete_drain(tx, customer, app, f"{URL}/0")
    drains.create_drain(tx, customer, app, f"{URL}/5")


def test_a_drain_is_found_by_id_token_and_url(tx: Transaction, customer: Actor, app: App) -> None:
    made = drains.create_drain(tx, customer, app, URL)
    drains.create_drain(tx, customer, app, "https://logs.example.com/")
    there = drains.drains_of_app(tx, app)
    for identity in (made.id, made.token, URL):
        assert drains.drain_named(there, identity) == made
    for unknown in ("", "x", made.token.upper(), "https://logs.example.com", made.app_id):
        with pytest.raises(NotFound, match="Couldn't find that log drain"):
            drains.drain_named(there, unknown)


def test_a_customer_removes_his_own(tx: Transaction, customer: Actor, app: App) -> None:
    made = drains.create_drain(tx, customer, app, URL)
    assert drains.delete_drain(tx, customer, app, made.token) == made
    assert tx.count(LogDrain) == 0
    assert events(tx) == [("create", None), ("destroy", None)]
    with pytest.raises(NotFound):
        drains.delete_drain(tx, customer, app, made.id)


def test_another_app_has_not_this_drain(tx: Transaction, customer: Actor, app: App) -> None:
    made = drains.create_drain(tx, customer, app, URL)
    with pytest.raises(NotFound):
        drains.delete_drain(tx, customer, new_app(tx, customer), made.id)


def test_an_add_on_s_drain_cannot_be_removed(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    [drain] = drains.drains_of_app(tx, app)
    with pytest.raises(Forbidden, match=f"belongs to the add-on {addon.name}"):
        drains.delete_drain(tx, customer, app, drain.id)
    assert drains.drains_of_app(tx, app) == [drain]


def test_a_customer_s_drain_goes_before_an_add_on_s_with_the_same_url(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    own = drains.create_drain(tx, customer, app, "https://partner.example/logs")
    assert drains.delete_drain(tx, customer, app, "https://partner.example/logs") == own


def test_the_partner_moves_its_drain(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    partner = partner_of_addon(tx, addon)
    [before] = drains.drains_of_app(tx, app)
    moved = drains.update_drain(tx, partner, addon.id, "https://partner.example/logs", "https://new.example/logs")
    assert (moved.id, moved.token, moved.url) == (before.id, before.token, "https://new.example/logs")
    assert drains.drains_of_app(tx, app) == [moved]
    drains.update_drain(tx, partner, addon.id, moved.token, "https://new.example/logs")
    assert events(tx) == [("create", addon.id), ("update", addon.id)], "the same URL again changes nothing"
    with pytest.raises(InvalidParams):
        drains.update_drain(tx, partner, addon.id, moved.id, "http://new.example/logs")


def test_invariant_14_a_partner_moves_no_drain_but_its_own(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    partner = partner_of_addon(tx, addon)
    own = drains.create_drain(tx, customer, app, URL)
    other_app = new_app(tx, customer)
    foreign = new_addon(tx, customer, other_app)
    addon_logs.use_drain_url(tx, customer.account, foreign, "https://partner.example/other")
    for identity in (own.id, URL, drains.drains_of_app(tx, other_app)[0].id):
        with pytest.raises(NotFound):
            drains.update_drain(tx, partner, addon.id, identity, "https://new.example/")
    with pytest.raises(NotFound):
        drains.update_drain(tx, partner, foreign.id, "https://partner.example/other", "https://new.example/")
    with pytest.raises(Forbidden):
        drains.update_drain(tx, customer, addon.id, "https://partner.example/logs", "https://new.example/")
    for identity in (own.id, URL, drains.drains_of_app(tx, other_app)[0].id):
        with pytest.raises(NotFound):
            drains.delete_drain(tx, partner, app, identity)


def test_a_partner_adds_and_removes_drains_of_its_own(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    partner = partner_of_addon(tx, addon)
    made = drains.create_drain(tx, partner, app, URL)
    assert (made.addon_id, made.active) == (addon.id, True)
    assert made in drains.drains_of_addon(tx, partner, addon)
    assert drains.create_drain(tx, customer, app, URL).addon_id is None, "the customer's own is another one"
    with pytest.raises(InvalidParams, match="already has"):
        drains.create_drain(tx, partner, app, URL)
    with pytest.raises(Forbidden, match="belongs to the add-on"):
        drains.delete_drain(tx, customer, app, made.id)
    assert drains.delete_drain(tx, partner, app, made.token) == made


def test_but_not_where_the_setting_says_so(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    tx.rules = replace(tx.rules, partner_app_drains=False)
    partner = partner_of_addon(tx, addon)
    for act in (drains.create_drain, drains.delete_drain):
        with pytest.raises(Forbidden):
            act(tx, partner, app, "https://partner.example/logs")


def test_an_add_on_s_drains_are_shown_for_the_apps_one_may_see(
    tx: Transaction, customer: Actor, app: App, addon: Addon
) -> None:
    stranger = new_customer(tx, "stranger@example.com")
    theirs = new_app(tx, stranger, "theirs")
    attach(tx, theirs, addon, "SHARED")
    addon_logs.begin_logs(tx, stranger.account, theirs, addon, new_service(tx, requires=("syslog_drain",)))
    partner = partner_of_addon(tx, addon)
    assert {d.app_id for d in drains.drains_of_addon(tx, partner, addon)} == {app.id, theirs.id}
    assert {d.app_id for d in drains.drains_of_addon(tx, customer, addon)} == {app.id}
    assert {d.app_id for d in drains.drains_of_addon(tx, stranger, addon)} == {theirs.id}


def test_drains_go_with_their_app(tx: Transaction, customer: Actor, app: App, addon: Addon) -> None:
    drains.create_drain(tx, customer, app, URL)
    kept = drains.create_drain(tx, customer, new_app(tx, customer), URL)
    delete_app(tx, customer, app)
    assert tx.all(LogDrain) == [kept]
    assert [e for e in events(tx) if e[0] == "create"] == [("create", addon.id), ("create", None), ("create", None)]
    assert [e for e in events(tx) if e[0] == "destroy"] == [("destroy", addon.id), ("destroy", None)]
