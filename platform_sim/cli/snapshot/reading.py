"""A snapshot from a file of this machine, opened and checked as a platform would."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platform_sim.cli.failures import Failure
from platform_sim.cli.snapshot.files import read
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.settings import environment, load
from platform_sim.snapshots.reading import Opened, opened


@contextmanager
def opened_file(file: Path) -> Iterator[Opened]:
    """What it holds; Failure with its name if it cannot be used."""
    with read(file) as source:
        try:
            with opened(source, load(environment()).snapshot_size_limit) as snapshot:
                yield snapshot
        except BadSnapshot as problem:
            raise Failure(f"{file}: {problem}") from None
