"""Faults on purpose: an operator says what is to go wrong, and whoever acts asks whether this goes wrong.

Nothing is random unless a profile is on: then a die is thrown at each moment of its kinds, from a stream of its seed
that is named by what goes on there, so that nobody who is quicker changes what happens to others.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from platform_sim.core.actions.fault_holds import release
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.fault_kind import MATCH_KEYS, METHODS, FaultKind
from platform_sim.core.model.fault_kinds import KINDS, PROFILES, chance_of
from platform_sim.core.model.faults import ANY_TIMES, FAULT, SCRIPT, Facts, Fault, fits, fits_text, told_facts
from platform_sim.core.model.records import Sequence
from platform_sim.core.store import Database, Snapshot, Transaction

LONGEST = 200
"""Characters of what a fault is narrowed to."""
KEPT = 500
"""Faults there can be, spent ones among them: of more the oldest that are spent go."""
SHORTEST = 4
"""Characters of an id's beginning that are taken for it."""
_STREAM = "fault-dice:"


def add(
    tx: Transaction,
    operator: Account,
    kind: str,
    match: Mapping[str, str],
    times: int | None = 1,
    amount: float | None = None,
) -> Fault:
    """The next `times` of this kind that match will go wrong; None: until it is removed.

    InvalidParams for a kind, key, number or amount that there is not.
    """
    known = kind_named(kind)
    if times is not None and not 1 <= times <= ANY_TIMES:
        raise InvalidParams(f"times must be 1 to {ANY_TIMES}, or forever (null in JSON): until it is removed.")
    narrowed = _match(known, match)
    made = _insert(tx, known, narrowed, times, _amount(known, amount), SCRIPT)
    tx.record(FAULT, "create", made.id, operator, _told(made))
    _forget_spent(tx)
    return made


def kind_named(name: str) -> FaultKind:
    """InvalidParams for one that there is not, with those that are meant."""
    if name in KINDS:
        return KINDS[name]
    near = get_close_matches(name, KINDS, 3, 0.4) or sorted(KINDS)
    raise InvalidParams(f"There is no fault {name[:64]!r}. Did you mean {', '.join(near)}? All are in docs/faults.md.")


def fault_named(rows: Snapshot, identity: str) -> Fault:
    """By id, or the beginning of one that no other has; NotFound for all others."""
    found = rows.find(Fault, id=identity)
    if found is not None:
        return found
    near = [each for each in rows.all(Fault) if each.id.startswith(identity)] if len(identity) >= SHORTEST else []
    if len(near) != 1:
        raise NotFound("fault", "There is no such fault, or not one alone: `platform-sim fault list` has their ids.")
    return near[0]


def remove(tx: Transaction, operator: Account, fault: Fault) -> None:
    """It goes wrong no more. What waits because of it goes on."""
    tx.record(FAULT, "destroy", fault.id, operator, _told(fault))
    tx.delete(release(tx, fault, fault.held))


def clear(tx: Transaction, operator: Account) -> int:
    """Nothing goes wrong any more, a profile's faults included; returns how many have gone."""
    gone = tx.all(Fault)
    end_profile(tx, operator)
    for fault in gone:
        if fault.origin == SCRIPT:
            remove(tx, operator, fault)
    return len(gone)


def end_profile(tx: Transaction, operator: Account) -> None:
    """Nothing goes wrong by chance any more. Told as one: its faults were asked for together."""
    gone = [each for each in tx.all(Fault) if each.origin != SCRIPT]
    if gone:
        tx.record(FAULT, "destroy", gone[0].id, operator, _told_as_one(gone[0]))
    for fault in gone:
        tx.delete(release(tx, fault, fault.held))


def use_profile(tx: Transaction, operator: Account, name: str, seed: int | None = None) -> list[Fault]:
    """From now on things go wrong by chance, as this profile has it; in place of the profile before. Without a seed one
    is drawn: it stands in each of the faults. The same seed and the same calls make the same faults.

    InvalidParams for a profile that there is not.
    """
    if name not in PROFILES:
        raise InvalidParams(f"There is no profile {name[:64]!r}: take one of {', '.join(PROFILES)}.")
    if seed is None:
        seed = tx.dice("fault-seed").randrange(2**31)
    if not 0 <= seed < 2**63:
        raise InvalidParams("seed must be a whole number from 0 to 9223372036854775807.")
    end_profile(tx, operator)
    for kind in KINDS:
        for stream in tx.all(Sequence):
            if stream.id.startswith(f"{_STREAM}{kind}:"):
                tx.delete(stream)
    chances = {kind.name: chance_of(kind, name) for kind in KINDS.values()}
    made = [
        _insert(tx, kind, dict(kind.in_profile), None, _amount(kind, None), name, chances[kind.name], seed)
        for kind in KINDS.values()
        if chances[kind.name]
    ]
    tx.record(FAULT, "create", made[0].id, operator, _told_as_one(made[0]))
    return made


def take(database: Database, kinds: Collection[str], facts: Facts, cause_id: str | None = None) -> Fault | None:
    """Whether this goes wrong: the first fault of these kinds that matches, as it is after it has acted. None: it does
    not. To be asked at the moment of acting, with no transaction open; the timeline is told with `cause_id`, else in
    the name of the call that this thread answers."""
    if database.faults.isdisjoint(kinds):
        return None
    with database.snapshot() as rows:
        if not _candidates(rows, kinds, facts):
            return None
    with database.transaction(cause_id) as tx:
        return take_in(tx, kinds, facts)


def take_in(tx: Transaction, kinds: Collection[str], facts: Facts) -> Fault | None:
    """As `take`, in a transaction: what it does is undone if that is."""
    if not any(kind in tx.faults for kind in kinds):
        return None
    for fault in _candidates(tx, kinds, facts):
        if fault.chance is None or _falls(tx, fault, facts):
            return _act(tx, fault, facts)
    return None


def _candidates(rows: Snapshot, kinds: Collection[str], facts: Facts) -> list[Fault]:
    """Those that may act now: scripted ones first, each in the order in which they were made."""
    found = [each for each in rows.all(Fault, kind=list(kinds)) if each.left != 0 and fits(each, facts)]
    return sorted(found, key=lambda each: each.chance is not None)


def _falls(tx: Transaction, fault: Fault, facts: Facts) -> bool:
    """Throw the die of this kind for what goes on here. Streams have no ids in their names: these differ each time, and
    an app may be gone before its add-on is."""
    told = told_facts(facts)
    whose = _ordinal(tx, facts) or told.get("app", "")
    stream = ":".join([fault.kind, str(whose), *(str(told.get(key, "")) for key in ("service", "method", "type"))])
    row = tx.find(Sequence, id=_STREAM + stream) or tx.insert(Sequence(_STREAM + stream, 0))
    number = tx.update(row, value=row.value + 1).value
    assert fault.chance is not None and fault.seed is not None, "asked for a profile's fault only"
    return tx.seeded(fault.seed).dice(stream, number).random() < fault.chance


def _ordinal(rows: Snapshot, facts: Facts) -> int:
    """Which of its service's add-ons this is about: the first, the second; 0 for none."""
    addon_id = _id(rows, Addon, facts.get("addon"))
    addon = rows.find(Addon, id=addon_id) if addon_id else None
    if addon is None:
        return 0
    return [each.id for each in rows.all(Addon, service_id=addon.service_id)].index(addon.id) + 1


def _act(tx: Transaction, fault: Fault, facts: Facts) -> Fault:
    left = None if fault.left is None else fault.left - 1
    after = tx.update(fault, left=left, acted=fault.acted + 1)
    on = told_facts(facts)
    tx.record(
        FAULT,
        "update",
        fault.id,
        None,
        _told(after) | {"act": "acted", "on": on},
        app_id=_id(tx, App, facts.get("app")),
        addon_id=_id(tx, Addon, facts.get("addon")),
    )
    return after


def _id(rows: Snapshot, noun: type[App] | type[Addon], given: str | tuple[str, ...] | None) -> str | None:
    """The id among a fact's values, if it is one of ours."""
    values = (given,) if isinstance(given, str) else given or ()
    found = next((row for value in values if (row := rows.find(noun, id=value))), None)
    return found.id if found else None


def _insert(
    tx: Transaction,
    kind: FaultKind,
    match: dict[str, str],
    times: int | None,
    amount: float | None,
    origin: str,
    chance: float | None = None,
    seed: int | None = None,
) -> Fault:
    now, row_id = tx.now(), tx.uuid(FAULT)
    return tx.insert(Fault(row_id, kind.name, match, times, times, 0, amount, origin, chance, seed, [], now, now))


def _told_as_one(fault: Fault) -> dict[str, Any]:
    """Of a profile, by one of its faults."""
    return {"fault": f"profile {fault.origin}, seed {fault.seed}", "origin": fault.origin, "seed": fault.seed}


def _told(fault: Fault) -> dict[str, Any]:
    return {
        "fault": fault.kind,
        "match": fault.match,
        "left": fault.left,
        "amount": fault.amount,
        "origin": fault.origin,
        "seed": fault.seed,
    }


def _match(kind: FaultKind, match: Mapping[str, str]) -> dict[str, str]:
    for key, value in match.items():
        if key not in kind.match:
            takes = f"it takes {', '.join(kind.match)}" if kind.match else "it takes none"
            raise InvalidParams(f"{kind.name} cannot be narrowed to {key[:64]!r}: {takes}.")
        if not 0 < len(value) <= LONGEST:
            raise InvalidParams(f"{key} must have 1 to {LONGEST} characters: the {MATCH_KEYS[key]}.")
    _method(kind, match.get("method", "*").upper())
    return {key: value.upper() if key == "method" else value for key, value in match.items()}


def _method(kind: FaultKind, wanted: str) -> None:
    """What no request can have is a mistake, and would wait for ever."""
    used = METHODS[kind.side]
    if not any(fits_text(each, wanted) for each in used):
        whose = "partners are" if kind.side == "partner" else "the platform is"
        raise InvalidParams(f"method {wanted[:64]!r} is never used: {whose} asked by {', '.join(used)}.")


def _amount(kind: FaultKind, given: float | None) -> float | None:
    known = kind.amount
    if known is None:
        if given is not None:
            raise InvalidParams(f"{kind.name} has no amount.")
        return None
    value = known.usual if given is None else given
    if not known.lowest <= value <= known.highest or (known.whole and value != int(value)):
        what = "a whole number" if known.whole else "a number"
        raise InvalidParams(
            f"amount of {kind.name} must be {what} of {known.unit} from {known.lowest:g} to {known.highest:g}."
        )
    return float(value)


def _forget_spent(tx: Transaction) -> None:
    """InvalidParams when so many wait that none can go."""
    rows = tx.all(Fault)
    spent = [each for each in rows if not each.waits]
    too_many = len(rows) - KEPT
    if too_many > len(spent):
        raise InvalidParams(f"There are {KEPT} faults already: remove some, or clear all.")
    for each in spent[: max(0, too_many)]:
        tx.delete(each)
