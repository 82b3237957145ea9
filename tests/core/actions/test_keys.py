"""Keys: a person's own, each once."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.keys import add_key, key_named, keys_of, remove_key
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import dump, new_addon, new_customer, new_service, partner_of_addon
from ..model.test_keys import FINGERPRINT, LINE


def test_a_key_is_added_found_and_removed(tx: Transaction, customer: Actor) -> None:
    key = add_key(tx, customer, LINE + "\n")
    assert (key.public_key, key.comment, key.fingerprint) == (LINE, "x@y", FINGERPRINT)
    assert key_named(tx, customer, key.id) == key_named(tx, customer, FINGERPRINT) == key
    remove_key(tx, customer, key)
    assert keys_of(tx, customer) == []
    assert [(e.action, e.data) for e in tx.all(Event, kind="key")] == [
        ("create", {"fingerprint": FINGERPRINT}),
        ("destroy", {"fingerprint": FINGERPRINT}),
    ]


def test_a_key_is_one_person_s(tx: Transaction, customer: Actor) -> None:
    key = add_key(tx, customer, LINE)
    stranger = new_customer(tx, "stranger@example.com")
    assert keys_of(tx, stranger) == []
    with pytest.raises(NotFound):
        key_named(tx, stranger, key.id)
    for who in (customer, stranger):
        with pytest.raises(InvalidParams, match="already exists"):
            add_key(tx, who, LINE.replace("x@y", "z"))


def test_what_is_no_key_is_refused_and_partners_have_none(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    before = dump(tx)
    with pytest.raises(InvalidParams, match="public key of OpenSSH"):
        add_key(tx, customer, "nonsense")
    with pytest.raises(Forbidden):
        add_key(tx, partner, LINE)
    with pytest.raises(Forbidden):
        keys_of(tx, partner)
    assert dump(tx) == before
