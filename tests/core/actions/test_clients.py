"""OAuth clients: who sees them, what they may be called, where they may send people."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.clients import (
    client_by_id,
    client_named,
    clients_of,
    create_client,
    delete_client,
    has_secret,
    rotate_secret,
    update_client,
)
from platform_sim.core.errors import Forbidden, InvalidParams, NotFound
from platform_sim.core.model.records import Event
from platform_sim.core.store import Transaction

from ...support import new_addon, new_app, new_customer, new_service, partner_of_addon

HERE = "https://robot.example.com/callback"


def test_a_client_is_made_changed_and_ended(tx: Transaction, customer: Actor) -> None:
    made = create_client(tx, customer, "robot", HERE)
    assert clients_of(tx, customer) == [made]
    assert has_secret(made, made.secret)
    assert not has_secret(made, "")
    changed = update_client(tx, customer, made, "other", None)
    assert (changed.name, changed.redirect_uri, changed.secret) == ("other", HERE, made.secret)
    changed = update_client(tx, customer, changed, None, "http://localhost:3000/cb")
    assert (changed.name, changed.redirect_uri) == ("other", "http://localhost:3000/cb")
    rotated = rotate_secret(tx, customer, changed)
    assert client_named(tx, customer, made.id) == rotated
    delete_client(tx, customer, rotated)
    assert clients_of(tx, customer) == []
    events = tx.all(Event, kind="oauth-client")
    assert [e.action for e in events] == ["create", "update", "update", "update", "destroy"]
    assert not {made.secret, rotated.secret} & set(str(events).replace("'", " ").split())


def test_only_who_has_made_it_sees_it_anybody_may_name_it(tx: Transaction, customer: Actor) -> None:
    made, stranger = create_client(tx, customer, "robot", HERE), new_customer(tx, "stranger@example.com")
    assert clients_of(tx, stranger) == []
    with pytest.raises(NotFound) as raised:
        client_named(tx, stranger, made.id)
    assert raised.value.body()["resource"] == "client"
    assert client_by_id(tx, made.id) == made
    with pytest.raises(NotFound):
        client_by_id(tx, "robot")


@pytest.mark.parametrize("uri", [HERE, "https://x.example:8443/?a=b", "http://localhost:5000/", "http://127.0.0.1/cb"])
def test_good_addresses(tx: Transaction, customer: Actor, uri: str) -> None:
    assert create_client(tx, customer, "robot", uri).redirect_uri == uri


@pytest.mark.parametrize(
    "uri",
    [
        *("", "robot", "http://robot.example.com/", "ftp://x.example/", "javascript:alert(1)", "https://", "//x/"),
        *("https://x.example/ b", "https://é.example/", "https://[x/", "https://x.example/" + "y" * 2000, "https:x"),
        "https://x.example/\n",
    ],
)
def test_bad_addresses(tx: Transaction, customer: Actor, uri: str) -> None:
    with pytest.raises(InvalidParams, match="redirect_uri must be"):
        create_client(tx, customer, "robot", uri)


@pytest.mark.parametrize("name", ["", " ", "x" * 257])
def test_bad_names(tx: Transaction, customer: Actor, name: str) -> None:
    with pytest.raises(InvalidParams, match="name must have"):
        create_client(tx, customer, name, HERE)


def test_partners_make_none(tx: Transaction, customer: Actor) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, new_app(tx, customer)))
    with pytest.raises(Forbidden):
        create_client(tx, partner, "robot", HERE)
