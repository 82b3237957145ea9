"""Transcripts: what a customer types and what the CLI answers, in files that a person can read.

`# text`         a remark
`$ heroku ...`   a command; below it what it printed: two blanks and a line of stdout, `E ` and a line of stderr, and
                 `? code` where its exit code is not 0. Anything else after `$ ` is for the shell.
`% act ...`      what others do meanwhile (see `stage.py`)
`{NAME}`         in commands and acts: what `% set NAME ...` has found before
"""

import json
import re
import textwrap
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from .cli import Said

WIDTH = 116
"""Of lines of JSON."""


@dataclass
class Step:
    """A line of a transcript, with what followed it."""

    line: str
    said: list[str] = field(default_factory=list)

    @property
    def command(self) -> str:
        """What is to be run; empty for remarks, blank lines and acts."""
        return self.line[2:] if self.line.startswith("$ ") else ""

    @property
    def act(self) -> str:
        """What others do; empty for all else."""
        return self.line[2:] if self.line.startswith("% ") else ""


def parse(text: str) -> list[Step]:
    """Read a transcript. ValueError for output without a command."""
    steps: list[Step] = []
    for line in text.splitlines():
        if line[:2] in ("  ", "E ", "? ") or line == "E":
            if not steps or not steps[-1].command:
                raise ValueError(f"output without a command: {line}")
            steps[-1].said.append(line)
        else:
            steps.append(Step(line))
    return steps


def written(steps: list[Step]) -> str:
    """The way back."""
    return "".join(line + "\n" for step in steps for line in (step.line, *step.said))


def shown(said: Said, calm: Callable[[str], str]) -> list[str]:
    """What stands below a command. An answer in JSON is written without its blanks, in lines of one width."""
    stdout = calm(said.stdout)
    with suppress(ValueError):
        stdout = "\n".join(textwrap.wrap(json.dumps(json.loads(stdout)), WIDTH)) if stdout[:1] in "[{" else stdout
    lines = [("  " + line).rstrip() or "  " for line in stdout.splitlines()]
    lines += [("E " + line).rstrip() for line in calm(said.stderr).splitlines()]
    lines = [line for line in lines if line.strip()]
    return lines + ([f"? {said.code}"] if said.code else [])


_AGO = re.compile(r"\((?:~ )?[^()]*ago\)")
_AGE = re.compile(r"(Cert issued +)\d+ \w+")
_SIZE = re.compile(r"(Slug Size: +|slug_size=|\"slug_size\": )\d+")
_CHECKSUM = re.compile(r"SHA256:[0-9a-f]+")
_TIMES = re.compile(r"\b(connect|service)=\d+ms")
_OTHER_PORT = re.compile(r"\b127\.0\.0\.1:\d{5}\b")
_TOKEN = re.compile(r"HRKU-[0-9a-f-]{36}")
_REQUEST = re.compile(r"request_id=[0-9a-f-]{36}")


def calmed(text: str, port: int, home: str) -> str:
    """Without what differs from one run to the next: the port, the folder, how long ago something was; and no token."""
    text = text.replace(home, "HOME").replace(f":{port}", ":51000").replace(f"PORT={port}", "PORT=51000")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _OTHER_PORT.sub("127.0.0.1:52000", text)
    text = _AGE.sub(r"\1(...)", _SIZE.sub(r"\g<1>800", text))
    text = _TOKEN.sub("HRKU-...", text)
    text = _CHECKSUM.sub("SHA256:...", text)
    text = _REQUEST.sub("request_id=...", _TIMES.sub(r"\1=1ms", text))
    return _AGO.sub("(... ago)", text)
