"""LogHub: rings, followers, files."""

import threading
from pathlib import Path

import pytest

from platform_sim.core.model.seams import LogSink
from platform_sim.engines.logs.files import LogFiles
from platform_sim.engines.logs.hub import KEPT_LINES, LogHub

from .listening import GUARD, START, Clock


def texts(hub: LogHub, app_id: str = "a") -> list[str]:
    return [line.text for line in hub.lines(app_id)]


def test_it_is_a_log_sink_and_numbers_each_app_s_lines() -> None:
    hub = LogHub(Clock().now)
    sink: LogSink = hub
    sink("a", "app", "web.1", "one\ntwo")
    sink("b", "heroku", "router", "other")
    sink("a", "heroku", "web.1", "three")
    assert [(line.number, line.source, line.dyno, line.text) for line in hub.lines("a")] == [
        (1, "app", "web.1", "one"),
        (2, "app", "web.1", "two"),
        (3, "heroku", "web.1", "three"),
    ]
    assert [line.number for line in hub.lines("b")] == [1]
    assert hub.lines("a")[0].at == START


def test_only_the_last_lines_are_kept() -> None:
    hub = LogHub(Clock().now)
    for number in range(KEPT_LINES + 10):
        hub("a", "app", "web.1", str(number))
    assert len(hub.lines("a")) == KEPT_LINES == 1500
    assert texts(hub)[0] == "10"


def test_a_follower_gets_the_backlog_and_then_everything_once() -> None:
    hub = LogHub(Clock().now)
    hub("a", "app", "web.1", "before")
    woken = []
    lines, follower = hub.follow("a", lambda: woken.append(1))
    assert [line.text for line in lines] == ["before"]
    assert follower.take() == ([], 0)
    hub("a", "app", "web.1", "one")
    hub("a", "app", "web.1", "two")
    hub("b", "app", "web.1", "not ours")
    assert len(woken) == 1, "woken once until it takes"
    assert ([line.text for line in follower.take()[0]], follower.take()) == (["one", "two"], ([], 0))
    hub("a", "app", "web.1", "three")
    assert len(woken) == 2
    follower.close()
    follower.close()
    hub("a", "app", "web.1", "four")
    assert len(woken) == 2


def test_following_from_a_number() -> None:
    hub = LogHub(Clock().now)
    for text in "abc":
        hub("a", "app", "web.1", text)
    for after, expected in ((None, "abc"), (0, "abc"), (2, "c"), (3, ""), (4, "abc")):
        lines, follower = hub.follow("a", lambda: None, after)
        assert "".join(line.text for line in lines) == expected, after
        follower.close()


def test_a_slow_follower_loses_the_oldest_and_is_told_how_many() -> None:
    hub = LogHub(Clock().now, kept_lines=10)
    hub("a", "app", "web.1", "before")
    _, follower = hub.follow("a", lambda: None)
    for number in range(25):
        hub("a", "app", "web.1", str(number))
    lines, lost = follower.take()
    assert ([line.text for line in lines], lost) == ([str(number) for number in range(15, 25)], 15)
    hub("a", "app", "web.1", "next")
    assert ([line.text for line in follower.take()[0]], follower.take()[1]) == (["next"], 0)


def test_many_threads_at_once() -> None:
    hub = LogHub(Clock().now, kept_lines=10_000)
    woken = threading.Event()
    _, follower = hub.follow("a", woken.set)

    def write() -> None:
        for _ in range(200):
            hub("a", "app", "web.1", "x\ny")

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while len(seen) < 3200:
        assert woken.wait(GUARD)
        woken.clear()
        lines, lost = follower.take()
        assert lost == 0
        seen += [line.number for line in lines]
    for writer in writers:
        writer.join(GUARD)
    assert seen == list(range(1, 3201))
    assert "".join(texts(hub)) == "xy" * 1600, "the lines of one call stay together"


def test_forgotten_apps(tmp_path: Path) -> None:
    hub = LogHub(Clock().now, tmp_path)
    hub("a", "app", "web.1", "one")
    hub("b", "app", "web.1", "two")
    hub.flush()
    assert len(list(tmp_path.iterdir())) == 2
    hub.forget("a")
    hub.close()
    assert [path.name for path in tmp_path.iterdir()] == ["b.log"]
    assert texts(hub, "a") == []


def test_lines_outlive_the_process(tmp_path: Path) -> None:
    clock = Clock()
    first = LogHub(clock.now, tmp_path / "logs")
    first("a/../b", "app", "web.1", "one\nzwölf \udcff")
    clock.move(1.5)
    first("a/../b", "heroku", "router", "")
    before = first.lines("a/../b")
    first.flush()
    second = LogHub(clock.now, tmp_path / "logs")
    assert second.lines("a/../b") == before
    second("a/../b", "app", "web.1", "after")
    numbers = [line.number for line in second.lines("a/../b")]
    assert numbers == sorted(set(numbers)) and numbers[-1] > numbers[-2] + 1, "lines lost in a crash had numbers"
    first.close()
    second.close()
    assert len(list((tmp_path / "logs").iterdir())) == 1, "the id cannot leave the folder"


def test_no_more_than_the_last_lines_come_back(tmp_path: Path) -> None:
    hub = LogHub(Clock().now, tmp_path, kept_lines=5)
    for number in range(20):
        hub("a", "app", "web.1", str(number))
    hub.close()
    again = LogHub(Clock().now, tmp_path, kept_lines=5)
    assert texts(again) == ["15", "16", "17", "18", "19"]
    lines, follower = again.follow("a", lambda: None, 3)
    assert len(lines) == 5
    follower.close()
    again.close()


def test_a_line_cut_by_a_crash_is_left_out(tmp_path: Path) -> None:
    hub = LogHub(Clock().now, tmp_path)
    hub("a", "app", "web.1", "one")
    hub.close()
    with (tmp_path / "a.log").open("ab") as file:
        file.write(b"2 2026-01-02T03:04:0")
    for expected in (["one"], ["one", "two"]):
        hub = LogHub(Clock().now, tmp_path)
        assert texts(hub) == expected
        hub("a", "app", "web.1", "two")
        hub.close()


def test_files_are_rotated_and_both_are_read(tmp_path: Path) -> None:
    hub = LogHub(Clock().now, tmp_path, file_bytes=1000)
    for number in range(30):
        hub("a", "app", "web.1", str(number))
        hub.flush()
    hub.close()
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes) == {"a.log", "a.log.1"} and max(sizes.values()) < 1100
    again = LogHub(Clock().now, tmp_path, file_bytes=1000)
    found = texts(again)
    assert found[-1] == "29" and len(found) > 18 and found == [str(n) for n in range(30 - len(found), 30)]
    again.close()


def test_close_is_idempotent_and_later_lines_stay_in_memory(tmp_path: Path) -> None:
    hub = LogHub(Clock().now, tmp_path)
    hub("a", "app", "web.1", "one")
    hub.close()
    hub.close()
    hub("a", "app", "web.1", "two")
    hub.flush()
    assert texts(hub) == ["one", "two"]
    assert "two" not in (tmp_path / "a.log").read_text()


def test_a_disk_that_fails_stops_nobody(tmp_path: Path) -> None:
    hub = LogHub(Clock().now, tmp_path / "logs")
    (tmp_path / "logs" / "a.log").mkdir()
    hub("a", "app", "web.1", "neither read nor written")
    hub("b", "app", "web.1", "fine")
    hub.close()
    assert texts(hub) == ["neither read nor written"]
    assert "fine" in (tmp_path / "logs" / "b.log").read_text()


def test_writing_never_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the writer stuck, lines still go to memory and readers."""
    stuck, go = threading.Event(), threading.Event()
    original = LogFiles._append

    def slow(self: LogFiles, path: Path, data: bytes) -> None:
        stuck.set()
        assert go.wait(GUARD)
        original(self, path, data)

    monkeypatch.setattr(LogFiles, "_append", slow)
    hub = LogHub(Clock().now, tmp_path)
    hub("a", "app", "web.1", "first")
    assert stuck.wait(GUARD)
    for number in range(1000):
        hub("a", "app", "web.1", str(number))
    assert len(texts(hub)) == 1001
    go.set()
    hub.close()
    assert len((tmp_path / "a.log").read_text().splitlines()) == 1001
