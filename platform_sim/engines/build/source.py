"""The tarball of an app's source, unpacked so that nothing lands outside the given folder. Touches files only.

Folders and files are written first and links last, so that no member can be written through a link; then each
link is looked at where it really points. A GitHub-style tarball with a single folder on top is unpacked without it.
"""

import gzip
import os
import shutil
import tarfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, cast

_GZIP_MAGIC = b"\x1f\x8b"
_OTHER_MAGIC = {b"PK": "a zip file", b"BZ": "bzip2", b"\xfd7": "xz", b"(\xb5": "zstd"}
_PIECE = 256 * 1024


class SourceRefused(ValueError):
    """A tarball that is not unpacked; the message says which member or bound, and why."""


def unpack(tarball: Path, folder: Path, *, max_bytes: int, max_files: int) -> None:
    """Write what is in `tarball` (.tar or .tar.gz) to `folder`, which must be missing or empty.

    `.git` is left out, the executable bit of files is kept, owners and other mode bits are not. `max_bytes` bounds
    the unpacked stream, `max_files` the number of members. Raises SourceRefused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarball.open("rb") as raw, _opened(raw) as plain:
            bounded = _Bounded(plain, max_bytes)
            with tarfile.open(fileobj=bounded, mode="r|") as archive:  # type: ignore[call-overload]
                _Unpacking(folder, max_files).take(archive)
            while bounded.read(_PIECE):  # to its end, where gzip's checksum is
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise SourceRefused(f"The source is not a whole .tar or .tar.gz file: {error}.") from None
    except (OSError, ValueError, OverflowError) as error:
        if isinstance(error, SourceRefused):
            raise
        raise SourceRefused(f"The source cannot be unpacked: {error}.") from None
    _drop_single_top(folder)
    _check_links(folder)


def remove_git(folder: Path) -> None:
    """Remove everything named `.git` below `folder`: history and remotes have no place in a slug."""
    for root, folders, files in os.walk(folder):
        if ".git" in folders or ".git" in files:
            remove(Path(root, ".git"))
            folders[:] = [name for name in folders if name != ".git"]


def remove(path: Path) -> None:
    """Remove a file, a link (never what it points to) or a whole folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _opened(raw: IO[bytes]) -> IO[bytes]:
    start = raw.read(2)
    raw.seek(0)
    if start in _OTHER_MAGIC:
        raise SourceRefused(f"The source is {_OTHER_MAGIC[start]}, not a tarball. Send a .tar or .tar.gz file.")
    return cast(IO[bytes], gzip.open(raw)) if start == _GZIP_MAGIC else raw


class _Bounded:
    """A reader that stops a stream, as a decompression bomb makes it, at a bound."""

    def __init__(self, stream: IO[bytes], bound: int) -> None:
        self._stream, self._bound, self._left = stream, bound, bound

    def read(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise SourceRefused(f"The source is larger than {self._bound} bytes when unpacked.")
        return piece


@dataclass
class _Unpacking:
    folder: Path
    max_files: int
    count: int = 0
    links: dict[Path, str] = field(default_factory=dict)

    def take(self, archive: tarfile.TarFile) -> None:
        for member in archive:
            self.count += 1
            if self.count > self.max_files:
                raise SourceRefused(f"The source holds more than {self.max_files} files.")
            path = self._inside(member.name)
            if path == self.folder or ".git" in path.relative_to(self.folder).parts:
                continue
            self._write(archive, member, path)
        self._make_links()

    def _inside(self, name: str) -> Path:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\0" in name:
            raise SourceRefused(f"The source holds {name!r}, which would be written outside the app's folder.")
        return self.folder.joinpath(*pure.parts)

    def _write(self, archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
        if member.isdir():
            path.mkdir(parents=True, exist_ok=True)
        elif member.issym():
            self.links[path] = member.linkname
        elif member.isreg() or member.islnk():
            path.parent.mkdir(parents=True, exist_ok=True)
            content = self._hard_linked(member) if member.islnk() else archive.extractfile(member)
            if content is None:
                raise SourceRefused(f"The source holds {member.name!r}, which has no content.")
            with content, path.open("wb") as file:
                shutil.copyfileobj(content, file, _PIECE)
            path.chmod(0o755 if member.mode & 0o100 else 0o644)
            os.utime(path, (member.mtime, member.mtime))
        else:
            raise SourceRefused(
                f"The source holds {member.name!r}, a device or pipe. Only files, folders and links can be pushed."
            )

    def _hard_linked(self, member: tarfile.TarInfo) -> IO[bytes]:
        target = self._inside(member.linkname)
        if not target.is_file():
            raise SourceRefused(f"The source holds {member.name!r}, a link to {member.linkname!r}, which is not in it.")
        return target.open("rb")

    def _make_links(self) -> None:
        for path, target in self.links.items():
            if path.exists() or path.is_symlink():
                raise SourceRefused(f"The source holds '{path.relative_to(self.folder)}' twice, once as a link.")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)


def _drop_single_top(folder: Path) -> None:
    entries = list(folder.iterdir())
    if len(entries) != 1 or entries[0].is_symlink() or not entries[0].is_dir():
        return
    top = entries[0].rename(folder / ".top.unpacked")
    for entry in list(top.iterdir()):
        entry.rename(folder / entry.name)
    top.rmdir()


def _check_links(folder: Path) -> None:
    inside = folder.resolve()
    for root, folders, files in os.walk(folder):
        for name in folders + files:
            path = Path(root, name)
            if path.is_symlink() and not _stays_inside(path, inside):
                raise SourceRefused(
                    f"The source holds '{path.relative_to(folder)}', a link to '{path.readlink()}'. "
                    "A link must be relative and stay inside the app's folder."
                )


def _stays_inside(link: Path, folder: Path) -> bool:
    try:
        link.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # it leads nowhere, which is allowed as long as nowhere is inside
    except OSError:
        return False  # a circle
    return not link.readlink().is_absolute() and link.resolve().is_relative_to(folder)
