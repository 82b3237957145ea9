"""The slug: what is thrown away before a build, how large it is, and its way to its final place. Touches files only."""

import gzip
import hashlib
import re
import shutil
import tarfile
from pathlib import Path
from typing import IO, cast

from platform_sim.engines.build.source import remove

_FAST = 1  # gzip level: the size is only shown and stored, nobody waits for a small download


def apply_slugignore(folder: Path) -> int:
    """Remove what `.slugignore` names, before any buildpack runs; returns how many files and folders that were.

    A pattern with a slash is meant from the root, one without anywhere; `#` starts a comment. Negation with `!` is
    not part of the format.
    """
    file = folder / ".slugignore"
    if not file.is_file():
        return 0
    removed = 0
    for raw in file.read_text(encoding="utf-8", errors="replace").splitlines():
        pattern = raw.partition("#")[0].strip()
        parts = [_glob(part) for part in pattern.split("/") if part not in ("", ".")]
        if not parts or ".." in parts:
            continue
        found = folder.glob("/".join(parts)) if "/" in pattern.rstrip("/") else folder.rglob(parts[0])
        for path in sorted(found):
            if (path.is_symlink() or path.exists()) and path != folder:
                remove(path)
                removed += 1
    return removed


def measure(folder: Path) -> tuple[int, str]:
    """Size in bytes and "SHA256:<hex>" of `folder` packed as .tar.gz. The same content gives the same checksum."""
    sink = _Measure()
    pack(folder, cast(IO[bytes], sink))
    return sink.size, f"SHA256:{sink.hash.hexdigest()}"


def pack(folder: Path, sink: IO[bytes]) -> None:
    """Write `folder` to `sink` as .tar.gz with the files below `./app`, as Heroku's slugs have them."""
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=_FAST, fileobj=sink, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        archive.add(folder, "./app", filter=_anonymous)  # tarfile adds names in sorted order


def move(folder: Path, target: Path) -> None:
    """Move a finished folder to `target`, which appears as a whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.rename(target)
    except OSError:  # another file system: copy beside the target, then rename there
        partial = target.with_name(f".{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(folder, partial, symlinks=True)
        partial.rename(target)


def _glob(part: str) -> str:
    """A part of a path with `**` only where pathlib takes it: alone."""
    return part if part == "**" else re.sub(r"\*+", "*", part)


class _Measure:
    def __init__(self) -> None:
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        """gzip asks for it; nothing is held back here."""


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member
