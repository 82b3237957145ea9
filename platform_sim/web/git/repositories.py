"""Bare repositories, one an app, and the CGI call of `git http-backend`."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import IO

from werkzeug.exceptions import HTTPException

CHUNK = 64 * 1024
PATIENCE = 5.0
"""Wall seconds that git may take to end once it was told to."""
HOOK = Path(__file__).with_name("hook.py")
_HOOKS = {
    "pre-receive": '#!/bin/sh\nexec "$PLATFORM_SIM_PYTHON" -I -S "$PLATFORM_SIM_HOOK"\n',
    "post-receive": """#!/bin/sh
while read -r old new ref; do
    case "$new $ref" in
    0000000000000000000000000000000000000000*) ;;
    *" refs/heads/main"|*" refs/heads/master") git symbolic-ref HEAD "$ref" ;;
    esac
done
""",
}
"""By name. What was deployed last is what a clone checks out."""
_MAKING = Lock()


def repository(folder: Path, app_id: str, environment: Mapping[str, str]) -> Path:
    """An app's repository, made on first use. Its hooks are put right each time: the folder may be old."""
    path = folder / f"{app_id}.git"
    with _MAKING:
        if not (path / "HEAD").exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _git(environment, "init", "--bare", "--quiet", "--initial-branch=main", str(path))
            _git(environment, "-C", str(path), "config", "http.receivepack", "true")
        for name, text in _HOOKS.items():
            hook = path / "hooks" / name
            if not hook.exists() or hook.read_text() != text:
                hook.parent.mkdir(exist_ok=True)
                hook.write_text(text)
                hook.chmod(0o755)
    return path


def repository_size(folder: Path, app_id: str) -> int:
    """Bytes of what an app's repository holds: its objects, not the files around them. 0 where there is none."""
    total = 0
    for file in (folder / f"{app_id}.git" / "objects").rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # git may be tidying up
            total += file.stat().st_size if file.is_file() else 0
    return total


def _git(environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run(["git", *arguments], env=dict(environment), check=True, capture_output=True)


class Body:
    """The rest of git's answer, as it comes. `close` ends git and all that it started; servers always call it."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: IO[bytes]) -> None:
        self._process = process
        self._output = output
        # read1 gives what is there: a push shows its build line by line.
        self._read: Callable[[int], bytes] = getattr(output, "read1", output.read)
        self.closed: Callable[[], None] = _nothing_more
        """Called once, when git has ended."""

    def __iter__(self) -> "Body":
        return self

    def __next__(self) -> bytes:
        chunk = self._read(CHUNK)
        if not chunk:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Safe to call again. A hook that still runs is ended too: nobody reads what it says."""
        if self._output.closed:
            return
        try:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        finally:
            self._output.close()
            self._read = _nothing
            self.closed()


def _nothing(_: int) -> bytes:
    return b""


def _nothing_more() -> None:
    pass


@dataclass(frozen=True)
class Reply:
    """What the CGI program answers: the body comes while it works."""

    status: int
    headers: list[tuple[str, str]]
    body: Body


def http_backend(environment: Mapping[str, str], body: IO[bytes]) -> Reply:
    """Run `git http-backend`; `environment` holds the CGI variables. Whoever gets the reply closes its body."""
    process = subprocess.Popen(
        ["git", "http-backend"],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None, "a pipe was asked for"
    assert process.stdout is not None, "a pipe was asked for"
    Thread(target=_feed, args=(body, process.stdin), daemon=True, name="git-request").start()
    status, headers = 200, []
    while line := process.stdout.readline().rstrip(b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers.append((name, value.strip()))
    return Reply(status if headers else 500, headers, Body(process, process.stdout))


def _feed(source: IO[bytes], target: IO[bytes]) -> None:
    # Git may have ended early (its answer says why), the client may have gone, or its request be over.
    with contextlib.suppress(OSError, ValueError, HTTPException), target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
