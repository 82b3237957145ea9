"""Looks at the rows after every commit, and at every request that leaves: what must hold at each moment."""

from collections.abc import Iterator

from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, ConfigSnapshot, Release
from platform_sim.core.model.records import Event
from platform_sim.core.store import Database, Snapshot

from .fold import AppLog, Change, finish, follow
from .picture import Picture, take
from .rule import rule

ORDER = ("provisioning", "provisioned", "deprovisioning", "deprovisioned")
MAY_ASK = {"POST": ("provisioning",), "PUT": ("provisioned",), "DELETE": ("deprovisioning", "deprovisioned")}


@rule(7)
def states_only_move_forward(before: Picture, after: Picture) -> Iterator[str]:
    """And no add-on's row vanishes."""
    for uuid, was in before.addons.items():
        now = after.addons.get(uuid)
        if now is None or ORDER.index(now.state) < ORDER.index(was.state):
            yield f"{was.name} was {was.state}, is {now.state if now else 'no more'}"


@rule(3)
def a_dead_uuid_never_lives_again(before: Picture, after: Picture) -> Iterator[str]:
    """Gone: no config, no attachment, and nothing of it changes."""
    for uuid, now in after.addons.items():
        was = before.addons.get(uuid)
        if was and was.state == "deprovisioned" and (now.state, now.config) != ("deprovisioned", {}):
            yield f"{now.name} is {now.state} with {sorted(now.config)}"
        if now.state == "deprovisioned" and after.apps_of(uuid):
            yield f"{now.name} is deprovisioned and attached"


@rule(3)
def a_partner_is_asked_only_what_the_state_allows(method: str, addon: Addon) -> Iterator[str]:
    """No POST for what is provisioned or ending, no PUT for what is not there, no DELETE for what lives."""
    if addon.state not in MAY_ASK[method]:
        yield f"{method} for {addon.name}, which is {addon.state}"


@rule(9)
def config_while_provisioning_makes_no_release(before: Picture, after: Picture, changes: list[Change]) -> Iterator[str]:
    """It is kept silently."""
    for uuid, now in after.addons.items():
        was = before.addons.get(uuid)
        if was and was.state == now.state == "provisioning" and was.config != now.config and changes:
            yield f"config of {now.name} made {[each.release.description for each in changes]}"


@rule(9)
def completion_makes_one_release_for_each_attached_app(
    before: Picture, after: Picture, changes: list[Change]
) -> Iterator[str]:
    """In the transaction that makes it `provisioned`, and never again."""
    done = [each for each in changes if " completed provisioning" in each.release.description]
    expected = [
        (app_id, now.name)
        for uuid, now in after.addons.items()
        if now.state == "provisioned" and (uuid not in before.addons or before.addons[uuid].state == "provisioning")
        for app_id in after.apps_of(uuid)
    ]
    made = [(each.app_id, each.release.description.split()[0].removeprefix("@ref:")) for each in done]
    if sorted(made) != sorted(expected):
        yield f"made {sorted(made)}, expected {sorted(expected)}"


@rule(10)
def only_declared_vars_are_set(after: Picture) -> Iterator[str]:
    """By whatever way the partner has named them."""
    for addon in after.addons.values():
        foreign = set(addon.config) - set(after.declared(addon))
        if foreign:
            yield f"{addon.name} has {sorted(foreign)}"


class Witness:
    """Of one example, across crashes. `broken`: where complaints go."""

    def __init__(self, broken: list[str]) -> None:
        self.broken = broken
        self.last = Picture()
        self.logs: dict[str, AppLog] = {}

    def begin(self, database: Database) -> None:
        """See what is there before the example begins."""
        with database.snapshot() as rows:
            self.last = take(rows, {})
            for release in rows.all(Release, order_by="version"):
                self.broken += follow(self._change(rows, release, self.last))

    def _change(self, rows: Snapshot, release: Release, now: Picture) -> Change:
        log = self.logs.setdefault(release.app_id, AppLog())
        return Change(release, log.vars, rows.get(ConfigSnapshot, release.id).vars, self.last, now, log)

    def committed(self, database: Database, events: list[Event]) -> None:
        """A transaction has been written."""
        changes: list[Change] = []
        with database.snapshot() as rows:
            now = take(rows, self.last.slugs)
            for event in events:
                release = rows.find(Release, id=event.subject_id) if event.kind == "release" else None
                if release and event.action == "create":
                    changes.append(self._change(rows, release, now))
                    self.broken += follow(changes[-1])
        for change in {each.app_id: each for each in changes}.values():
            self.broken += finish(change)
        self.broken += states_only_move_forward(self.last, now) + a_dead_uuid_never_lives_again(self.last, now)
        self.broken += config_while_provisioning_makes_no_release(self.last, now, changes)
        self.broken += completion_makes_one_release_for_each_attached_app(self.last, now, changes)
        self.broken += only_declared_vars_are_set(now)
        self.last = now

    def asked(self, method: str, addon: Addon) -> None:
        """A request leaves for a partner."""
        self.broken += a_partner_is_asked_only_what_the_state_allows(method, addon)

    def releases_are_as_seen(self, rows: Snapshot) -> list[str]:
        """At rest: what was written then has not changed since."""
        return releases_never_change(self.logs, rows)


@rule(8)
def releases_never_change(logs: dict[str, AppLog], rows: Snapshot) -> Iterator[str]:
    """Every release that was seen is still there with the same vars, unless its app was deleted; and no other is."""
    for app in rows.all(App):
        found = [
            (each.version, rows.get(ConfigSnapshot, each.id).vars)
            for each in rows.all(Release, app_id=app.id, order_by="version")
        ]
        if found != [(each.version, each.vars) for each in logs[app.id].entries]:
            yield f"{app.name}: {found}"
