"""A database server that is a dictionary: for tests of what the add-on asks of one, and of one that does not answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from addon_service.datastore.base import Data, Use, Wanted, login_name


@dataclass
class FakeEngine:
    """`logins`: database -> number -> (password, connections). `fault`: called with each act's name before it."""

    logins: dict[str, dict[int, tuple[str, int]]] = field(default_factory=dict)
    bytes: int = 8_000_000
    address: str = "db.test:5432"
    label: str = "a dictionary"
    absent: str | None = None
    acts: list[str] = field(default_factory=list)
    fault: Callable[[str], None] | None = None
    data: Data | None = None

    def start(self) -> None:
        self._act("start")

    def stop(self) -> None:
        self._act("stop")

    def create(self, name: str, wanted: Wanted) -> None:
        self._act("create")
        if wanted():
            self.logins.setdefault(name, {})

    def login(self, name: str, number: int, password: str, connections: int, wanted: Wanted) -> None:
        self._act("login")
        if wanted():
            self.logins[name][number] = (password, connections)

    def limit(self, name: str, connections: int) -> None:
        self._act("limit")
        self.logins[name] = {number: (password, connections) for number, (password, _) in self.logins[name].items()}

    def retire(self, name: str, number: int) -> None:
        self._act("retire")
        self.logins[name].pop(number, None)

    def drop(self, name: str) -> None:
        self._act("drop")
        self.logins.pop(name, None)

    def use(self, name: str) -> Use:
        self._act("use")
        return Use(self.bytes, 3)

    def traces(self, name: str) -> list[str]:
        self._act("traces")
        return [name, *(login_name(name, number) for number in self.logins[name])] if name in self.logins else []

    def url(self, name: str, number: int, password: str) -> str:
        return f"postgres://{login_name(name, number)}:{password}@{self.address}/{name}"

    def opens(self, url: str) -> bool:
        """Whether an app gets in with this URL."""
        return url in [
            self.url(name, number, password)
            for name, found in self.logins.items()
            for number, (password, _) in found.items()
        ]

    def only(self) -> dict[int, tuple[str, int]]:
        """The logins of the one database there is."""
        assert len(self.logins) == 1
        return next(iter(self.logins.values()))

    def _act(self, what: str) -> None:
        self.acts.append(what)
        if self.fault:
            self.fault(what)


def failing(what: str, error: Exception) -> Callable[[str], None]:
    """A fault of one act."""

    def fault(act: str) -> None:
        if act == what:
            raise error

    return fault
