"""A tarball that somebody sends, as a file: in pieces, whole or not at all, and no longer than it may be."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from platform_sim.core import errors

CHUNK = 256 * 1024


@dataclass
class Upload:
    """All of it, beside where it will lie."""

    part: Path
    size: int
    checksum: str
    """`SHA256:...`"""

    def keep(self, target: Path) -> None:
        """It takes the place of what is there."""
        self.part.replace(target)


@contextmanager
def received(stream: IO[bytes], folder: Path, limit: int, announced: int | None = None) -> Iterator[Upload]:
    """What `stream` holds, in a file of `folder` that is gone after the block unless it was kept.

    TooLarge beyond `limit` bytes, at once if so many are `announced`.
    """
    if (announced or 0) > limit:
        raise errors.TooLarge(f"The upload has {announced} bytes; at most {limit} are taken.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        part = Path(file.name)
        try:
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise errors.TooLarge(f"The upload is longer than {limit} bytes.")
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            yield Upload(part, size, f"SHA256:{digest.hexdigest()}")
        finally:
            part.unlink(missing_ok=True)
