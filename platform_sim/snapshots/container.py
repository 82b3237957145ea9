"""The file itself: a zip whose bytes follow from what is in it, and what is refused before anything in it is believed.

`snapshot.json` comes first and names every other entry with its digest, so nothing can be missing, changed or added.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from platform_sim.core.model import json_text
from platform_sim.core.model.snapshots import BadSnapshot

FORMAT, VERSION = "platform-sim-snapshot", 1
HEAD = "snapshot.json"
MOST_ENTRIES = 50_000
LARGEST_HEAD = 64_000_000
"""Bytes of `snapshot.json`, which has a line for each entry and file."""
CHUNK = 1 << 20
_WHEN = (1980, 1, 1, 0, 0, 0)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@dataclass
class Writer:
    """Entries are written as they come; the head, which is first, at the end: so all are held until then."""

    head: dict[str, Any]
    _entries: list[tuple[str, Callable[[], Iterator[bytes]]]] = field(default_factory=list)

    def add(self, name: str, pieces: Callable[[], Iterator[bytes]], digest: str) -> None:
        """An entry whose bytes are read when it is written; `digest`: their SHA-256."""
        self._entries.append((name, pieces))
        self.head.setdefault("entries", {})[name] = digest

    def add_text(self, name: str, text: str) -> None:
        """An entry that is there already."""
        data = text.encode()
        self.add(name, lambda: iter([data]), hashlib.sha256(data).hexdigest())

    def write(self, target: IO[bytes]) -> None:
        """The whole file."""
        head = json.dumps(self.head, indent=1, sort_keys=True).encode()
        with zipfile.ZipFile(target, "w") as archive:
            _put(archive, HEAD, iter([head]))
            for name, pieces in sorted(self._entries, key=lambda entry: entry[0]):
                _put(archive, name, pieces())


def _put(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> None:
    info = zipfile.ZipInfo(name, _WHEN)
    info.create_system, info.external_attr = 3, 0o600 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = 1  # type: ignore[attr-defined]
    with archive.open(info, "w", force_zip64=True) as out:
        for piece in pieces:
            out.write(piece)


class Reader:
    """A file of this format and version. BadSnapshot for any other, and whenever it turns out to be damaged.

    `limit`: bytes that may come out of it in all, whatever it says of itself.
    """

    def __init__(self, source: IO[bytes], limit: int) -> None:
        self._left = limit
        self._limit = limit
        try:
            self._archive = zipfile.ZipFile(source)
            names = self._archive.namelist()
        except _BROKEN:
            raise BadSnapshot("this is no snapshot, or a part of one: it is no zip file that can be read") from None
        if len(names) > MOST_ENTRIES or len(set(names)) != len(names) or HEAD not in names:
            raise BadSnapshot(f"this is no snapshot: there is no {HEAD} in it, or it has entries without end")
        self.head = self._read_head()
        self.entries: dict[str, str] = self.part("entries", dict)
        if odd := sorted(set(names) ^ {HEAD, *self.entries}):
            raise BadSnapshot(f"the snapshot is damaged: {odd[0][:80]!r} should be there and is not, or the other way")

    def part(self, name: str, kind: type[Any]) -> Any:
        """What the head says under a name; BadSnapshot if that is of another kind."""
        found = self.head.get(name)
        if type(found) is not kind:
            raise BadSnapshot(f"the snapshot is damaged: {name} in {HEAD} is no {kind.__name__}")
        return found

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of an entry; at their end BadSnapshot if its digest is another."""
        digest = hashlib.sha256()
        for piece in self._unpacked(name):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != self.entries[name]:
            raise BadSnapshot(f"the snapshot is damaged: {name} is not what was written")

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of an entry."""
        rest = b""
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            raise BadSnapshot(f"the snapshot is damaged: the last line of {name} does not end")

    def text(self, name: str) -> str:
        """The whole of an entry."""
        try:
            return b"".join(self.pieces(name)).decode()
        except UnicodeDecodeError:
            raise BadSnapshot(f"the snapshot is damaged: {name} is no text") from None

    def _unpacked(self, name: str, largest: int | None = None) -> Iterator[bytes]:
        size = 0
        try:
            with self._archive.open(name) as entry:
                while piece := entry.read(CHUNK):
                    size += len(piece)
                    self._left -= len(piece)
                    if self._left < 0 or size > (largest or self._limit):
                        break
                    yield piece
        except _BROKEN as problem:
            if isinstance(problem, BadSnapshot):
                raise
            raise BadSnapshot(f"the snapshot is damaged: {name[:80]} cannot be unpacked") from None
        if self._left < 0 or size > (largest or self._limit):
            raise BadSnapshot(
                f"the snapshot is larger than {self._limit} bytes when it is unpacked: nothing was read from there on. "
                "If it is yours, allow more with PLATFORM_SIM_SNAPSHOT_SIZE_LIMIT."
            )

    def _read_head(self) -> dict[str, Any]:
        try:
            head = json_text.read(b"".join(self._unpacked(HEAD, LARGEST_HEAD)))
        except ValueError as problem:
            if isinstance(problem, BadSnapshot):
                raise
            raise BadSnapshot(f"this is no snapshot: {HEAD} is no JSON") from None
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            raise BadSnapshot(f"this is no snapshot: {HEAD} does not say that it is one")
        if type(head.get("version")) is not int or head["version"] < 1:
            raise BadSnapshot("the snapshot is damaged: it does not say of which version it is")
        if head["version"] > VERSION:
            raise BadSnapshot(
                f"the snapshot is of version {head['version']}, written by a newer platform-sim; this one reads "
                f"version {VERSION}: use the newer one"
            )
        return head
