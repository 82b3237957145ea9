"""The data folder: private files, made once, written whole, and held by one server at a time.

It may touch the file system, and only inside the folder it was given (and the ready file).
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from addon_service.errors import EnvironmentProblem


class DataFolder:
    """A folder of mode 0700 whose files are 0600."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentProblem(
                f"cannot use the data folder {path}: {error.strerror}; choose another with --data"
            ) from error

    def read(self, name: str) -> str | None:
        """A file's text without the blank around it; None when there is no such file, or nothing in it."""
        try:
            return (self.path / name).read_text().strip() or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentProblem(f"cannot read {self.path / name}: {error}; put it right") from error

    def keep(self, name: str, make: Callable[[], str]) -> str:
        """The file's text; when there is no file, one is made first.

        Two processes that begin together agree: the file appears whole or not at all, and the first one wins.
        """
        path = self.path / name
        if not path.exists():
            draft = _draft(path, make())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        text = self.read(name)
        if text is None:
            raise EnvironmentProblem(f"cannot use {path}: it is empty; restore it, or remove it to get a new one")
        return text

    def write(self, name: str, text: str) -> None:
        """Write a file whole."""
        write_whole(self.path / name, text)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for one server: two would take each other's duties for those of a dead one."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EnvironmentProblem(
                    f"cannot serve from {self.path}: another addon_service runs there; stop it or choose --data"
                ) from None
            yield
        finally:
            os.close(lock)


def write_whole(path: Path, text: str) -> None:
    """Write a file of mode 0600 so that a reader sees all of it or the one before."""
    try:
        _draft(path, text).replace(path)
    except OSError as error:
        raise EnvironmentProblem(f"cannot write {path}: {error.strerror}; check that its folder exists") from error


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    return draft
