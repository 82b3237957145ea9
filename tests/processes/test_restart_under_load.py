"""An app that is restarted again and again under the requests of many clients: each is answered, each is done once."""

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from .customer import Customer
from .sources import KEEPS, PYTHON
from .up import Up
from .waiting import LONGEST, wait_until

pytestmark = pytest.mark.processes

CLIENTS, RESTARTS, BETWEEN = 8, 8, 40
"""Connections that are kept open, restarts, and how many answers there are at least between two of them."""


@pytest.fixture
def customer(tmp_path: Path) -> Iterator[Customer]:
    """Of a platform that is a process of its own."""
    with Up(tmp_path) as up:
        ready = up.start()
        yield Customer(ready["url"], ready["token"], tmp_path)


class Load:
    """Clients that ask until they are told to stop, every second request a write."""

    def __init__(self, port: int) -> None:
        self.over = threading.Event()
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.written: list[str] = []
        self._port = port
        self._lock = threading.Lock()

    def run(self, client: int) -> None:
        """One client on one connection, which the edge never closes."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LONGEST)
        number = 0
        while not self.over.is_set():
            number += 1
            method, body = ("POST", f"{client}-{number}") if number % 2 else ("GET", None)
            connection.request(method, "/COLOUR", body, {"Host": "acme.localhost"})
            answer = connection.getresponse()
            answer.read()
            with self._lock:
                self.statuses[method, answer.status] += 1
                if body:
                    self.written.append(body)
        connection.close()


def test_no_request_of_eight_clients_is_lost_and_no_write_is_done_twice(customer: Customer, tmp_path: Path) -> None:
    """The app ends at its SIGTERM with all that it has. The router cannot send a write once more: so the dyno must
    have no request when it is told to end, and get none afterwards."""
    book = tmp_path / "book"
    customer.api("POST", "/apps", {"name": "acme"})
    customer.api("PATCH", "/apps/acme/config-vars", {"BOOK": str(book)})
    customer.deploy("acme", {"Procfile": f"web: {PYTHON} web.py\n", "web.py": KEEPS})
    customer.up("acme")
    load = Load(customer.port)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(load.run, number) for number in range(CLIENTS)]
        try:
            for number in range(RESTARTS):
                enough = load.statuses.total() + BETWEEN
                wait_until("requests are answered", partial(lambda enough: load.statuses.total() >= enough, enough))
                customer.api("PATCH", "/apps/acme/config-vars", {"COLOUR": str(number)})
                customer.up("acme")
        finally:
            load.over.set()
        for client in clients:
            client.result()
    failed = {kind: count for kind, count in load.statuses.items() if kind[1] != 200}
    assert failed == {}, [line for line in customer.log("acme").splitlines() if "at=error" in line]
    assert Counter(book.read_text().split()) == Counter(load.written), "each write once, none of them lost"
    assert load.statuses.total() >= RESTARTS * BETWEEN
