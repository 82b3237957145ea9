"""The heroku CLI as a customer has it: his home, his shell's variables, his folder."""

import json
import os
import select
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from platform_sim.testing.heroku_cli import HerokuCli

RUNNER = Path(__file__).with_name("runner.mjs")
PROGRAM = Path(os.environ.get("HEROKU_CLI", Path(__file__).parent / "node_modules" / ".bin" / "heroku"))
PACKAGE = PROGRAM.resolve().parents[1]
LONGEST = 180.0
"""Seconds that a command as a process may take; the CLI alone takes one."""


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    stdout: str
    stderr: str
    code: int


class Cli:
    """Commands of one customer. A context: its runner ends with it. `way`: as of `platform-sim env`."""

    def __init__(self, home: Path, url: str, token: str, ca_file: str, way: str = "proxy") -> None:
        at_home = HerokuCli(PROGRAM, home, url=url, token=token, ca_file=ca_file, way=way)
        (home / "browser").write_text('#!/bin/sh\necho "$1" >> "$HOME/opened"\n')
        with (home / "gitconfig").open("a") as file:
            file.write("[advice]\n\tdetachedHead = false\n")
        self.folder, self.environment = at_home.folder, dict(at_home.environment)
        self._runner: subprocess.Popen[str] | None = None

    def run(self, *argv: str) -> Said:
        """One command in the runner's process: for commands that read no stdin and keep no terminal."""
        job = {"argv": argv, "cwd": str(self.folder), "env": {}}
        runner = self._running()
        print(json.dumps(job), file=self._jobs, flush=True)
        coming, _, _ = select.select([self._answers], [], [], LONGEST)
        assert coming, f"heroku {shlex.join(argv)} did not end"
        answer = self._answers.readline()
        assert answer, f"the runner ended with {runner.wait(LONGEST)}"
        return Said(**json.loads(answer))

    def shell(self, command: str, stdin: str = "", **more: str) -> Said:
        """A line for `sh`, as processes; `heroku` in it is the real program."""
        ended = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environment | more,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
        return Said(ended.stdout, ended.stderr, ended.returncode)

    def _running(self) -> "subprocess.Popen[str]":
        if self._runner is None:
            self._runner = self._started()
        return self._runner

    def _started(self) -> "subprocess.Popen[str]":
        jobs_read, jobs_write = os.pipe()
        answers_read, answers_write = os.pipe()
        line = f'exec node --no-deprecation "$0" "$1" 3<&{jobs_read} 4>&{answers_write}'
        started = subprocess.Popen(
            ["bash", "-c", line, str(RUNNER), str(PACKAGE)],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            pass_fds=(jobs_read, answers_write),
            text=True,
        )
        os.close(jobs_read)
        os.close(answers_write)
        self._jobs, self._answers = os.fdopen(jobs_write, "w"), os.fdopen(answers_read)
        return started

    def __enter__(self) -> "Cli":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._runner is not None:
            self._jobs.close()
            self._answers.close()
            self._runner.kill()
            self._runner.wait()


def installed() -> bool:
    """Whether there is a CLI to test with."""
    return "HEROKU_CLI" in os.environ and PROGRAM.exists()


def manifest() -> Mapping[str, Any]:
    """What the package says of its commands."""
    found: dict[str, Any] = json.loads((PACKAGE / "oclif.manifest.json").read_text(encoding="utf-8"))
    return found
