"""CONNECT: Heroku's names lead back to the platform, this machine's where they say, all others nowhere."""

import json
import socket
import ssl
import threading

import pytest

from platform_sim.core.model.addresses import is_heroku_host, is_this_machine
from platform_sim.engines.router.authority import Authority
from platform_sim.engines.router.edge import Edge

from .conftest import Connect, MakeEdge, Serve
from .world import APP, GUARD, Table, Talk, always, plain


def ask(talk: Talk, target: str) -> int:
    """CONNECT, and the status of the answer."""
    talk.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    return int(talk.until(b"\r\n\r\n").split(b" ")[1])


@pytest.mark.parametrize("target", ["api.heroku.com:443", "telex.heroku.com:5100", "api.metrics.herokai.com:1"])
def test_herokus_names_lead_back_to_the_platform(
    make_edge: MakeEdge, serve: Serve, connect: Connect, authority: Authority, target: str
) -> None:
    edge = make_edge(control=serve(always(plain(b"api"))).port)
    talk = connect(edge)
    assert ask(talk, target) == 200
    talk.get(host=target)
    assert talk.answer().body == b"api"
    talk = connect(edge)
    assert ask(talk, target) == 200
    host = target.partition(":")[0]
    context = ssl.create_default_context(cafile=str(authority.file))
    with Talk(context.wrap_socket(talk.sock, server_hostname=host)) as secure:
        secure.get(host=host)
        assert secure.answer().body == b"api"


def test_an_app_is_found_behind_its_name(make_edge: MakeEdge, serve: Serve, table: Table, connect: Connect) -> None:
    table.up(serve(always(plain(b"shop"))))
    talk = connect(make_edge())
    assert ask(talk, f"{APP}:443") == 200
    talk.get()
    assert talk.answer().body == b"shop"


def test_this_machine_is_reached_where_it_says(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    partner = serve(always(plain(b"partner")))
    talk = connect(make_edge())
    assert ask(talk, f"127.0.0.1:{partner.port}") == 200
    talk.get(host="127.0.0.1")
    assert talk.answer().body == b"partner"


def test_others_are_refused_with_a_sentence(make_edge: MakeEdge, connect: Connect) -> None:
    talk = connect(make_edge())
    talk.send(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n\x16\x03\x01")
    answer = talk.answer()
    assert answer.status == 403
    said = json.loads(answer.body)
    assert said["id"] == "forbidden"
    assert "example.com is not simulated here" in said["message"]
    assert "NO_PROXY" in said["message"]
    assert talk.rest() == b""


def test_a_setting_passes_them_on(make_edge: MakeEdge, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """To a name that has no address: what matters is that it was asked for."""
    talk = connect(make_edge(connect_elsewhere=True))
    talk.send(b"CONNECT nowhere.invalid:443 HTTP/1.1\r\nHost: nowhere.invalid:443\r\n\r\n")
    answer = talk.answer()
    assert answer.status == 502
    assert "nowhere.invalid:443" in json.loads(answer.body)["message"]


@pytest.mark.parametrize("target", ["api.heroku.com", "api.heroku.com:", ":443", "api.heroku.com:x", "a:0", "a:65536"])
def test_a_target_that_is_none(make_edge: MakeEdge, connect: Connect, target: str) -> None:
    talk = connect(make_edge())
    talk.send(f"CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert talk.answer().status == 400


def test_nobody_there(make_edge: MakeEdge, connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    talk = connect(make_edge())
    talk.send(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert talk.answer().status == 502


def test_both_ends_close_together(make_edge: MakeEdge, serve: Serve, connect: Connect) -> None:
    gone = threading.Event()

    def wait_for_the_end(talk: Talk) -> None:
        talk.rest()
        gone.set()

    partner = serve(wait_for_the_end)
    edge: Edge = make_edge()
    talk = connect(edge)
    assert ask(talk, f"127.0.0.1:{partner.port}") == 200
    talk.sock.close()
    assert gone.wait(GUARD)
    held = connect(edge)
    assert ask(held, f"127.0.0.1:{partner.port}") == 200
    edge.stop()
    assert held.rest() == b""


def test_names() -> None:
    assert all(map(is_heroku_host, ("heroku.com", "api.heroku.com", "1.us.logplex.heroku.com", "x.herokuspace.com")))
    assert not any(map(is_heroku_host, ("xheroku.com", "heroku.com.example.com", "localhost", "shop.herokuapp.com")))
    assert all(map(is_this_machine, ("localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "::1")))
    assert not any(map(is_this_machine, ("127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "")))
