"""Several Streams as one."""

from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.logs.output_streams import OutputStreams
from platform_sim.engines.logs.outputs import OutputStore
from platform_sim.engines.logs.sessions import LogSession, LogSessions
from platform_sim.engines.logs.streams_table import StreamsTable

from .listening import Clock, stream_of, whole


def test_the_first_that_knows_the_path_answers() -> None:
    clock = Clock()
    hub = LogHub(clock.now)
    hub("a", "app", "web.1", "line")
    outputs = OutputStore()
    outputs.append("o", "output\n")
    outputs.finish("o")
    table = StreamsTable(LogSessions(hub, {"s": LogSession("a")}.get, clock.now), OutputStreams(outputs))
    assert whole(lambda: stream_of(table, "/logs/s")).endswith("app[web.1]: line\n")
    assert whole(lambda: stream_of(table, "/streams/o")) == "output\n"
    assert table.open("/apps", {}, {}) is None
    assert StreamsTable().open("/logs/s", {}, {}) is None
