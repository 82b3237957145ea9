"""What of the contract all platforms of a run have touched, added up over tests and processes."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platform_sim.coverage.html import as_html
from platform_sim.coverage.report import coverage_of
from platform_sim.coverage.terminal import lines
from platform_sim.coverage.touched import Touched
from platform_sim.coverage.watch import Watch
from platform_sim.settings import environment

Json = dict[str, Any]
PAGE = "platform-sim-coverage.html"


class Tally:
    """Of a run. `whole_api`: with all links of the Platform API; `played`: with partners that the library plays, which
    are scripted ones and cassettes."""

    def __init__(self, whole_api: bool = False, played: bool = False) -> None:
        self._whole_api, self._played = whole_api, played
        self._judged = Counter[Any]()
        self._total = Touched()

    def watch(self) -> Watch:
        """For one more platform."""
        return Watch(self._judged, _test)

    def take(self, watch: Watch) -> None:
        """That platform is about to end."""
        self._total.add(watch.touched(played=self._played))

    def part(self) -> Json:
        """For the process that adds all up."""
        return self._total.as_json()

    def add(self, part: Json) -> None:
        """What another process has found."""
        self._total.add(Touched.from_json(part))

    def report(self) -> Json:
        """As JSON."""
        return coverage_of(self._total, whole_api=self._whole_api).as_json()

    def told(self, folder: Path | None) -> Iterator[str]:
        """For the terminal; the page is written too if there is a folder for it. OSError if that cannot be."""
        report = self.report()
        yield from lines(report)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / PAGE).write_text(as_html(report), encoding="utf-8")
            yield f"Contract coverage written to {folder / PAGE}"


def _test() -> str:
    """The test that pytest runs now, without its phase; "" outside of one."""
    return environment().get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
