"""Where dynos live: a folder each, and a port for those that listen. Made before a dyno starts, cleared after its end.

What runs inside another dyno lives there as a guest: it has nothing of its own, and takes nothing away.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from platform_sim.engines.dynos.orphans import end_strays
from platform_sim.engines.dynos.ports import Ports
from platform_sim.engines.dynos.workdir import make_home, remove_home


@dataclass(frozen=True)
class Lodging:
    """The folder `home` and the port of a dyno, or of the one that it is a guest of."""

    home: Path
    port: int | None
    guest: bool = False


class Lodgings:
    """All lodgings of a runtime. Thread-safe; clearing up after dynos has a thread of its own, since it waits."""

    def __init__(self, folder: Path) -> None:
        """`folder` takes one folder a dyno."""
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._ports = Ports()
        self._sweeper = ThreadPoolExecutor(1, "dyno-sweeper")

    def take(self, key: str, *, web: bool) -> Lodging:
        """A place for a new dyno, still empty; a web dyno gets a port."""
        return Lodging(self.folder / key, self._ports.take() if web else None)

    def fill(self, lodging: Lodging, slug_dir: Path | None) -> None:
        """Copy the app's files there; OSError when they cannot be read or copied."""
        if not lodging.guest:
            make_home(lodging.home, slug_dir)

    def clear(self, lodging: Lodging) -> None:
        """The folder goes, the port may be given again: nothing runs there."""
        if lodging.guest:
            return
        remove_home(lodging.home)
        if lodging.port is not None:
            self._ports.give_back(lodging.port)

    def sweep(self, lodging: Lodging, guarded: Callable[[Callable[[], None]], None]) -> None:
        """Soon: end what strayed from a dyno that has ended, and clear up. What a guest leaves ends with its host."""

        def act() -> None:
            end_strays(lodging.home)
            self.clear(lodging)

        if not lodging.guest:
            self._sweeper.submit(guarded, act)

    def close(self) -> None:
        """Wait until all is cleared up."""
        self._sweeper.shutdown(wait=True)
