"""Why a release's config is what it is: each kind of release changes this and nothing else (invariants 8, 10, 11)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from platform_sim.core.model.apps import Release

from .picture import Picture, Vars
from .rule import rule


@dataclass(frozen=True)
class Entry:
    """One release in an app's log. `owned`: the vars whose values were add-ons' then."""

    version: int
    vars: Vars
    owned: frozenset[str]


@dataclass
class AppLog:
    """What was seen of one app. `own`: what the customer has set and nobody has replaced."""

    entries: list[Entry] = field(default_factory=list)
    own: Vars = field(default_factory=dict)

    @property
    def vars(self) -> Vars:
        """Those of the newest release."""
        return self.entries[-1].vars if self.entries else {}


@dataclass(frozen=True)
class Change:
    """A new release: the app's vars `old` -> `new`; the pictures are from before and after its transaction."""

    release: Release
    old: Vars
    new: Vars
    before: Picture
    after: Picture
    log: AppLog
    words: tuple[str, ...] = ()
    """What the description says beyond its kind."""

    @property
    def app_id(self) -> str:
        """Whose release."""
        return self.release.app_id

    @property
    def changed(self) -> set[str]:
        """Names whose value is another one."""
        return {name for name in self.old | self.new if self.old.get(name) != self.new.get(name)}


def _nothing(change: Change) -> Vars:
    return change.old


def _customers(change: Change) -> Vars:
    """The named vars, to whatever was asked (the customer's reply is checked where it is read)."""
    verb, names = change.words
    named = set(names.split(", ")) & change.changed
    kept = {name: value for name, value in change.new.items() if name in named and verb == "Set"}
    gone = {name for name in named if name not in change.new}
    return {name: value for name, value in change.old.items() if name not in gone} | kept


def _attach(change: Change) -> Vars:
    """What the add-on gives, if it had been provisioned before."""
    name = change.words[0]
    given: Vars = {}
    for _, addon in change.after.attached(change.app_id, name):
        earlier = change.before.addons.get(addon.id)
        if earlier and earlier.state == "provisioned":
            given = change.after.gives(change.app_id, addon, name)
    return change.old | given


def _detach(change: Change) -> Vars:
    """Without what still has the add-on's value; of one that is still being made nothing was ever set."""
    name = change.words[0]
    taken: Vars = {}
    for _, addon in change.before.attached(change.app_id, name):
        if addon.state != "provisioning":
            taken = change.before.gives(change.app_id, addon, name)
    return {k: v for k, v in change.old.items() if taken.get(k) != v}


def _completed(change: Change) -> Vars:
    addon = change.after.named(change.words[0])
    return change.old | (change.after.gives(change.app_id, addon) if addon else {})


def _updated(change: Change) -> Vars:
    """What it sets is set; what it removes goes where the value was still its own."""
    result = dict(change.old)
    for name in change.words[0].split(", "):
        for _, addon in change.after.attached(change.app_id, name):
            now = change.after.gives(change.app_id, addon, name)
            earlier = change.before.gives(change.app_id, change.before.addons[addon.id], name)
            gone = {k for k, v in earlier.items() if k not in now and change.old.get(k) == v}
            # Setting a var to the add-on's present value is no change of the add-on, but may undo a customer's own.
            back = {k: v for k, v in now.items() if change.new.get(k) == v}
            new = {k: v for k, v in now.items() if earlier.get(k) != v}
            result = {k: v for k, v in result.items() if k not in gone} | back | new
    return result


def _rolled_back(change: Change) -> Vars:
    """The customer's vars of then; of what is an add-on's today, today's."""
    then = change.log.entries[int(change.words[0]) - 1]
    today = change.after.owned(change.app_id)
    own = {k: v for k, v in then.vars.items() if k not in then.owned and k not in today}
    return own | {k: v for k, v in change.old.items() if k in today}


KINDS: dict[str, Callable[[Change], Vars]] = {
    r"Initial release|Enable Logplex|Deploy \w+": _nothing,
    r"(Set|Remove) (.+) config vars": _customers,
    r"Attach (\w+) \(@ref:[\w-]+\)": _attach,
    r"Detach (\w+) \(@ref:[\w-]+\)": _detach,
    r"@ref:([\w-]+) completed provisioning(?:, setting [\w, ]+)?\.": _completed,
    r"Update ([\w, ]+) by \w+": _updated,
    r"Rollback to v(\d+)": _rolled_back,
}


@rule(8)
def app_config_is_the_fold_of_its_releases(change: Change, expected: Vars | None) -> Iterator[str]:
    """Each release changes what its kind may change; versions rise by one."""
    version = change.log.entries[-1].version + 1 if change.log.entries else 1
    if change.release.version != version:
        yield f"v{change.release.version} came where v{version} was due"
    if expected is None:
        yield f"nobody knows this kind of release: {change.release.description}"
    elif expected != change.new:
        yield f"{change.release.description}: {change.old} -> {change.new}, expected {expected}"


@rule(10)
def a_customers_own_value_is_only_replaced_never_removed(change: Change, kind: str) -> Iterator[str]:
    """But by the customer."""
    if kind.startswith(("(Set", "Rollback")):
        return
    for name in sorted(set(change.log.own) - set(change.new)):
        yield f"{change.release.description} took {name}"


@rule(10)
def an_app_has_only_own_and_declared_vars(change: Change) -> Iterator[str]:
    """Nothing of an add-on that is not attached and provisioned; of those that are, only what they declare."""
    owned = change.after.owned(change.app_id)
    for name in sorted(set(change.new) - set(change.log.own) - set(owned)):
        yield f"{change.release.description}: whose is {name}?"


def follow(change: Change) -> list[str]:
    """Check a release, and write it into its app's log."""
    kind, expected = "", None
    for pattern, explain in KINDS.items():
        if found := re.fullmatch(pattern, change.release.description):
            kind = pattern
            change = Change(**{**vars(change), "words": found.groups()})
            expected = explain(change)
    problems = app_config_is_the_fold_of_its_releases(change, expected)
    problems += a_customers_own_value_is_only_replaced_never_removed(change, kind)
    _remember(change, kind)
    return problems


def finish(change: Change) -> list[str]:
    """After the last release of a transaction."""
    return an_app_has_only_own_and_declared_vars(change)


def _remember(change: Change, kind: str) -> None:
    log, owned = change.log, change.after.owned(change.app_id)
    if kind.startswith("(Set"):
        log.own |= {k: change.new[k] for k in change.changed if k in change.new}
        log.own = {k: v for k, v in log.own.items() if k in change.new}
    elif kind.startswith("Rollback"):
        log.own = {k: v for k, v in change.new.items() if k not in owned or k in log.own}
    else:
        log.own = {k: v for k, v in log.own.items() if change.new.get(k) == v}
    # In the middle of a transaction some attachments are gone already, others not yet there.
    earlier = change.before.owned(change.app_id)
    of_addons = frozenset(k for k, v in change.new.items() if v in (owned.get(k), earlier.get(k)))
    log.entries.append(Entry(change.release.version, change.new, of_addons))
