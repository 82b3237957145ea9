"""A command inside a dyno that runs, over the wire; and that its end, by a restart or by `kill -9`, is complete."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from platform_sim.assemble import Platform

from .customer import SECONDS, Customer
from .leftovers import processes_below
from .sources import app
from .up import Up
from .waiting import wait_until

pytestmark = pytest.mark.processes
GREETING = b"rendezvous\r\n"


@contextmanager
def joined(where: str) -> Iterator[socket.socket]:
    """A connection as the CLI's, at an `attach_url` (heroku-cli §5), greeted."""
    address = urlsplit(where)
    with socket.create_connection(("127.0.0.1", address.port or 0), timeout=SECONDS) as connection:
        connection.sendall(address.path[1:].encode() + b"\r\n")
        while not (said := connection.recv(len(GREETING), socket.MSG_PEEK)).endswith(b"\n"):
            assert GREETING.startswith(said)
        assert connection.recv(len(GREETING)) == GREETING
        yield connection


def all_said(connection: socket.socket) -> str:
    """Until the platform closes."""
    said = b""
    while data := connection.recv(4096):
        said += data
    return said.decode()


def until(connection: socket.socket, word: bytes) -> None:
    said = b""
    while word not in said:
        data = connection.recv(4096)
        assert data, said
        said += data


def inside(customer: Customer, command: str) -> str:
    """Run it inside web.1; -> where to connect."""
    made = customer.api("POST", "/apps/acme/dynos/web.1", {"command": command, "env": {"TERM": "xterm"}})
    return str(made["attach_url"])


def deployed(customer: Customer) -> None:
    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app())
    customer.up("acme")


def test_a_command_runs_in_the_dyno_and_ends_with_it(platform: Platform, customer: Customer) -> None:
    deployed(customer)
    port = customer.page("acme", "/PORT").text
    with joined(inside(customer, "echo here > mark; echo $DYNO $PORT; tty")) as connection:
        name_and_port, terminal = all_said(connection).splitlines()
    assert name_and_port == f"web.1 {port}"
    assert terminal.startswith("/dev/")
    with joined(inside(customer, "cat mark; cat")) as connection:
        until(connection, b"here")
        customer.api("DELETE", "/apps/acme/dynos/web.1")
        all_said(connection)
    (dyno,) = customer.up("acme")
    assert (dyno["name"], customer.page("acme", "/DYNO").text) == ("web.1", "web.1")
    wait_until(
        "no one-off dyno is listed", lambda: [d["type"] for d in customer.api("GET", "/apps/acme/dynos")] == ["web"]
    )


def test_after_a_kill_no_command_runs_on(tmp_path: Path) -> None:
    with Up(tmp_path) as up:
        ready = up.start()
        customer = Customer(ready["url"], ready["token"], up.folder)
        deployed(customer)
        with joined(inside(customer, "trap '' TERM HUP; echo begun; while true; do sleep 0.1; done")) as connection:
            until(connection, b"begun")
            up.kill()
        assert any("begun" in line for line in processes_below(up.data / "dynos").values())
        ready = up.start()
        customer = Customer(ready["url"], ready["token"], up.folder)
        wait_until(
            "only the web dyno is there",
            lambda: [each["name"] for each in customer.api("GET", "/apps/acme/dynos")] == ["web.1"],
        )
        wait_until("it alone runs", lambda: len(processes_below(up.data / "dynos")) == 1)
        customer.up("acme")
        assert customer.page("acme", "/DYNO").text == "web.1"
