"""The documented environment, as values; what a real process sees is in test_processes.py."""

from pathlib import Path

import pytest

from platform_sim.engines.dynos.environment import DEFAULT_PATH, command_line, dyno_environment

HOME = Path("/somewhere/k1")


def test_the_whole_environment_of_a_web_dyno() -> None:
    assert dyno_environment({"A": "1"}, "web.1", HOME, 5000) == {
        "A": "1",
        "PATH": DEFAULT_PATH,
        "LANG": "C.UTF-8",
        "HOME": "/somewhere/k1",
        "DYNO": "web.1",
        "PORT": "5000",
    }


@pytest.mark.parametrize(
    ("name", "port", "seen"),
    [
        ("PATH", 1, "mine"),
        ("LANG", 1, "mine"),
        ("PORT", 1, "1"),
        ("PORT", None, "mine"),
        ("DYNO", 1, "web.1"),
        ("HOME", 1, str(HOME)),
    ],
)
def test_who_wins(name: str, port: int | None, seen: str) -> None:
    assert dyno_environment({name: "mine"}, "web.1", HOME, port)[name] == seen


def test_without_profile_the_command_is_all_there_is(tmp_path: Path) -> None:
    (tmp_path / ".profile.d").mkdir()
    (tmp_path / ".profile.d" / "notes.txt").touch()
    assert command_line(Path("/bin/bash"), tmp_path, "a | b") == ["bash", "-c", "a | b"]


def test_with_a_profile_the_command_is_passed_untouched(tmp_path: Path) -> None:
    (tmp_path / ".profile").touch()
    assert command_line(Path("/bin/bash"), tmp_path, "a 'b' \"$C\"")[3:] == ["/bin/bash", "a 'b' \"$C\""]
