"""GET /streams/<id>: as text and as events, while the output grows and after."""

import asyncio
import threading
from pathlib import Path

import pytest

from platform_sim.engines.logs.output_streams import OutputStreams
from platform_sim.engines.logs.outputs import OutputStore

from .listening import Reader, stream_of, whole

EVENTS = "text/event-stream"


def grown(folder: Path | None = None) -> tuple[OutputStore, OutputStreams]:
    store = OutputStore(folder)
    store.append("o", "one\ntwo\r\nthree")
    return store, OutputStreams(store)


@pytest.mark.parametrize("durable", [False, True])
def test_a_finished_output(tmp_path: Path, durable: bool) -> None:
    store, streams = grown(tmp_path if durable else None)
    store.finish("o")
    stream = stream_of(streams, "/streams/o", range="id ..; max=5")
    assert (stream.status, stream.content_type, dict(stream.headers)) == (200, "text/plain; charset=utf-8", {})
    assert whole(lambda: stream_of(streams, "/streams/o")) == "one\ntwo\r\nthree"
    events = whole(lambda: stream_of(streams, "/streams/o", accept=EVENTS))
    assert events == "id: 4\ndata: one\n\nid: 9\ndata: two\n\nid: 14\ndata: three\n\n"


def test_resuming_a_finished_output() -> None:
    store, streams = grown()
    store.finish("o")
    stream = stream_of(streams, "/streams/o", range="bytes=4-")
    assert (stream.status, dict(stream.headers)) == (206, {"Content-Range": "bytes 4-13/14"})
    assert whole(lambda: stream_of(streams, "/streams/o", range="bytes=4-")) == "two\r\nthree"
    beyond = stream_of(streams, "/streams/o", range="bytes=14-")
    assert (beyond.status, dict(beyond.headers)) == (416, {"Content-Range": "bytes */14"})
    events = whole(lambda: stream_of(streams, "/streams/o", accept=EVENTS, last_event_id="9"))
    assert events == "id: 14\ndata: three\n\n"
    assert stream_of(streams, "/streams/o", accept=EVENTS, last_event_id="14").status == 204


@pytest.mark.parametrize("value", ["bytes=0-100", "bytes=-5", "bytes=-", "bytes=1-2,4-", "lines=3-", "bytes=²-"])
def test_other_ranges_are_ignored(value: str) -> None:
    store, streams = grown()
    store.finish("o")
    assert stream_of(streams, "/streams/o", range=value).status == 200


def test_unknown_outputs_and_other_paths() -> None:
    _, streams = grown()
    assert stream_of(streams, "/streams/unknown").status == 404
    for path in ("/", "/streams", "/streams/", "/streams/o/p", "/x/streams/o"):
        assert streams.open(path, {}, {}) is None


def test_a_growing_output_is_followed_until_it_is_finished() -> None:
    store, streams = grown()

    async def story() -> None:
        text = Reader(stream_of(streams, "/streams/o"))
        late = Reader(stream_of(streams, "/streams/o", range="bytes=9-"))
        events = Reader(stream_of(streams, "/streams/o", accept=EVENTS))
        await text.until("three")
        await late.until("three")
        assert await events.until("two\n\n") == "id: 4\ndata: one\n\nid: 9\ndata: two\n\n", "no half lines"
        thread = threading.Thread(target=store.append, args=("o", "+\nföur"))
        thread.start()
        assert await text.until("föur") == "+\nföur"
        assert await late.until("ur") == "+\nföur"
        assert await events.until("\n\n") == "id: 16\ndata: three+\n\n"
        thread.join()
        threading.Thread(target=store.finish, args=("o",)).start()
        assert (await text.ended(), await late.ended()) == ("", "")
        assert await events.ended() == "id: 21\ndata: föur\n\n"

    asyncio.run(story())


def test_silence_gets_a_heartbeat_in_events_only() -> None:
    store = OutputStore()
    store.append("o", "x")
    streams = OutputStreams(store, heartbeat=0.01)

    async def story() -> None:
        events = Reader(stream_of(streams, "/streams/o", accept=EVENTS))
        assert await events.until("\n\n") == ": heartbeat\n\n"
        text = Reader(stream_of(streams, "/streams/o"))
        await text.until("x")
        store.finish("o")
        assert await text.ended() == ""
        assert (await events.ended()).endswith("id: 1\ndata: x\n\n")

    asyncio.run(story())


def test_a_reader_that_goes_away_is_forgotten() -> None:
    store, streams = grown()
    output = store.find("o")
    assert output is not None

    async def story() -> None:
        reader = Reader(stream_of(streams, "/streams/o"))
        await reader.until("three")
        assert len(output._watchers) == 1
        await reader.close()

    asyncio.run(story())
    assert output._watchers == []
    store.append("o", "more")
