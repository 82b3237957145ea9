"""How two snapshots differ, in words: by what things belong to, never a secret, every noun by itself."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import AddonService, Attachment
from platform_sim.core.model.apps import App, ConfigSnapshot, Dyno, Release
from platform_sim.core.model.records import ClockState, Event, Exchange, Job, Sequence
from platform_sim.core.model.secrecy import secrets_of
from platform_sim.core.store import Snapshot
from platform_sim.core.store.tables import NOUNS, TABLES
from platform_sim.snapshots.hiding import Numbers, cut
from platform_sim.snapshots.reading import Opened
from platform_sim.snapshots.words import MOST_PLAIN, Names, counted, spoken, word
from platform_sim.snapshots.writing import Tables

Found = dict[str, list[str]]
Sides = tuple[Numbers, Numbers]
"""The secrets before and after, where one of the two files held none, so that others stand there now."""
UNTOLD = (ConfigSnapshot, Sequence, ClockState)
"""Told in another way, or nothing that anybody knows of."""
HISTORY = (Event, Exchange)
"""Grows with all that happens: counted."""
SILENT = ("id", "updated_at", "created_at", "seq", "number", "attempts", "cause_id", "boot_id")
GONE = "gone"
"""What went with the app, service or customer that it belonged to is not told one by one."""
ORDER = ("platform", "app ", "add-on ", "service ", "pipeline ", "team ", "customer ")
HIDDEN = "[hidden]"


@dataclass(frozen=True)
class _Told:
    subject: str
    text: str


def differences(before: Opened, after: Opened) -> Found:
    """Subject -> what has become of it; empty if nothing differs. Platform first, then apps by name, and so on."""
    sides = None if before.has_secrets and after.has_secrets else (_secrets(before), _secrets(after))
    old, new = before.still.rows, after.still.rows
    names = Names(new, old)
    found: list[_Told] = [_Told("platform", text) for text in _of_platform(before, after)]
    for noun in NOUNS:
        if noun not in UNTOLD:
            found += _of_noun(noun, old, new, names, sides)
    found += _of_config(old, new, names, sides)
    found += _of_files(before, after, names)
    told: defaultdict[str, list[str]] = defaultdict(list)
    for each in found:
        told[each.subject].append(each.text)
    return {name: [GONE] if GONE in told[name] else told[name] for name in sorted(told, key=_place)}


def _place(subject: str) -> tuple[int, str]:
    return next((i for i, start in enumerate(ORDER) if subject.startswith(start)), len(ORDER)), subject


def _of_platform(before: Opened, after: Opened) -> Iterator[str]:
    old, new = before.still, after.still
    if old.now != new.now:
        yield f"clock changed {old.now.isoformat()} -> {new.now.isoformat()}"
    if old.stands != new.stands:
        yield f"clock {'frozen' if new.stands else 'running'} now"
    if old.seed != new.seed:
        yield f"seed changed {_or_none(old.seed)} -> {_or_none(new.seed)}"


def _or_none(seed: int | None) -> str:
    return "none" if seed is None else str(seed)


def _of_noun(noun: type[Any], old: Snapshot, new: Snapshot, names: Names, sides: Sides | None) -> Iterator[_Told]:
    """New rows, gone ones, changed ones; of those without a name how many there are."""
    key = TABLES[noun].key
    were = {getattr(row, key): row for row in old.all(noun)}
    are = {getattr(row, key): row for row in new.all(noun)}
    counts: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for one, other, state in _pairs(were, are):
        row = other if other is not None else one
        if isinstance(row, Event) and _starts_again(row, old, new):
            continue
        subject, name = names.subject(noun, row), names.of(noun, row)
        if state == "changed" and not any(_changes(noun, one, other, names, sides)):
            continue  # in nothing that is told: a secret that was made anew, a time of writing
        if noun in HISTORY:
            counts["platform"][(word(noun), state)] += 1
        elif state == "changed":
            yield from (_Told(subject, text) for text in _changes(noun, one, other, names, sides))
        elif isinstance(row, Job) and row.state in ("done", "failed"):
            continue
        elif noun in (App, AddonService, Account):
            yield _Told(subject, state)
        elif name:
            yield _Told(subject, f"{word(noun)} {name} {state}{_more(noun, row, names)}")
        else:
            counts[subject][(word(noun), state)] += 1
    for subject, each in counts.items():
        yield from (_Told(subject, text) for text in counted(each))


def _starts_again(event: Event, old: Snapshot, new: Snapshot) -> bool:
    """Whether it says that a dyno which both have is on its way up, as each is after a restore: no difference."""
    if (
        (event.kind, event.action) != ("dyno", "update")
        or event.actor_id
        or event.data.get("state") not in ("starting", "up")
    ):
        return False
    before, after = old.find(Dyno, id=event.subject_id), new.find(Dyno, id=event.subject_id)
    return before is not None and after is not None and before.state == after.state


def _pairs(were: dict[Any, Any], are: dict[Any, Any]) -> Iterator[tuple[Any, Any, str]]:
    for key, row in were.items():
        if key not in are:
            yield row, None, GONE
    for key, row in are.items():
        if key not in were:
            yield None, row, "new"
        elif were[key] != row:
            yield were[key], row, "changed"


def _more(noun: type[Any], row: Any, names: Names) -> str:
    """What else is worth saying of a new or ended row."""
    if isinstance(row, Release):
        return f" ({row.description})"
    if isinstance(row, Attachment):
        return f" (add-on {names.by_id(row.addon_id)})"
    if isinstance(row, Job):
        return f", due {row.run_at.isoformat(timespec='seconds')}"
    return f" ({names.by_id(row.plan_id)})" if hasattr(row, "plan_id") else ""


def _changes(noun: type[Any], one: Any, other: Any, names: Names, sides: Sides | None) -> Iterator[str]:
    name = names.of(noun, other)
    alone = noun in (App, AddonService, Account)
    what = "" if alone else f"{word(noun)} {name} ".replace("  ", " ")
    secret = secrets_of(noun)
    for each in fields(noun):
        before, after = getattr(one, each.name), getattr(other, each.name)
        if each.name in SILENT or before == after:
            continue
        if each.name in secret:
            if sides is None or _seen_to_differ(noun, each.name, (before, after), sides):
                yield f"{what}changed {spoken(each.name)}"
        elif isinstance(before, MOST_PLAIN) and isinstance(after, MOST_PLAIN):
            says = partial(names.value, each.name)
            yield f"{what}changed {spoken(each.name)} {says(before)} -> {says(after)}"
        else:
            yield f"{what}changed {spoken(each.name)}"


def _secrets(snapshot: Opened) -> Numbers:
    """By which a snapshot's secrets are known wherever they stand."""
    return Tables(snapshot.still, secrets=False).numbers


def _seen_to_differ(noun: type[Any], field: str, values: tuple[Any, Any], sides: Sides) -> bool:
    """Whether two values differ in what is no secret."""
    seen = [_visible(noun, field, value, numbers) for value, numbers in zip(values, sides, strict=True)]
    return seen[0] != seen[1]


def _visible(noun: type[Any], field: str, value: Any, numbers: Numbers) -> object:
    """What is no secret of a value."""
    if value is None:
        return None
    table = TABLES[noun]
    parts = cut(secrets_of(noun)[field], table.types[field] in (dict, list), table.value(field, value), numbers)
    return [part if isinstance(part, str) else HIDDEN for part in parts]


def _of_config(old: Snapshot, new: Snapshot, names: Names, sides: Sides | None) -> Iterator[_Told]:
    """Names of config vars as the newest release has them."""
    for app in new.all(App):
        were, are = _vars(old, app.id), _vars(new, app.id)
        for name in sorted(were.keys() | are.keys()):
            if name not in were or name not in are:
                yield _Told(f"app {app.name}", f"config var {name} {'set' if name in are else 'removed'}")
            elif sides is None and were[name] != are[name]:
                yield _Told(f"app {app.name}", f"config var {name} changed")


def _vars(rows: Snapshot, app_id: str) -> dict[str, str]:
    newest = rows.find(Release, app_id=app_id, order_by="version", desc=True)
    kept = rows.find(ConfigSnapshot, id=newest.id) if newest else None
    return kept.vars if kept else {}


def _of_files(before: Opened, after: Opened, names: Names) -> Iterator[_Told]:
    were = {(each.kind, each.id): each.digest for each in before.files}
    are = {(each.kind, each.id): each.digest for each in after.files}
    for kind, id in sorted(were.keys() | are.keys()):
        if kind != "repository" or were.get((kind, id)) == are.get((kind, id)):
            continue
        state = GONE if (kind, id) not in are else "new" if (kind, id) not in were else "changed"
        yield _Told(f"app {names.by_id(id)}", f"git repository {state}")
