"""How many dynos of each process type are wanted. The supervisor compares wanted with real."""

from collections.abc import Sequence
from dataclasses import dataclass

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.apps import App, Formation
from platform_sim.core.model.places import dyno_size
from platform_sim.core.model.values import QUANTITY, is_uuid
from platform_sim.core.store import Snapshot, Transaction

MOST_DYNOS = 100
"""Of one process type, as on the common runtime; a laptop holds far fewer."""


@dataclass(frozen=True)
class Scaling:
    """One wish. `quantity`: "2", or "+1" and "-1" relative to now (heroku-cli sends strings)."""

    type: str
    quantity: str | None = None
    size: str | None = None


def process_type(rows: Snapshot, app: App, identity: str) -> Formation:
    """A process type by name or formation id."""
    if is_uuid(identity):
        found = rows.find(Formation, app_id=app.id, id=identity)
    else:
        found = rows.find(Formation, app_id=app.id, type=identity)
    if found is None:
        raise NotFound("formation", f"Couldn't find that process type ({identity[:128]}).")
    return found


def scale(tx: Transaction, actor: Actor, app: App, wishes: Sequence[Scaling]) -> list[Formation]:
    """Apply all wishes or none; returns the changed process types in the given order."""
    customers_only(actor, "scale an app", unless="app_operations")
    return [_scale_one(tx, actor, app, wish) for wish in wishes]


def _scale_one(tx: Transaction, actor: Actor, app: App, wish: Scaling) -> Formation:
    row = process_type(tx, app, wish.type)
    quantity = row.quantity if wish.quantity is None else _quantity(row, wish.quantity)
    size = row.size
    if wish.size is not None:
        found = dyno_size(wish.size)
        if found is None:
            raise InvalidParams(f"No such dyno size: {wish.size[:64]}. See the list of dyno sizes.")
        size = found.name
    before = {"quantity": row.quantity, "size": row.size}
    if (quantity, size) == (row.quantity, row.size):
        return row
    row = tx.update(row, quantity=quantity, size=size)
    data = {"type": row.type, "quantity": quantity, "size": size}
    tx.record("formation", "update", row.id, actor.account, data, app_id=app.id, previous=before)
    return row


def _quantity(row: Formation, text: str) -> int:
    if QUANTITY.fullmatch(text) is None:
        raise InvalidParams(f"{text[:20]!r} is not a quantity: give a number, or +1 and -1 to change it.")
    wanted = int(text) + (row.quantity if text[0] in "+-" else 0)
    if row.type == "release" and wanted:
        raise InvalidParams("Cannot scale release: it runs by itself, once for each release.")
    if not 0 <= wanted <= MOST_DYNOS:
        raise InvalidParams(f"Cannot scale {row.type} to {wanted}: from 0 to {MOST_DYNOS} dynos are possible.")
    return wanted
