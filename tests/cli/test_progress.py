"""The line that says what is under way: on a terminal, and nowhere else."""

import io
import sys

import pytest

from platform_sim.cli.progress import CLEAR, Progress


class Terminal(io.StringIO):
    """What looks like one."""

    def isatty(self) -> bool:
        return True


def played(stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """What is written to this stream, with nothing in the environment but that."""
    monkeypatch.delenv("CI", raising=False)
    for name, value in ({"TERM": "xterm"} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", stderr)
    with Progress() as progress:
        progress.on("one")
        progress.say("stays")
    return stderr.getvalue()


def test_on_a_terminal_the_line_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert played(Terminal(), monkeypatch) == f"{CLEAR}one ...{CLEAR}stays\n{CLEAR}"


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("TERM", "dumb")])
def test_nobody_looks_there(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert played(Terminal(), monkeypatch, **{name: value}) == "stays\n"


def test_in_a_file_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert played(io.StringIO(), monkeypatch) == "stays\n"
