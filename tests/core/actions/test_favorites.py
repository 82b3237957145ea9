"""Favorites: apps that somebody has marked."""

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.actions.collaborators import add_collaborator, remove_collaborator
from platform_sim.core.actions.favorites import add_favorite, favorites_of, remove_favorite
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.apps import App
from platform_sim.core.model.notices import Favorite
from platform_sim.core.store import Transaction

from ...support import new_customer

FRIEND = "friend@example.com"


def test_marked_once_and_unmarked(tx: Transaction, customer: Actor, app: App) -> None:
    made = add_favorite(tx, customer, "acme")
    assert favorites_of(tx, customer) == [made]
    with pytest.raises(InvalidParams, match="acme is already a favorite app"):
        add_favorite(tx, customer, app.id)
    assert remove_favorite(tx, customer, made.id) == made
    assert favorites_of(tx, customer) == []
    with pytest.raises(NotFound):
        remove_favorite(tx, customer, made.id)


def test_everybody_has_its_own_of_what_it_sees(tx: Transaction, customer: Actor, app: App) -> None:
    friend = new_customer(tx, FRIEND)
    with pytest.raises(NotFound):
        add_favorite(tx, friend, "acme")
    add_collaborator(tx, customer, app, FRIEND)
    made = add_favorite(tx, friend, "acme")
    assert favorites_of(tx, customer) == []
    with pytest.raises(NotFound):
        remove_favorite(tx, customer, made.id)
    remove_collaborator(tx, customer, app, FRIEND)
    assert favorites_of(tx, friend) == [], "it sees the app no more"


def test_they_go_with_the_app(tx: Transaction, customer: Actor, app: App) -> None:
    add_favorite(tx, customer, "acme")
    delete_app(tx, customer, app)
    assert tx.count(Favorite) == 0
