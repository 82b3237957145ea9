"""Faults, and the kinds of them, as operators see them."""

from platform_sim.core.model.fault_kind import FaultKind
from platform_sim.core.model.fault_kinds import KINDS, PROFILES, chance_of
from platform_sim.core.model.faults import Fault

Json = dict[str, object]


def fault(row: Fault) -> Json:
    """`left`: how often it will still act, null: until it is removed. `origin`: `script`, or a profile."""
    return {
        "id": row.id,
        "kind": row.kind,
        "match": row.match,
        "times": row.times,
        "left": row.left,
        "acted": row.acted,
        "amount": row.amount,
        "origin": row.origin,
        "chance": row.chance,
        "seed": row.seed,
        "created_at": row.created_at.isoformat(),
    }


def kind(row: FaultKind) -> Json:
    """What it does, what it can be narrowed to, its amount, and how likely it is in each profile."""
    amount = row.amount
    return {
        "name": row.name,
        "side": row.side,
        "sentence": row.sentence,
        "match": list(row.match),
        "amount": amount
        and {"unit": amount.unit, "usual": amount.usual, "lowest": amount.lowest, "highest": amount.highest},
        "chance": {name: chance_of(row, name) for name in PROFILES},
    }


def kinds() -> list[Json]:
    """All of them, in the order of their tables."""
    return [kind(each) for each in KINDS.values()]
