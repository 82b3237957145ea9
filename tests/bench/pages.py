"""What a page of the dashboard costs with very much to show: server time in process, bytes of the answer."""

import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.report import Line
from tests.web.dashboard.browser import Browser
from tests.web.dashboard.crowd import ADDONS, APPS, ledger, much
from tests.web.dashboard.test_pages import PAGES
from tests.web.world import new_world, populate

MILLISECONDS, KILOBYTES = 30, 50
TIMELINE = ("/dashboard/timeline", "/dashboard/timeline?app=acme")
"""Once more with all that it looks at."""
TIMES = 5
"""Each page in a round; the first of all only makes its template."""


def pages(rounds: int) -> list[Line]:
    """The page that takes longest and the one that is longest; both stand for all."""
    with tempfile.TemporaryDirectory(prefix="platform-sim-bench-") as folder:
        world = new_world(Path(folder))
        try:
            full, browser = populate(world), Browser(world)
            assert world.call("PATCH", "/apps/acme/config-vars", {"GREETING": "hi"}).status_code == 200
            with world.database.transaction() as tx:
                much(tx, full)
            asked = {path: _ask(browser, path, rounds * TIMES) for path in PAGES}
            with world.database.transaction() as tx:
                ledger(tx)
            asked |= {path: _ask(browser, path, rounds * TIMES) for path in TIMELINE}
        finally:
            world.database.close()
    slowest = max(asked, key=lambda path: asked[path][0])
    longest = max(asked, key=lambda path: asked[path][1])
    crowd = f"of {len(asked)}, with {APPS:,} apps and {ADDONS:,} add-ons"
    name = "Dashboard, the {} page"
    return [
        Line(name.format("slowest"), asked[slowest][0], "ms", MILLISECONDS, False, f"{slowest}, {crowd}"),
        Line(name.format("longest"), asked[longest][1], "kB", KILOBYTES, False, longest),
    ]


def _ask(browser: Browser, path: str, times: int) -> tuple[float, float]:
    """Milliseconds, the median, and kB of the answer."""
    size, took = len(browser.answer(path).data), []
    for _ in range(times):
        began = time.monotonic()
        browser.answer(path)
        took.append(1000 * (time.monotonic() - began))
    return median(took), size / 1000
