"""`python -m tests.bench [--quick] [--json] [--explain]`: measure, print, say loudly which aim is missed."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import measures, startup
from tests.bench.command import apps_command
from tests.bench.crowd import reads_meanwhile
from tests.bench.load import LoadFailed
from tests.bench.measures import FULL, QUICK, Size
from tests.bench.pages import pages
from tests.bench.programs import CannotMeasure
from tests.bench.report import Line, as_json, closing
from tests.bench.watchers import live_pages
from tests.bench.worlds import worlds
from tests.processes.customer import Customer
from tests.processes.up import Up


def measure(folder: Path, size: Size) -> Iterator[Line]:
    """All lines, each as soon as it is known."""
    (folder / "scratch").mkdir()
    with Up(folder) as up:
        found = up.start()
        customer = Customer(found["url"], found["token"], folder)
        yield from measures.api(customer, folder, size)
        yield apps_command(customer, found["ca_file"], found["pid"], size.rounds)
        yield from live_pages(customer, size)
        yield from reads_meanwhile(customer, folder, size.crowds)
        port = measures.deploy(customer, sys.executable)
        yield measures.router(customer, size, port)
        yield measures.restart(customer, folder, size)
    yield from startup.startup(folder, size)
    yield from pages(size.rounds)
    yield from worlds(folder, size)


def run(size: Size, explained: bool, say: Callable[[str], None]) -> list[Line]:
    """Measure everything, saying each line at once."""
    for text in measures.sizes(size):
        say(text)
    lines = []
    with tempfile.TemporaryDirectory(prefix="platform-sim-bench-") as folder:
        for line in measure(Path(folder), size):
            say(line.text())
            lines.append(line)
    if explained:
        for text in startup.explain(size):
            say(text)
    return lines


def main() -> int:
    """0 whether or not the aims are met; 3 if it could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run, for a first idea")
    parser.add_argument("--json", action="store_true", help="the lines as JSON, nothing else")
    parser.add_argument("--explain", action="store_true", help="also show what a start consists of")
    options = parser.parse_args()
    say: Callable[[str], None] = (lambda _: None) if options.json else (lambda text: print(text, flush=True))
    try:
        lines = run(QUICK if options.quick else FULL, options.explain, say)
    except (CannotMeasure, LoadFailed) as problem:
        print(f"bench: cannot measure: {problem}", file=sys.stderr)
        return 3
    print(as_json(lines) if options.json else closing(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
