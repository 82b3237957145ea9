"""What `heroku pg:*` asks of a server that is a dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from addon_service.datastore.base import Look, Setting, SettingValue, Wanted, login_name

SETTINGS = {
    "log_lock_waits": Setting(False, {}),
    "log_min_duration_statement": Setting(-1, {}),
    "log_statement": Setting("none", {"none": "Nothing.", "ddl": "Definitions."}),
}


@dataclass
class FakeData:
    """`acts`: what was done, with the database's name first. `fault`: raised by whatever is asked next."""

    seen: Look = field(default_factory=lambda: Look("17.2", 8_000_000, 3, {1: 2}))
    known: dict[str, Setting] = field(default_factory=lambda: dict(SETTINGS))
    acts: list[tuple[str, str]] = field(default_factory=list)
    fault: Exception | None = None

    def look(self, name: str) -> Look:
        if self.fault:
            raise self.fault
        return self.seen

    def settings(self, name: str) -> dict[str, Setting]:
        return self.known

    def configure(self, name: str, values: Mapping[str, SettingValue]) -> dict[str, Setting]:
        self.known |= {each: Setting(value, self.known[each].values) for each, value in values.items()}
        return self.known

    def end_sessions(self, name: str) -> None:
        self.acts.append((name, "sessions ended"))

    def reset(self, name: str, wanted: Wanted) -> None:
        if self.fault:
            raise self.fault
        self.acts.append((name, "reset" if wanted() else "not wanted"))

    def user(self, name: str, number: int) -> str:
        return login_name(name, number)
