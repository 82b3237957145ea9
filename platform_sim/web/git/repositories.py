"""Bare repositories, one an app, and the CGI call of `git http-backend`."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import IO

CHUNK = 64 * 1024
HOOK = Path(__file__).with_name("hook.py")
_PRE_RECEIVE = '#!/bin/sh\nexec "$PLATFORM_SIM_PYTHON" -I -S "$PLATFORM_SIM_HOOK"\n'
_MAKING = Lock()


def repository(folder: Path, app_id: str, environment: Mapping[str, str]) -> Path:
    """An app's repository, made on first use. The hook is written anew each time: it may have moved."""
    path = folder / f"{app_id}.git"
    with _MAKING:
        if not (path / "HEAD").exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _git(environment, "init", "--bare", "--quiet", "--initial-branch=main", str(path))
            _git(environment, "-C", str(path), "config", "http.receivepack", "true")
        hook = path / "hooks" / "pre-receive"
        if not hook.exists() or hook.read_text() != _PRE_RECEIVE:
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(_PRE_RECEIVE)
            hook.chmod(0o755)
    return path


def _git(environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run(["git", *arguments], env=dict(environment), check=True, capture_output=True)


@dataclass(frozen=True)
class Reply:
    """What the CGI program answers: the body comes while it works."""

    status: int
    headers: list[tuple[str, str]]
    body: Iterator[bytes]


def http_backend(environment: Mapping[str, str], body: IO[bytes]) -> Reply:
    """Run `git http-backend`; `environment` holds the CGI variables. The process ends with the iterator."""
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
    return Reply(status, headers, _rest(process, process.stdout))


def _feed(source: IO[bytes], target: IO[bytes]) -> None:
    try:
        while chunk := source.read(CHUNK):
            target.write(chunk)
    except OSError:
        pass  # git has ended early; its answer says why
    finally:
        with contextlib.suppress(OSError):  # the last bytes could not be flushed for the same reason
            target.close()


def _rest(process: "subprocess.Popen[bytes]", output: IO[bytes]) -> Iterator[bytes]:
    # read1 gives what is there: a push shows its build line by line.
    read = getattr(output, "read1", output.read)
    try:
        while chunk := read(CHUNK):
            yield chunk
    finally:
        output.close()
        if process.poll() is None:
            process.terminate()
        process.wait()
