"""The processes that are measured: started, waited for until they answer, ended; nothing of them is left."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from platform_sim.loopback import free_port
from tests.bench.load import ROOT

LONGEST = 60.0
_PAUSE = 0.002
"""Between two looks: short against what is measured, long enough to leave the processor to others."""


class CannotMeasure(RuntimeError):
    """Something did not start or did not answer; the message says what."""


def wait_for(what: str, ask: Callable[[], object]) -> None:
    """Ask until it is true; CannotMeasure if that takes too long."""
    end = time.monotonic() + LONGEST
    while not ask():
        if time.monotonic() > end:
            raise CannotMeasure(f"{what}: not within {LONGEST:g} s")
        time.sleep(_PAUSE)


@contextlib.contextmanager
def ended_with(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    """SIGTERM at the end of the block, SIGKILL for what does not listen."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def bare_server(folder: Path, answer: object) -> Iterator[int]:
    """The bare Flask route behind an edge of its own; -> its port."""
    folder.mkdir()
    ready, text = folder / "ready.json", folder / "answer.json"
    text.write_text(json.dumps(answer))
    command = [sys.executable, "-m", "tests.bench.bare", str(ready), str(text)]
    with ended_with(subprocess.Popen(command, cwd=ROOT)) as process:
        wait_for("the bare server is ready", lambda: ready.exists() or process.poll() is not None)
        if not ready.exists():
            raise CannotMeasure("the bare server ended at once")
        yield urlsplit(json.loads(ready.read_text())["url"]).port or 0


def app_alone(file: Path, value: str) -> float:
    """Seconds from the start of the app, without any platform, to its first answer with `value`."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(file.parent),
        "PORT": str(port),
        "BENCH_VALUE": value,
    }
    began = time.monotonic()
    command = [sys.executable, file.name]
    with ended_with(subprocess.Popen(command, cwd=file.parent, env=environment, stdout=subprocess.DEVNULL)):
        wait_for("the app answers", lambda: _listens(port))
        if get_json(port, "/").get("value") != value:
            raise CannotMeasure("the app started alone does not answer with its value")
        return time.monotonic() - began


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def get_json(port: int, path: str, host: str = "127.0.0.1") -> dict[str, str]:
    """One answer as JSON, {} if it is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        found = json.loads(connection.getresponse().read())
    except ValueError:
        return {}
    finally:
        connection.close()
    return found if isinstance(found, dict) else {}
