"""The server of the doors: real sockets, several in one process, an end that always comes."""

import http.client
import socket
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from flask import Flask, Response, request

from platform_sim.web.server import SLACK, ControlServer
from platform_sim.web.workers import FEW

pytestmark = pytest.mark.processes
LIMIT = 10_000


def new_app(name: str) -> Flask:
    app = Flask(name)

    @app.get("/")
    def hello() -> str:
        return name

    @app.post("/")
    def length() -> str:
        return str(len(request.get_data()))

    return app


@pytest.fixture
def server() -> Iterator[ControlServer]:
    made = ControlServer(new_app("one"), LIMIT)
    made.start()
    yield made
    made.close()


def get(server: ControlServer) -> str:
    connection = http.client.HTTPConnection(*server.address, timeout=20)
    connection.request("GET", "/")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def refused(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def control_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(("control", "waitress"))]


def test_it_listens_on_loopback_only_and_on_any_port(server: ControlServer) -> None:
    host, port = server.address
    assert (host, port > 0) == ("127.0.0.1", True)
    assert get(server) == "one"


def test_several_in_one_process_do_not_disturb_each_other(server: ControlServer) -> None:
    other = ControlServer(new_app("two"), LIMIT)
    other.start()
    assert (get(server), get(other)) == ("one", "two")
    other.close()
    assert refused(other.address)
    assert get(server) == "one"


def test_the_end_comes_with_connections_open(server: ControlServer) -> None:
    """Idle ones, half a request, half a body."""
    other = ControlServer(new_app("two"), LIMIT)
    other.start()
    sockets = [socket.create_connection(other.address, timeout=20) for _ in range(3)]
    sockets[1].sendall(b"GET / HTTP/1.1\r\nHost: x")
    sockets[2].sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc")
    assert get(other) == "two"
    other.close()
    for each in sockets:
        assert each.recv(100) == b""
        each.close()
    assert refused(other.address)


def test_one_that_never_started_can_be_closed() -> None:
    made = ControlServer(new_app("three"), LIMIT)
    address = made.address
    made.close()
    assert refused(address)


def test_one_that_nobody_has_asked_has_no_port_and_no_thread() -> None:
    before, threads = psutil.Process().num_fds(), len(control_threads())
    made = ControlServer(new_app("four"), LIMIT)
    assert (psutil.Process().num_fds(), len(control_threads())) == (before, threads)
    made.close()


def test_no_thread_is_left(server: ControlServer) -> None:
    before = len(control_threads())
    other = ControlServer(new_app("two"), LIMIT)
    other.start()
    get(other)
    other.close()
    assert len(control_threads()) == before


def test_a_call_in_progress_does_not_stop_the_end() -> None:
    """It gets a moment; then its connection is cut."""
    app, entered, goes_on = Flask("waits"), threading.Event(), threading.Event()

    @app.get("/")
    def wait() -> str:
        entered.set()
        goes_on.wait(30)
        return "late"

    made = ControlServer(app, LIMIT)
    made.start()
    connection = http.client.HTTPConnection(*made.address, timeout=30)
    connection.request("GET", "/")
    assert entered.wait(20)
    made.close()
    with pytest.raises((http.client.HTTPException, OSError)):
        connection.getresponse()
    connection.close()
    goes_on.set()


def test_calls_that_wait_hold_up_no_others() -> None:
    """More of them than quick calls may run at a time, then one that answers at once."""
    app, goes_on = Flask("waits"), threading.Event()
    entered = threading.Semaphore(0)

    @app.get("/wait")
    def wait() -> str:
        entered.release()
        goes_on.wait(30)
        return "late"

    @app.get("/")
    def hello() -> str:
        return "at once"

    made = ControlServer(app, LIMIT)
    made.start()
    waiting = [http.client.HTTPConnection(*made.address, timeout=30) for _ in range(3 * FEW)]
    for connection in waiting:
        connection.request("GET", "/wait")
    assert all(entered.acquire(timeout=20) for _ in waiting)
    assert get(made) == "at once"
    goes_on.set()
    for connection in waiting:
        assert connection.getresponse().read() == b"late"
        connection.close()
    made.close()


@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_up_to_the_limit_are_taken(chunked: bool, server: ControlServer) -> None:
    connection = http.client.HTTPConnection(*server.address, timeout=20)
    body: Any = iter([b"x" * LIMIT]) if chunked else b"x" * LIMIT
    connection.request("POST", "/", body, encode_chunked=chunked)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, str(LIMIT).encode())
    connection.close()


def test_a_body_far_beyond_the_limit_is_refused_before_it_comes(server: ControlServer) -> None:
    with socket.create_connection(server.address, timeout=20) as client:
        client.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {LIMIT + SLACK}\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_what_an_answer_yields_is_sent_at_once() -> None:
    """A push shows its build while it runs."""
    app, goes_on = Flask("streams"), threading.Event()

    @app.get("/")
    def stream() -> Response:
        def lines() -> Iterator[bytes]:
            yield b"first\n"
            assert goes_on.wait(20)
            yield b"second\n"

        return Response(lines())

    made = ControlServer(app, LIMIT)
    made.start()
    connection = http.client.HTTPConnection(*made.address, timeout=20)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert answer.readline() == b"first\n"
    goes_on.set()
    assert answer.read() == b"second\n"
    connection.close()
    made.close()


# Waitress leaves the temporary file of a large answer to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_does_not_fit_into_the_socket_is_sent_while_the_call_goes_on() -> None:
    app, goes_on = Flask("large"), threading.Event()
    large = b"0123456789abcdef" * 400_000

    @app.get("/")
    def stream() -> Response:
        def pieces() -> Iterator[bytes]:
            for _ in range(4):
                yield large
            assert goes_on.wait(20)
            yield b"end"

        return Response(pieces())

    made = ControlServer(app, LIMIT)
    made.start()
    connection = http.client.HTTPConnection(*made.address, timeout=20)
    connection.request("GET", "/")
    answer = connection.getresponse()
    for _ in range(4):
        assert answer.read(len(large)) == large
    goes_on.set()
    assert answer.read() == b"end"
    connection.close()
    made.close()


def test_closing_twice_is_fine() -> None:
    made = ControlServer(new_app("four"), LIMIT)
    made.start()
    made.close()
    made.close()
