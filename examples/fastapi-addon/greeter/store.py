"""What the service keeps. A real one has a database; here it is a dict, so that the example stays small."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass


@dataclass
class Greeting:
    """What one customer has. `key`: the secret in its address."""

    uuid: str
    plan: str
    key: str
    word: str
    refresh_token: str = ""
    is_gone: bool = False


class Store:
    """All greetings, those that are gone too: Heroku must never get one back."""

    def __init__(self) -> None:
        self._greetings: dict[str, Greeting] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def making(self, uuid: str) -> asyncio.Lock:
        """Heroku may ask for the same one twice at once, and a grant is good for one exchange."""
        return self._locks[uuid]

    def add(self, greeting: Greeting) -> None:
        """A new one."""
        self._greetings[greeting.uuid] = greeting

    def get(self, uuid: str) -> Greeting | None:
        """One that is there or has been."""
        return self._greetings.get(uuid)

    def by_key(self, key: str) -> Greeting | None:
        """One that is there, by its secret."""
        return next((each for each in self._greetings.values() if each.key == key and not each.is_gone), None)

    def held(self) -> list[str]:
        """Those that are there."""
        return [each.uuid for each in self._greetings.values() if not each.is_gone]
