"""A run of pytest that is ended from outside, and what is left of its partners and folders."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ..processes.leftovers import processes_below
from ..processes.waiting import wait_until

pytestmark = pytest.mark.processes

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SUITE = f"""
import json, os, pathlib, sys, threading
from platform_sim.testing import Command

HERE = pathlib.Path(__file__).parent
LINE = [sys.executable, {str(EXAMPLES / "partner_stdlib.py")!r}]

def test_hangs(heroku):
    manifest = json.load(open({str(EXAMPLES / "addon-manifest.json")!r}))
    heroku.register(manifest, partner=Command(LINE, env={{"HOME": str(HERE / "partner")}}), plans=["test"])
    (HERE / "new").write_text(str(os.getpid()))
    (HERE / "new").rename(HERE / "ready")
    try:
        threading.Event().wait(60)
    except Exception:
        pass
"""
QUICK = ("-p", "no:hypothesispytest", "-p", "no:cacheprovider", "-q")


@contextmanager
def hanging(folder: Path, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A run, in a process group of its own, whose one test hangs with a partner that runs."""
    (folder / "test_it.py").write_text(SUITE)
    (folder / "temp").mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *QUICK, *options, "test_it.py"],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder / "temp"), "HOME": str(folder)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as run:
        try:
            wait_until("the test hangs", lambda: (folder / "ready").exists() or run.poll() is not None)
            assert len(processes_below(folder / "partner")) == 1
            yield run
        finally:
            for pid in [run.pid, *processes_below(folder)]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue


def folders(folder: Path) -> list[str]:
    return [each.name for each in (folder / "temp").iterdir() if each.name.startswith("platform-sim-")]


def test_sigterm_runs_the_finalizers(tmp_path: Path) -> None:
    with hanging(tmp_path, "-p", "no:xdist") as run:
        assert len(folders(tmp_path)) == 1
        run.terminate()
        said = run.communicate(timeout=60)[0].decode()
        assert run.returncode == pytest.ExitCode.INTERRUPTED, said
        assert "KeyboardInterrupt: SIGTERM" in said
        assert (processes_below(tmp_path), folders(tmp_path)) == ({}, [])


def test_sigterm_for_all_workers_runs_theirs(tmp_path: Path) -> None:
    with hanging(tmp_path, "-n1") as run:
        os.killpg(run.pid, signal.SIGTERM)
        run.communicate(timeout=60)
        wait_until("no process is left", lambda: not processes_below(tmp_path))
        assert folders(tmp_path) == []


def test_after_sigkill_no_partner_stays(tmp_path: Path) -> None:
    with hanging(tmp_path, "-p", "no:xdist") as run:
        run.kill()
        wait_until("the partner has gone", lambda: not processes_below(tmp_path / "partner"))
