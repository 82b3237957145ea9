"""Repositories, slugs and tarballs: named or carried, the same bytes again, and nothing leads anywhere else."""

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from platform_sim.core.actions.builds import create_source
from platform_sim.core.model.apps import App, Slug
from platform_sim.core.model.snapshots import BadSnapshot
from platform_sim.snapshots.album import Album
from platform_sim.snapshots.packing import KINDS, Kind, pack, unpack

from ..support import deploy, new_app, new_customer
from .full import album, begin, close, put, taken
from .test_refused import packed, unpacked


def git(*words: str, at: Path) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(at), "GIT_CONFIG_NOSYSTEM": "1"}
    identity = {f"GIT_{who}_{what}": "you@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *words], cwd=at, env=environment | identity, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def with_files(folder: Path) -> tuple[Album, App, Slug]:
    """An app that was pushed and built: a repository with hooks, a slug with a link and a program, a source."""
    made = album(folder)
    with made.database.transaction() as tx:
        begin(tx)
        customer = new_customer(tx)
        app = new_app(tx, customer, "shop")
        deploy(tx, customer, app)
        source = create_source(tx)
        [slug] = tx.all(Slug)
    layout = made.layout
    work = folder / "work"
    work.mkdir()
    git("init", "--quiet", "--initial-branch=main", at=work)
    (work / "Procfile").write_text("web: serve\n")
    git("add", ".", at=work)
    git("commit", "--quiet", "-m", "one", at=work)
    layout.git.mkdir(parents=True)
    git("clone", "--quiet", "--bare", str(work), str(layout.git / f"{app.id}.git"), at=folder)
    assert slug.folder is not None
    slug_dir = layout.slugs / slug.folder
    (slug_dir / "bin").mkdir(parents=True)
    (slug_dir / "bin" / "serve").write_text("#!/bin/sh\n")
    (slug_dir / "bin" / "serve").chmod(0o755)
    (slug_dir / "python").symlink_to("/usr/bin/python3")
    layout.source(source.id).parent.mkdir()
    layout.source(source.id).write_bytes(b"a tarball")
    return made, app, slug


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file that names what was pushed."""
    made, _, _ = with_files(tmp_path_factory.mktemp("named"))
    file = taken(made)
    close(made)
    return file


@pytest.mark.parametrize("inside", [True, False])
def test_invariant_20_what_was_pushed_comes_back(tmp_path: Path, inside: bool) -> None:
    one, app, slug = with_files(tmp_path / "one")
    other = album(tmp_path / "other")
    file = taken(one, secrets=True, files=inside)
    assert any(name.startswith("files/") for name in unpacked(file)) == inside
    if inside:
        shutil.rmtree(tmp_path / "one")
    put(other, file)
    assert taken(other, secrets=True, files=inside) == file
    repository = other.layout.git / f"{app.id}.git"
    assert git("show", "main:Procfile", at=repository) == "web: serve"
    assert git("config", "http.receivepack", at=repository) == "true"
    assert not (repository / "hooks").exists()
    assert slug.folder is not None
    built = other.layout.slugs / slug.folder
    assert os.access(built / "bin" / "serve", os.X_OK)
    assert (built / "python").readlink() == Path("/usr/bin/python3")
    assert [each.read_bytes() for each in (other.layout.root / "sources").iterdir()] == [b"a tarball"]
    close(one, other)


def test_a_file_that_names_them_finds_what_was_there_then(tmp_path: Path) -> None:
    """Although somebody has pushed, and the app has gone, since."""
    one, app, _ = with_files(tmp_path / "one")
    file = taken(one, secrets=True)
    shutil.rmtree(one.layout.git)
    shutil.rmtree(one.layout.slugs)
    put(one, file)
    assert git("show", "main:Procfile", at=one.layout.git / f"{app.id}.git") == "web: serve"
    assert taken(one, secrets=True) == file
    close(one)


def test_what_is_gone_or_has_changed_is_refused(tmp_path: Path) -> None:
    one, app, _ = with_files(tmp_path / "one")
    file = taken(one)
    other = album(tmp_path / "other")
    for kept in one.layout.kept.iterdir():
        kept.write_bytes(bytes(kept.stat().st_size))
    with pytest.raises(BadSnapshot, match="has changed"):
        put(other, file)
    shutil.rmtree(one.layout.kept)
    with pytest.raises(BadSnapshot, match=r"repository of .* is not in the snapshot.*take it with --files"):
        put(other, file)
    assert [each.name for each in other.layout.root.iterdir()] == []
    close(one, other)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("/dev/zero", "no longer where it was"),
        ("etc/passwd", "no longer where"),
        ("/etc/hostname", "no longer|changed"),
    ],
)
def test_a_name_leads_to_nothing_else(tmp_path: Path, named: bytes, where: str, words: str) -> None:
    entries = unpacked(named)
    head = json.loads(entries["snapshot.json"])
    for each in head["files"]:
        each["where"] = where
    other = album(tmp_path / "other")
    with pytest.raises(BadSnapshot, match=words):
        put(other, packed(entries | {"snapshot.json": json.dumps(head).encode()}))
    close(other)


def tar_of(*members: tuple[str, bytes, str]) -> io.BytesIO:
    """Names, kinds of members and what they hold or lead to."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind, held in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, held if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            content = held.encode() if kind == tarfile.REGTYPE else b""
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    made.seek(0)
    return made


R, S, D = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE
HOSTILE: list[tuple[Kind, tuple[tuple[str, bytes, str], ...], str]] = [
    ("slug", (("../out", R, "x"),), "leads elsewhere"),
    ("slug", (("/out", R, "x"),), "leads elsewhere"),
    ("slug", (("a/../../out", R, "x"),), "leads elsewhere"),
    ("slug", (("a\\out", R, "x"),), "leads elsewhere"),
    ("slug", (("link", S, ".."), ("link/out", R, "x")), "cannot be unpacked"),
    ("slug", (("link", S, ".."), ("link/out", S, "/etc/passwd")), "leads elsewhere"),
    ("slug", (("link", tarfile.LNKTYPE, "../out"),), "holds what is no file"),
    ("slug", (("device", tarfile.CHRTYPE, ""),), "holds what is no file"),
    ("slug", (("pipe", tarfile.FIFOTYPE, ""),), "holds what is no file"),
    ("slug", (("twice", R, "x"), ("twice", R, "y")), "cannot be unpacked"),
    ("repository", (("hooks", D, ""), ("hooks/pre-receive", R, "x")), "more than objects and refs"),
    ("repository", (("config", R, "[core]\nfsmonitor = touch /tmp/x\n"),), "more than objects and refs"),
    ("repository", (("objects", D, ""), ("objects/info", D, ""), ("objects/info/alternates", R, "/")), "more than"),
    ("repository", (("HEAD", S, "/etc/passwd"),), "more than objects and refs"),
    ("repository", (("refs", D, ""), ("refs/../../out", R, "x")), "leads elsewhere"),
]


@pytest.mark.parametrize(("kind", "members", "words"), HOSTILE)
def test_a_tarball_leads_nowhere_else(
    tmp_path: Path, kind: Kind, members: tuple[tuple[str, bytes, str], ...], words: str
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(BadSnapshot, match=words):
        unpack(kind, tar_of(*members), inside / "target")
    assert [each.name for each in tmp_path.iterdir()] == ["inside"]
    assert not list(inside.rglob("out"))


def test_a_file_with_holes_is_no_larger_than_it_is(tmp_path: Path) -> None:
    told = {"major": "0", "minor": "1", "name": "big", "map": "0,1", "numblocks": "1", "size": "99999999"}
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("big")
        info.size, info.pax_headers = 1, {f"GNU.sparse.{name}": value for name, value in told.items()}
        archive.addfile(info, io.BytesIO(b"x"))
    made.seek(0)
    with pytest.raises(BadSnapshot, match="holds what is no file"):
        unpack("slug", made, tmp_path / "target")
    assert not (tmp_path / "target" / "big").exists()


def test_the_same_folder_makes_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    make: list[Callable[[Path], object]] = [
        lambda at: (at / "a").write_text("1"),
        lambda at: (at / "b").mkdir(),
        lambda at: (at / "c").symlink_to("a"),
    ]
    for number, order in enumerate((make, make[::-1])):
        folder = tmp_path / str(number)
        folder.mkdir()
        for each in order:
            each(folder)
        os.utime(folder / "a", (number, number))
        digests.append(pack("slug", folder, io.BytesIO()))
    assert digests[0] == digests[1]
    assert len(KINDS) == 4
