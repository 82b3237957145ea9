"""engines/build/output."""

import pytest

from platform_sim.engines.build.output import Output, human_size, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("from https://user:secret@host/simple", "from https://***@host/simple"),
        ("https://token@host and http://a:b@c", "https://***@host and http://***@c"),
        ("git+https://user:p@ss@host/x", "git+https://***@host/x"),
        ("see https://host/path and mail me@home", "see https://host/path and mail me@home"),
    ],
)
def test_credentials_in_addresses_are_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_lines_have_the_form_of_a_push() -> None:
    said: list[str] = []
    out = Output(said.append)
    out.step("Compressing...")
    out.detail("Done: 1.0K")
    out.problem("It failed\n\nbecause")
    out.line()
    assert said == ["-----> Compressing...", "       Done: 1.0K", " !     It failed", " !", " !     because", ""]


def test_sizes() -> None:
    assert [human_size(size) for size in (0, 9_421, 38_377_881, 3 * 1024**3)] == ["0.0K", "9.2K", "36.6M", "3.0G"]
