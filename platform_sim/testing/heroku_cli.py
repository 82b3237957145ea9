"""The real heroku CLI as a customer of a private Heroku has it: at home in a folder of its own, told where it is.

It never sees this machine's home, login or git configuration, and no telemetry and no update leave it (heroku-cli
§1.1, §1.5). Starts processes: the CLI is a program of its own.
"""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platform_sim.cli.env import setting
from platform_sim.settings import environment

VARIABLE = "HEROKU_CLI"
"""Of the environment: names the program."""
SECONDS = 60.0
"""Of the wall, for one command; the CLI alone takes about one."""
CALM = {
    "NO_COLOR": "1",
    "HEROKU_COLOR": "0",
    "HEROKU_LOGS_COLOR": "0",
    "OCLIF_COLUMNS": "300",
    "COLUMNS": "300",
    "TZ": "UTC",
    "LANG": "C.UTF-8",
}
"""No colours, no wrapped lines, one time zone (heroku-cli §1.1)."""
GIT = "[user]\n\tname = You\n\temail = you@example.com\n[init]\n\tdefaultBranch = main\n"


class NoHerokuCli(RuntimeError):
    """There is no heroku CLI on this machine; the message says where it was looked for."""


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    stdout: str
    stderr: str


def find_cli(named: str | None = None) -> Path:
    """The program: `named`, else HEROKU_CLI, else `heroku` on the PATH. FileNotFoundError where one was named and is
    not there: that is a mistake; NoHerokuCli if nobody has named one and there is none."""
    known = environment()
    given = named or known.get(VARIABLE)
    if given:
        if (found := shutil.which(given, path=known.get("PATH"))) is None:
            raise FileNotFoundError(f"{given!r} was named as the heroku CLI, and is no program")
        return Path(found).absolute()
    if (found := shutil.which("heroku", path=known.get("PATH"))) is None:
        raise NoHerokuCli(f"there is no heroku CLI: `heroku` is not on the PATH, and {VARIABLE} names none")
    return Path(found).absolute()


class HerokuCli:
    """Commands of one customer. `folder`: where they are typed. `environment`: theirs, for git and other programs."""

    def __init__(self, program: Path, home: Path, *, url: str, token: str, ca_file: str, way: str = "proxy") -> None:
        """`home`: an empty folder that is kept as long as this. The rest is of the platform: `Heroku.cli` gives it.

        `way`: as of `platform-sim env`; by the proxy, hosts that the CLI has built in are the platform's, too.
        """
        self.program, self.folder = program, home / "project"
        for name in ("project", "cache", "scratch"):
            (home / name).mkdir(parents=True)
        (home / "cache" / "terms-of-service").touch()  # else the first command prints a warning (heroku-cli §1.5)
        (home / "gitconfig").write_text(GIT)
        # Commands that open a page print its URL, too.
        (home / "browser").write_text("#!/bin/sh\n")
        (home / "browser").chmod(0o755)
        own = {
            "PATH": f"{program.parent}{os.pathsep}{environment().get('PATH', '')}",
            "HOME": str(home),
            "TMPDIR": str(home / "scratch"),
            "BROWSER": str(home / "browser"),
            "HEROKU_CACHE_DIR": str(home / "cache"),
            "HEROKU_DATA_DIR": str(home / "data"),
            "HEROKU_CONFIG_DIR": str(home / "config"),
            "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }
        told = setting(url, token, ca_file, {}, way)
        self.environment: Mapping[str, str] = (
            own | CALM | {name: each for name, each in told.items() if each is not None}
        )

    def __call__(self, *words: str, stdin: str = "", seconds: float = SECONDS) -> Said:
        """`heroku WORDS...`, to its end. TimeoutError, with what it has said, after so many wall seconds.

        `stdin` answers what a command asks. One whose argument may be left out, such as `config:edit [KEY]`, may take
        it for the argument.
        """
        return self.run(str(self.program), *words, stdin=stdin, seconds=seconds)

    def run(self, *words: str, stdin: str = "", seconds: float = SECONDS) -> Said:
        """Any program in the same folder with the same environment, such as git."""
        started = subprocess.Popen(
            words,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        try:
            stdout, stderr = started.communicate(stdin, seconds)
        except subprocess.TimeoutExpired:
            _end(started)
            stdout, stderr = started.communicate()
            typed = shlex.join([Path(words[0]).name, *words[1:]])
            raise TimeoutError(f"`{typed}` has not ended within {seconds:g} s. It said:\n{stdout}{stderr}") from None
        except BaseException:
            _end(started)
            started.communicate()
            raise
        return Said(started.returncode, stdout, stderr)


def _end(process: "subprocess.Popen[str]") -> None:
    """With what it has started: the CLI runs git, and the shell of its start script."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
