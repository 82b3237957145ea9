"""The helpers of the bench work; nothing is timed here."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.load import NUMBER, LoadFailed, Target, in_a_process, read_head
from tests.bench.report import Line, as_json, by_turns, closing
from tests.bench.startup import heaviest


class Recorder(ThreadingHTTPServer):
    """Answers everything with `status`, keeps the bodies it got and counts its connections."""

    request_queue_size = 64

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), RecorderHandler)
        self.status = status
        self.bodies: list[bytes] = []
        self.connections: set[object] = set()


class RecorderHandler(BaseHTTPRequestHandler):
    """One connection of it, kept open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Recorder

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take the body."""
        self.server.connections.add(self.client_address)
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


@contextmanager
def recorder(status: int = 200) -> Iterator[Recorder]:
    """Serves in a thread until the end of the block."""
    server = Recorder(status)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.processes
def test_the_load_takes_turns_over_kept_connections_and_numbers_its_requests() -> None:
    with recorder() as one, recorder() as other:
        targets = [
            Target(name, server.server_port, "/", "POST", body=f'{{"n": "{NUMBER}"}}')
            for name, server in (("one", one), ("other", other))
        ]
        rates = in_a_process(targets, rounds=2, seconds=0.05)
    assert {name: len(each) for name, each in rates.items()} == {"one": 2, "other": 2}
    assert min(rates["one"] + rates["other"]) > 0
    for server in (one, other):
        numbers = [json.loads(body)["n"] for body in server.bodies]
        assert len(numbers) > len(server.connections)
        assert len(set(numbers)) == len(numbers)
        assert len(server.connections) == 16 * 3


@pytest.mark.processes
def test_an_answer_that_is_none_is_no_measurement() -> None:
    with recorder(503) as server, pytest.raises(LoadFailed, match="gone: answered b'HTTP/1.1 503"):
        in_a_process([Target("gone", server.server_port, "/", "POST", body="x")], rounds=1, seconds=0.05)


def test_an_answer_without_length_is_refused() -> None:
    assert read_head(b"HTTP/1.1 201 Created\r\ncontent-LENGTH: 12") == (201, 12)
    with pytest.raises(ValueError, match="no Content-Length"):
        read_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked")


def test_a_ratio_compares_what_was_measured_in_the_same_turn() -> None:
    assert by_turns([10, 100, 30], [20, 100, 10]) == 1.0


@pytest.mark.parametrize(
    ("value", "is_least", "verdict"),
    [(0.6, True, "ok"), (0.5, True, "ok"), (0.4, True, "AIM MISSED"), (0.4, False, "ok"), (0.6, False, "AIM MISSED")],
)
def test_a_line_says_whether_its_aim_is_met(value: float, is_least: bool, verdict: str) -> None:
    line = Line("reads", value, "x", 0.5, is_least, "of much")
    assert f" {verdict} " in line.text()
    assert json.loads(as_json([line]))[0]["ok"] is line.ok is (verdict == "ok")
    assert closing([line]).startswith("All" if line.ok else "AIM MISSED: reads")


def test_imports_are_summed_by_package() -> None:
    said = """
import time: self [us] | cumulative | imported package
import time:      1000 |       1000 |   platform_sim.core.clock
import time:      2500 |       3500 | platform_sim.core
import time:      3000 |       3000 |     flask.app
"""
    assert heaviest(said) == ["       3.5 ms  platform_sim.core (2 modules)", "       3.0 ms  flask (1 modules)"]
