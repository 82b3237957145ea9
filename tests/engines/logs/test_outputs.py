"""OutputStore: in memory and in files, followed by threads."""

import queue
import threading
from pathlib import Path

import pytest

from platform_sim.engines.logs.outputs import OutputStore, UnknownOutput

from .listening import GUARD


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> OutputStore:
    """A store of each kind."""
    return OutputStore(tmp_path if request.param == "folder" else None)


class Follower:
    """Follows an output in a thread; `next` waits for the next piece, None is the end."""

    def __init__(self, store: OutputStore, output_id: str) -> None:
        self._pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, args=(store, output_id))
        self._thread.start()

    def _run(self, store: OutputStore, output_id: str) -> None:
        for piece in store.follow(output_id):
            self._pieces.put(piece)
        self._pieces.put(None)

    def next(self) -> str | None:
        return self._pieces.get(timeout=GUARD)

    def join(self) -> None:
        self._thread.join(GUARD)
        assert not self._thread.is_alive()


def test_append_read_finish(store: OutputStore) -> None:
    store.append("o", "-----> Building\n")
    store.append("o", "dönë\n")
    assert store.read("o") == "-----> Building\ndönë\n"
    store.finish("o")
    store.finish("o")
    assert store.read("o") == "-----> Building\ndönë\n"
    assert list(store.follow("o")) == ["-----> Building\ndönë\n"]
    with pytest.raises(ValueError, match="is finished"):
        store.append("o", "late")


def test_unknown_outputs(store: OutputStore) -> None:
    assert store.find("x") is None
    with pytest.raises(UnknownOutput):
        store.read("x")
    with pytest.raises(UnknownOutput):
        list(store.follow("x"))


def test_an_output_without_a_word(store: OutputStore) -> None:
    store.finish("o")
    assert (store.read("o"), list(store.follow("o"))) == ("", [])


def test_followers_get_each_piece_as_it_comes_and_the_end(store: OutputStore) -> None:
    store.append("o", "one\n")
    follower = Follower(store, "o")
    assert follower.next() == "one\n"
    store.append("o", "two\n")
    assert follower.next() == "two\n"
    late = Follower(store, "o")
    assert late.next() == "one\ntwo\n"
    store.append("o", "three")
    assert (follower.next(), late.next()) == ("three", "three")
    store.finish("o")
    assert (follower.next(), late.next()) == (None, None)
    follower.join()
    late.join()


def test_starting_again_drops_what_an_interrupted_run_left(store: OutputStore) -> None:
    store.append("o", "half of it")
    store.start("o")
    assert store.read("o") == ""
    store.append("o", "all of it")
    store.finish("o")
    store.start("o")
    store.append("o", "once more")
    assert store.read("o") == "once more"


def test_an_expected_output_is_waited_for(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        store = OutputStore(folder, expected=lambda output_id: output_id == "soon")
        assert store.find("never") is None
        follower = Follower(store, "soon")
        store.start("soon")
        store.append("soon", "here")
        assert follower.next() == "here"
        store.finish("soon")
        assert follower.next() is None
        follower.join()


def test_close_lets_followers_go(store: OutputStore) -> None:
    store.append("o", "one")
    follower = Follower(store, "o")
    assert follower.next() == "one"
    store.close()
    assert follower.next() is None
    follower.join()
    store.append("o", " two")
    assert store.read("o") == "one two"


def test_outputs_outlive_the_process(tmp_path: Path) -> None:
    first = OutputStore(tmp_path)
    first.append("done", "all\n")
    first.finish("done")
    first.append("a/../b", "half")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a%2F..%2Fb.part", "done.txt"]
    second = OutputStore(tmp_path)
    assert list(second.follow("done")) == ["all\n"]
    with pytest.raises(ValueError, match="is finished"):
        second.append("done", "more")
    second.append("a/../b", " and half")
    second.finish("a/../b")
    assert second.read("a/../b") == "half and half"


def test_forget(store: OutputStore, tmp_path: Path) -> None:
    store.append("live", "x")
    store.append("done", "y")
    store.finish("done")
    for output_id in ("live", "done", "never"):
        store.forget(output_id)
        assert store.find(output_id) is None
    assert list(tmp_path.iterdir()) == []


def test_followers_never_see_half_a_character(store: OutputStore) -> None:
    output_id = "o"
    store.append(output_id, "a")
    output = store.find(output_id)
    assert output is not None
    follower = Follower(store, output_id)
    assert follower.next() == "a"
    for byte in ("€".encode()[:2], "€".encode()[2:]):
        with output.changed:
            output.data += byte
            output.news()
    assert follower.next() == "€"
    store.finish(output_id)
    assert follower.next() is None
    follower.join()
