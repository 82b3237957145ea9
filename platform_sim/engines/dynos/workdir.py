"""A dyno's own folder: a copy of the app's files that the dyno may change and that ends with it."""

import shutil
from pathlib import Path

LINKED = frozenset({".heroku", "node_modules"})
"""What buildpacks install: large, shared by all dynos of a slug, linked instead of copied."""


def make_home(home: Path, slug: Path | None) -> None:
    """Fill the new folder `home` with the slug's files; OSError when they cannot be read or copied.

    Times of files are kept, so that compiled Python files of the slug stay valid.
    """
    if slug is None:
        home.mkdir(parents=True)
        return
    shutil.copytree(slug, home, symlinks=True, ignore=lambda folder, names: _linked(slug, folder, names))
    for name in LINKED:
        if (slug / name).exists():
            (home / name).symlink_to((slug / name).resolve(), target_is_directory=True)


def remove_home(home: Path) -> None:
    """Remove what is left of a dyno's folder; what resists (permissions) is left behind, not raised."""
    shutil.rmtree(home, ignore_errors=True)


def _linked(slug: Path, folder: str, names: list[str]) -> set[str]:
    return set(LINKED.intersection(names)) if Path(folder) == slug else set()
