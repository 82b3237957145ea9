"""The reference partner by all rules: checked as a CI run would, with nothing to be found, and twice the same."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from platform_sim.loopback import free_port

from ..addon_service.datastore.servers import embedded_server
from .conftest import nothing_left
from .up import outer_environment

__all__ = ["nothing_left"]
pytestmark = pytest.mark.processes

SERVICE = [sys.executable, "-m", "addon_service"]
SECRETS = {
    f"ADDON_{product}{name}": f"{product}{name}-of-the-test".lower().replace("_", "-")
    for product in ("", "DATABASE_")
    for name in ("PASSWORD", "SSO_SALT", "CLIENT_SECRET")
}
CLIENT_SECRETS = {
    "exceptions": SECRETS["ADDON_CLIENT_SECRET"],
    "database": SECRETS["ADDON_DATABASE_CLIENT_SECRET"],
}


def prepared(folder: Path, product: str) -> dict[str, str]:
    """Manifest and .env of a new partner in this folder; -> the environment to run it in."""
    known = outer_environment(folder) | {"DATABASE_ADMIN_URL": os.environ.get("TEST_POSTGRES_URL", "")}
    url = f"http://127.0.0.1:{free_port()}"
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))
    words = [*SERVICE, "--data", str(folder / "made"), "manifest", "--product", product]
    made = subprocess.run(words, env=known | SECRETS | {"PUBLIC_URL": url}, capture_output=True, check=True)
    (folder / "addon-manifest.json").write_bytes(made.stdout)
    return known


def checked(folder: Path, known: dict[str, str], product: str, data: str) -> dict[str, Any]:
    """The report of a run on a fresh partner; nothing counts but what is found."""
    start = f"{shlex.join(SERVICE)} --port $PORT --data {data}"
    plans = [word for plan in ("test", "basic") for word in ("--plan", plan)]
    words = [
        "check",
        *plans,
        "--client-secret",
        CLIENT_SECRETS[product],
        "--start",
        start,
        "--env-file",
        ".env",
        "--json",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "platform_sim", *words, "--level", "advice"],
        cwd=folder,
        env=known,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b"", done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    found = [
        f"{each['rule']}: {problem['sentence']} {problem.get('answer', '')}"
        for each in report["results"]
        for problem in each["problems"]
    ]
    assert (found, done.returncode, report["leaks"]) == ([], 0, [])
    return report


def test_exceptions_passes_everything_each_time_the_same(tmp_path: Path) -> None:
    known = prepared(tmp_path, "exceptions")
    report = checked(tmp_path, known, "exceptions", "one")
    assert report["counts"]["pass"] > 240
    assert checked(tmp_path, known, "exceptions", "two") == report


def test_the_database_passes_everything(tmp_path: Path) -> None:
    if not os.environ.get("TEST_POSTGRES_URL"):
        embedded_server(tmp_path / "looked-at")
    report = checked(tmp_path, prepared(tmp_path, "database"), "database", "one")
    assert report["counts"]["pass"] > 230
