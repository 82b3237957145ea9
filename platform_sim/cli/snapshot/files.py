"""Files of snapshots on the disk: written whole or not at all, for their owner alone."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from platform_sim.cli.client import Client
from platform_sim.cli.failures import EnvironmentProblem

STDOUT = "-"
"""What is written where a file is named, for stdout."""


@contextmanager
def sent() -> Iterator[IO[bytes]]:
    """What is written in the block goes to stdout at its end; nothing does if it fails."""
    with tempfile.TemporaryFile() as kept:
        yield kept
        kept.seek(0)
        shutil.copyfileobj(kept, sys.stdout.buffer)


@contextmanager
def written(file: Path) -> Iterator[IO[bytes]]:
    """What is written in the block takes the place of the file. EnvironmentProblem if that cannot be."""
    try:
        handle, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}-")
    except OSError as problem:
        raise EnvironmentProblem(f"cannot write {file}: {problem.strerror}; name another place") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
        part.replace(file)
    except OSError as problem:
        raise EnvironmentProblem(f"cannot write {file}: {problem.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def read(file: Path) -> Iterator[IO[bytes]]:
    """The file, open. EnvironmentProblem if it cannot be."""
    try:
        source = file.open("rb")
    except OSError as problem:
        raise EnvironmentProblem(f"cannot read {file}: {problem.strerror}") from None
    with source:
        yield source


def fetch(client: Client, target: IO[bytes], *, secrets: bool, files: bool, logs: bool) -> None:
    """A snapshot of the running platform."""
    wanted = {"secrets": secrets, "files": files, "logs": logs}
    query = "&".join(f"{name}={str(value).lower()}" for name, value in wanted.items())
    client.download(f"/sim/snapshot?{query}", target)
