"""engines/build/procfile."""

import pytest

from platform_sim.engines.build.procfile import BadProcfile, parse


def test_types_keep_their_order_and_commands_their_colons() -> None:
    text = (
        "\ufeffweb: python web.py --bind :80\r\n\n# a comment\nworker:python worker.py\n  release :  ./release.sh  \n"
    )
    assert list(parse(text).items()) == [
        ("web", "python web.py --bind :80"),
        ("worker", "python worker.py"),
        ("release", "./release.sh"),
    ]


def test_an_empty_file_declares_nothing() -> None:
    assert parse("\n# nothing yet\n") == {}


def test_the_longest_type_is_128_characters() -> None:
    assert parse("x" * 128 + ": run") == {"x" * 128: "run"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("web: run\nworker", "line 2: 'worker' is not '<type>: <command>'"),
        ("web:", "line 1: 'web:' is not"),
        (": run", "line 1: ': run' is not"),
        ("we b: run", "line 1: 'we b' is not a process type"),
        ("wéb: run", "line 1: 'wéb' is not a process type"),
        ("x" * 129 + ": run", "is not a process type"),
        ("web: a\n\nweb: b", "line 3: 'web' was declared on line 1"),
        ("web: a\0b", "line 1: the command holds a NUL"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(BadProcfile) as caught:
        parse(text)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 200
