"""Files of variables: what each line gives, and where one is wrong."""

from pathlib import Path

import click
import pytest

from platform_sim.cli.env_file import read_env_file


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("  A = b c  ", "b c"),
        ("A=", ""),
        ("A=b # a comment", "b"),
        ("A=# a comment", ""),
        ("A=b#c", "b#c"),
        ("A=b=c", "b=c"),
        ('A="b # c" # d', "b # c"),
        ("A='b\"c'", 'b"c'),
        (r'A="b\"c\n\\"', 'b"c\n\\'),
        (r"A='b\n'", r"b\n"),
        ("A=it's", "it's"),
        ("A=b\nA=c", "c"),
        ("# a comment\n\nA=b\r\n", "b"),
    ],
)
def test_a_line_gives_a_value(line: str, value: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(line)
    assert read_env_file(file) == {"A": value}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A=1\nhidden", "line 2: it must be KEY=value"),
        ("1A=hidden", "line 1: it must be KEY=value"),
        ("A-B=hidden", "line 1: it must be KEY=value"),
        ('A="hidden', "line 1: the quotes of A do not end"),
        ('A="hidden" more', "line 1: the quotes of A do not end, or more follows"),
        ("A=hidden\0", "line 1: A holds a zero byte"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_not_shown(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(text)
    with pytest.raises(click.UsageError) as problem:
        read_env_file(file)
    assert says in problem.value.message
    assert "hidden" not in problem.value.message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"A=\xff")
    for name in ("none", "latin"):
        with pytest.raises(click.UsageError, match="cannot be read"):
            read_env_file(tmp_path / name)
