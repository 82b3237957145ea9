"""What of a platform lies in files: repositories, slugs, tarballs. Kept once by their content, found again by it."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from platform_sim.core.model.apps import App, Slug, Source
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.core.store import Snapshot
from platform_sim.snapshots.packing import CHUNK, KINDS, Kind, pack, unpack


@dataclass(frozen=True)
class Named:
    """A file of a platform. `id`: of the app, slug or source that it belongs to."""

    kind: Kind
    id: str
    digest: str
    size: int
    where: str
    """Where its content is kept; empty if the snapshot holds it itself."""


def place_of(layout: Layout, kind: Kind, id: str, folder: str | None = None) -> Path:
    """Where a platform has it; `folder`: of a slug."""
    if kind == "repository":
        return layout.git / f"{id}.git"
    if kind == "slug":
        return layout.slugs / (folder or id)
    return layout.source(id) if kind == "source" else layout.slug_upload(id)


def _expected(rows: Snapshot) -> Iterator[tuple[Kind, str, str | None]]:
    for app in rows.all(App):
        yield "repository", app.id, None
    for slug in rows.all(Slug):
        yield "slug-upload", slug.id, None
        if slug.folder is not None:
            yield "slug", slug.id, slug.folder
    for source in rows.all(Source):
        yield "source", source.id, None


class Kept:
    """The contents that this platform's snapshots name: a file for each, called by its digest, in the data folder."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._folder = layout.kept

    def keep_all(self, rows: Snapshot) -> list[Named]:
        """Everything that belongs to these rows and is there, kept; sorted."""
        found = []
        places = self._places()
        for kind, id, folder in _expected(rows):
            path = place_of(self._layout, kind, id, folder)
            if path.exists():
                found.append(self._keep(kind, id, path, places))
        return sorted(found, key=lambda named: (named.kind, named.id))

    def note(self, files: Iterable[Named]) -> None:
        """Where contents are kept that came from elsewhere: snapshots of here name the same place."""
        places = {each.digest: each.where for each in files if each.where}
        if places:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            text = json.dumps(self._places() | places, indent=1, sort_keys=True)
            (self._folder / "places.json").write_text(text)

    def _places(self) -> dict[str, str]:
        with suppress(OSError, ValueError):
            found = json.loads((self._folder / "places.json").read_text())
            return {str(digest): str(where) for digest, where in found.items()}
        return {}

    def _keep(self, kind: Kind, id: str, path: Path, places: dict[str, str]) -> Named:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            part = Path(file.name)
            try:
                digest = pack(kind, path, file)
                size = file.tell()
                file.close()
                where = Path(places.get(digest, self._folder / digest))
                if not where.exists():
                    where = self._folder / digest
                    os.replace(part, where)  # noqa: PTH105
            except OSError as problem:
                raise BadSnapshot(f"the {kind} {id} cannot be read: {problem.strerror}") from None
            finally:
                part.unlink(missing_ok=True)
        return Named(kind, id, digest, size, str(where))


def pieces_of(path: str) -> Iterator[bytes]:
    """The bytes of a kept content."""
    with Path(path).open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


@contextmanager
def laid_out(
    layout: Layout, rows: Snapshot, files: Iterable[Named], content: Callable[[Named], Iterator[bytes]]
) -> Iterator[Callable[[], None]]:
    """All files unpacked beside the platform's own; what is yielded puts them in place. BadSnapshot if that cannot be.

    `content`: the bytes of one, which are checked by their digest.
    """
    aside = Layout(Path(tempfile.mkdtemp(prefix="restored-", dir=layout.root)))
    try:
        folders = {slug.id: slug.folder for slug in rows.all(Slug)}
        known = {(kind, id) for kind, id, _ in _expected(rows)}
        for named in files:
            if (named.kind, named.id) not in known:
                raise BadSnapshot(f"the snapshot is damaged: there is no {named.kind} {named.id[:60]!r} in its rows")
            place = place_of(aside, named.kind, named.id, folders.get(named.id))
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=aside.root) as spool:
                _spooled(named, content(named), spool)
                unpack(named.kind, spool, place)
        yield lambda: _put(aside, layout)
    finally:
        shutil.rmtree(aside.root, ignore_errors=True)


def _spooled(named: Named, pieces: Iterator[bytes], spool: IO[bytes]) -> None:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        spool.write(piece)
    if digest.hexdigest() != named.digest:
        raise BadSnapshot(f"the {named.kind} of {named.id} at {named.where} has changed: it is not what was kept there")
    spool.seek(0)


def _put(aside: Layout, layout: Layout) -> None:
    """Folder by folder. What the platform has beside (caches, outputs of builds) is made anew when it is missing."""
    for kind in KINDS:
        old = place_of(layout, kind, "any").parent
        new = place_of(aside, kind, "any").parent
        shutil.rmtree(old, ignore_errors=True)
        if new.exists():
            new.replace(old)
