"""Favorites: apps that somebody has marked (heroku-cli §16)."""

from platform_sim.core.access import Actor, app_named, customers_only, visible_app_ids
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.notices import Favorite
from platform_sim.core.store import Snapshot, Transaction


def favorites_of(rows: Snapshot, actor: Actor) -> list[Favorite]:
    """The actor's, of the apps that it still sees, as they were marked."""
    customers_only(actor, "see favorites")
    seen = visible_app_ids(rows, actor)
    return [each for each in rows.all(Favorite, account_id=actor.account.id) if each.app_id in seen]


def add_favorite(tx: Transaction, actor: Actor, identity: str) -> Favorite:
    """Mark an app; InvalidParams if it is marked."""
    customers_only(actor, "mark an app")
    app = app_named(tx, actor, identity)
    if tx.find(Favorite, account_id=actor.account.id, app_id=app.id) is not None:
        raise InvalidParams(f"{app.name} is already a favorite app.")
    now = tx.now()
    return tx.insert(Favorite(tx.uuid("favorite", actor.account.id), actor.account.id, app.id, now, now))


def remove_favorite(tx: Transaction, actor: Actor, identity: str) -> Favorite:
    """Mark an app no more; NotFound for another one's favorite."""
    customers_only(actor, "unmark an app")
    found = tx.find(Favorite, account_id=actor.account.id, id=identity)
    if found is None:
        raise NotFound("favorite")
    tx.delete(found)
    return found
