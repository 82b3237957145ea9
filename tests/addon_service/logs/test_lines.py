"""The last lines: bounded, each batch once, nothing left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from addon_service.logs import lines as lines_module
from addon_service.logs.lines import PRAGMAS, TABLES, Lines
from addon_service.logs.messages import Line
from addon_service.store import Store

from ..heroku import START
from ..partner import OTHER, UUID


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    made = Lines(Store(tmp_path / "logs.db", TABLES, PRAGMAS), kept=3)
    yield made
    made.close()


def add(lines: Lines, *texts: str, uuid: str = UUID, drain: int = 1, frame: str | None = None) -> bool:
    with lines.write() as tx:
        return lines.add(tx, uuid, drain, frame, [Line(START, "app", "web.1", text) for text in texts])


def texts(lines: Lines, uuid: str = UUID, count: int = 100) -> list[str]:
    return [row["text"] for row in lines.latest(uuid, count)]


def test_the_newest_are_kept_for_each_instance_oldest_first(lines: Lines) -> None:
    add(lines, "a", "b", uuid=OTHER)
    add(lines, "1", "2")
    add(lines, "3", "4")
    assert (texts(lines), texts(lines, OTHER)) == (["2", "3", "4"], ["a", "b"])
    assert texts(lines, count=2) == ["3", "4"]
    assert lines.count(UUID) == 3
    add(lines, *"56789")
    assert texts(lines) == ["7", "8", "9"]


def test_a_batch_that_comes_again_is_taken_once(lines: Lines) -> None:
    assert add(lines, "1", frame="F")
    assert not add(lines, "1", frame="F")
    assert add(lines, "of another", uuid=OTHER, frame="F")
    assert add(lines, "2", frame=None)
    assert add(lines, "2", frame=None)
    assert texts(lines) == ["1", "2", "2"]


def test_frame_ids_are_forgotten_in_their_order(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "FRAMES", 2)
    for frame in "ABC":
        add(lines, frame, frame=frame)
    assert not add(lines, "b", frame="B")
    assert add(lines, "a", frame="A")


def test_of_one_drain_only_its_lines_go(lines: Lines) -> None:
    add(lines, "1", drain=1)
    add(lines, "2", drain=2)
    lines.forget(UUID, 1)
    assert texts(lines) == ["2"]


def test_what_was_forgotten_is_not_on_the_disk(lines: Lines, tmp_path: Path) -> None:
    add(lines, "password=hunter2", frame="F")
    add(lines, "of another", uuid=OTHER)
    lines.forget(UUID)
    lines.forget(UUID)
    assert (texts(lines), texts(lines, OTHER)) == ([], ["of another"])
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"of another" in left
    assert b"hunter2" not in left
    assert add(lines, "1", frame="F"), "its frames are forgotten too"


def test_only_we_may_read_the_file(lines: Lines, tmp_path: Path) -> None:
    add(lines, "1")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
