"""Platforms of tests: how quickly one is there, a whole life cycle, a suite of a thousand, hundreds at once."""

import gc
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from platform_sim.testing import Heroku
from tests.bench.measures import Size
from tests.bench.programs import CannotMeasure
from tests.bench.report import Line, spread

HERE = Path(__file__).parent
MEGABYTES = 20
"""How much a worker of the suite may grow from its fiftieth test to its last: what the allocator keeps back."""


def worlds(folder: Path, size: Size) -> Iterator[Line]:
    """All lines of platforms of tests."""
    Heroku.start().stop()
    yield _fresh(size.worlds)
    yield _at_once(size.at_once)
    yield from _suite(folder / "suite", size.tests)


def _fresh(count: int) -> Line:
    """From nothing to a platform that listens, and its end."""
    took, worked = [], []
    for _ in range(count):
        wall, cpu = time.monotonic(), time.process_time()
        with Heroku(seed=7):
            took.append((time.monotonic() - wall) * 1000)
        worked.append((time.process_time() - cpu) * 1000)
    detail = f"{spread(took, 1, ' ms')} until it is there, {spread(worked, 1, ' ms')} on a processor with its end"
    return Line("fresh platform of a test", median(took), "ms", 5, False, detail)


def _at_once(count: int) -> Line:
    """Many that live at the same time; each is asked something once."""
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    alive: list[Heroku] = []
    try:
        alive += (Heroku.start() for _ in range(count))
        threads, files = threading.active_count(), process.num_fds()
        for each in alive:
            each.ask("POST", "/apps", {})
        each_takes = (process.memory_info().rss - before) / count / 1024
    finally:
        for each in alive:
            each.stop()
    detail = f"{count} at once, an app in each; before that {threads} threads and {files} files in all"
    return Line("memory of one of many platforms", each_takes, "kB", 1500, False, detail)


def _suite(folder: Path, count: int) -> Iterator[Line]:
    """`count` tests with the fixture and a partner of WSGI, a life cycle in each, by two workers of pytest-xdist."""
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -q -p no:cacheprovider\n")
    (folder / "conftest.py").write_text((HERE / "suite_conftest.py").read_text())
    (folder / "test_life.py").write_text((HERE / "suite_life.py").read_text().replace("COUNT = 30", f"COUNT = {count}"))
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", str(folder)], cwd=folder, capture_output=True, text=True
    )
    took = time.monotonic() - began
    if done.returncode != 0 or f"{count} passed" not in done.stdout:
        raise CannotMeasure(f"the suite did not pass: {done.stdout[-500:]}")
    seen = [json.loads(file.read_text()) for file in sorted(folder.glob("*.worker.json"))]
    lives = [life for worker in seen for life in worker["milliseconds"]]
    yield Line("a whole life cycle as a test", median(lives), "ms", 50, False, f"{spread(lives, 1, ' ms')} of {count}")
    aim = 60 * count / 1000
    worked = spread([worker["worked"] for worker in seen], 1, " ms")
    detail = f"their start included; a test takes {worked} on a processor"
    yield Line(f"{count} such tests, two workers", took, "s", aim, False, detail)
    grown = max(worker["last"]["memory"] - worker["fiftieth"]["memory"] for worker in seen) / 1024
    kept = {name: [worker["last"][name] - worker["fiftieth"][name] for worker in seen] for name in ("threads", "files")}
    yield Line("growth of a worker's memory", grown, "kB", MEGABYTES * 1024, False, f"threads and files: {kept}")
