"""Words for rows: what a noun is called, what a row of it, and what of its fields may be said."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.apps import App, Formation, Release
from platform_sim.core.model.domains import SniEndpoint
from platform_sim.core.model.records import Job
from platform_sim.core.store import Snapshot
from platform_sim.core.store.tables import NOUNS, TABLES

CALLED = {Account: "customer", Addon: "add-on", AddonService: "service", SniEndpoint: "certificate"}
"""Where the name of the class is not the word."""
OWNERS = (
    *(("app_id", "app"), ("addon_id", "add-on"), ("service_id", "service"), ("pipeline_id", "pipeline")),
    *(("team_id", "team"), ("account_id", "customer"), ("owner_id", "customer"), ("webhook_id", "webhook")),
)
"""Field -> what a row belongs to by it, the nearest first."""
NAMES = ("name", "email", "hostname", "branch", "title", "human_name", "comment")
"""Fields that say what a row is called, the best first."""
LONGEST = 60
MOST_PLAIN = (str, int, float, bool, datetime, type(None))


def word(noun: type) -> str:
    """What rows of a noun are called."""
    return CALLED.get(noun) or re.sub(r"(?<!^)(?=[A-Z])", " ", noun.__name__.removesuffix("Row")).lower()


class Names:
    """What rows are called, by id: those of one snapshot, then of another."""

    def __init__(self, *snapshots: Snapshot) -> None:
        self._rows: dict[str, tuple[type, Any]] = {}
        for rows in reversed(snapshots):
            noun: type[Any]
            for noun in NOUNS:
                if TABLES[noun].key == "id" and any(each.name in (*NAMES, "app_id") for each in fields(noun)):
                    self._rows |= {row.id: (noun, row) for row in rows.all(noun)}

    def of(self, noun: type, row: Any) -> str:
        """A row's own name; empty if it has none."""
        if isinstance(row, Release):
            return f"v{row.version}"
        if isinstance(row, Formation):
            return str(row.type)
        if isinstance(row, Job):
            return f"{row.kind} of {self.by_id(row.subject_id)}"
        found = next((getattr(row, name) for name in NAMES if getattr(row, name, None)), "")
        return short(found)

    def by_id(self, key: str) -> str:
        """The name of whatever has this id; else the id's beginning."""
        found = self._rows.get(key)
        return (self.of(*found) if found else "") or key[:8]

    def subject(self, noun: type, row: Any) -> str:
        """Under what a row is told: the app that it belongs to, else the add-on, the service and so on, else the
        platform."""
        if noun in (App, AddonService, Account) or word(noun) in ("team", "pipeline"):
            return f"{word(noun)} {self.of(noun, row)}"
        for field, called in OWNERS:
            key = getattr(row, field, None)
            if not key:
                continue
            owner, its = self._rows.get(key, (None, None))
            if owner is Addon and its is not None:
                return self.subject(Addon, its)
            return f"{word(owner) if owner else called} {self.by_id(key)}"
        subject = self._rows.get(getattr(row, "subject_id", ""))
        return self.subject(*subject) if subject else "platform"

    def value(self, field: str, value: Any) -> str:
        """A value as it is said; of an id, what has it is called."""
        if value is None or value == "":
            return "nothing"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return value.isoformat(timespec="seconds")
        return self.by_id(value) if field.endswith("_id") and value in self._rows else short(str(value))


def short(text: str) -> str:
    """At most so many characters, of one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def spoken(field: str) -> str:
    """A field's name in words."""
    return field.removesuffix("_id").removesuffix("_at").replace("_", " ")


def counted(counts: Mapping[tuple[str, str], int]) -> list[str]:
    """`3 events new`, of what each is called and what has become of it."""
    return [f"{count} {called}{'' if count == 1 else 's'} {state}" for (called, state), count in counts.items()]
