"""A folder as a tarball whose bytes follow from what is in it, and a tarball as a folder that leads nowhere else.

Of a git repository only objects and refs: hooks and settings could make git run what a file wants.
"""

import hashlib
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from platform_sim.core.model.snapshots import BadSnapshot

Kind = Literal["repository", "slug", "source", "slug-upload"]
KINDS: tuple[Kind, ...] = ("repository", "slug", "source", "slug-upload")
CHUNK = 1 << 20

_OF_GIT = re.compile(
    r"HEAD|packed-refs|refs(/[\w.@+=,#%~-][^/\x00-\x20\\]*)*|objects(/[0-9a-f]{2}(/[0-9a-f]{38})?)?"
    r"|objects/pack(/pack-[0-9a-f]{40}\.(pack|idx|rev))?|objects/info"
)
_GIT_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n[http]\n\treceivepack = true\n"
"""As `web.git` makes a repository."""
_MODES = {True: 0o755, False: 0o644}


@dataclass(frozen=True)
class _Member:
    name: str
    path: Path


def pack(kind: Kind, path: Path, target: IO[bytes]) -> str:
    """Write what lies at `path`; returns the SHA-256. OSError if it cannot be read."""
    hashed = _Hashed(target)
    if path.is_file():
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                hashed.write(piece)
        return hashed.digest
    members = _of_git(path) if kind == "repository" else list(_below(path, lambda name: True))
    with tarfile.open(fileobj=hashed, mode="w|", format=tarfile.GNU_FORMAT) as archive:  # type: ignore[call-overload]
        for member in members:
            _add(archive, member)
    return hashed.digest


class _Hashed:
    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._hash = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self._hash.update(piece)
        return self._target.write(piece)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _of_git(path: Path) -> list[_Member]:
    """Refs are looked at before objects: what a ref names is there, also if somebody pushes meanwhile."""
    found = list(_below(path, lambda name: _OF_GIT.fullmatch(name) is not None))
    return sorted(found, key=lambda member: (member.name.startswith("objects"), member.name))


def _below(path: Path, wanted: Callable[[str], bool], inside: str = "") -> Iterator[_Member]:
    """Everything below a folder, in an order that does not depend on the disk; refs before objects."""
    for entry in sorted(os.scandir(path), key=lambda entry: (entry.name == "objects", entry.name)):
        name = f"{inside}{entry.name}"
        if not wanted(name):
            continue
        yield _Member(name, Path(entry.path))
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), wanted, f"{name}/")


def _add(archive: tarfile.TarFile, member: _Member) -> None:
    info = tarfile.TarInfo(member.name)
    if member.path.is_symlink():
        info.type, info.linkname = tarfile.SYMTYPE, str(member.path.readlink())
        archive.addfile(info)
    elif member.path.is_dir():
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(info)
    elif member.path.is_file():
        with member.path.open("rb") as file:
            status = os.fstat(file.fileno())
            info.size, info.mode = status.st_size, _MODES[bool(status.st_mode & 0o100)]
            archive.addfile(info, file)


def unpack(kind: Kind, source: IO[bytes], target: Path) -> None:
    """Make what `pack` has packed, at a place where nothing is yet. BadSnapshot for what `pack` never writes."""
    if kind in ("source", "slug-upload"):
        with target.open("xb") as file:
            while piece := source.read(CHUNK):
                file.write(piece)
        return
    target.mkdir()
    links: list[tuple[Path, str]] = []
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:
            for info in archive:
                _take(kind, archive, info, target, links)
        for place, link in links:  # at the end: nothing is written through one, no other one either
            if place.parent.resolve() != target.resolve() / place.parent.relative_to(target):
                raise BadSnapshot(f"a {kind} in the snapshot has a file that leads elsewhere: {place.name[:80]!r}")
            place.symlink_to(link)
    except (tarfile.TarError, OSError, ValueError, EOFError, RecursionError) as problem:
        if isinstance(problem, BadSnapshot):
            raise
        raise BadSnapshot(f"a {kind} in the snapshot cannot be unpacked ({type(problem).__name__})") from None
    if kind == "repository":
        (target / "config").write_text(_GIT_CONFIG)


def _take(
    kind: Kind, archive: tarfile.TarFile, info: tarfile.TarInfo, target: Path, links: list[tuple[Path, str]]
) -> None:
    parts = info.name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in info.name or "\x00" in info.name:
        raise BadSnapshot(f"a {kind} in the snapshot has a file that leads elsewhere: {info.name[:80]!r}")
    if kind == "repository" and (_OF_GIT.fullmatch(info.name) is None or info.issym()):
        raise BadSnapshot(f"a repository in the snapshot holds more than objects and refs: {info.name[:80]!r}")
    place = target.joinpath(*parts)
    if info.isdir():
        place.mkdir()
    elif info.issym():
        links.append((place, info.linkname))
    elif info.isreg() and not info.issparse():  # a sparse one says of itself how large it is
        with place.open("xb") as file:
            content = archive.extractfile(info)
            assert content is not None, "a plain file has content"
            while piece := content.read(CHUNK):
                file.write(piece)
        place.chmod(_MODES[bool(info.mode & 0o100)])
    else:
        raise BadSnapshot(f"a {kind} in the snapshot holds what is no file: {info.name[:80]!r}")
