"""What recorded texts are now: the uuids of another run, and values in place of secrets that nobody has kept. Pure."""

from collections.abc import Mapping
from typing import Any

from platform_sim.core.model.cassettes import PLACEHOLDER, UNKNOWN
from platform_sim.core.model.values import is_uuid


class Values:
    """Of one resource. `given`: values by the names of placeholders, `ACME_URL`, or of one of them, `ACME_URL 2`."""

    def __init__(self, service: str, given: Mapping[str, str]) -> None:
        self._service, self._given = service, given
        self._secrets: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def name(self, recorded: str, now: str) -> None:
        """Wherever that text was recorded, it is this one now."""
        if recorded:
            self._texts[recorded] = now

    def learn(self, recorded: Any, now: Any) -> None:
        """Look at a recorded JSON value and the one that came now: where the one has a placeholder or a uuid, the
        other says what it is."""
        if isinstance(recorded, dict) and isinstance(now, dict):
            for key in recorded.keys() & now.keys():
                self.learn(recorded[key], now[key])
        elif isinstance(recorded, list) and isinstance(now, list):
            for each, other in zip(recorded, now, strict=False):
                self.learn(each, other)
        elif isinstance(recorded, str) and isinstance(now, str):
            if PLACEHOLDER.fullmatch(recorded):
                self._secrets[recorded] = now
            elif is_uuid(recorded) and is_uuid(now):
                self._texts[recorded] = now

    def known(self, recorded: str) -> str | None:
        """What a recorded uuid or name is now; None if nobody has said."""
        return self._texts.get(recorded)

    def filled(self, value: Any) -> Any:
        """The JSON value as it is to be sent now."""
        if isinstance(value, dict):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if not isinstance(value, str):
            return value
        for recorded, now in self._texts.items():
            value = value.replace(recorded, now)
        value = PLACEHOLDER.sub(lambda found: self._secret(found[0], found[1], found[2]), value)
        return value.replace(UNKNOWN, "hidden-when-recorded")

    def _secret(self, whole: str, name: str, number: str) -> str:
        known = self._secrets.get(whole) or self._given.get(f"{name} {number}") or self._given.get(name)
        if known is not None:
            return known
        if name.lower().endswith("url"):
            return f"https://{self._service}.example/{name.lower()}-{number}"
        return f"{name}-{number}-of-a-cassette"
