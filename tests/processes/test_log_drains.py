"""Logs out of and into a running platform, over its one port: partner, customer, receivers on real sockets."""

import gzip
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from platform_sim.assemble import Options, Platform

from ..engines.drains.receiver import HttpReceiver, hang
from ..web.log_input.test_messages import VECTOR, framed, message
from .conftest import QUICK
from .customer import Customer, fetch
from .partner import Reply, Sent, TinyPartner, said
from .up import Up, outer_environment
from .waiting import wait_until

pytestmark = pytest.mark.processes

TYPE = {"Content-Type": "application/logplex-1"}


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with HttpReceiver() as made:
        yield made


def place(receiver: HttpReceiver, path: str = "/drain") -> str:
    return f"http://127.0.0.1:{receiver.port}{path}"


def register(customer: Customer, partner: TinyPartner, drain: str) -> None:
    """A service that takes and writes logs; its partner names `drain`."""
    manifest = partner.manifest
    manifest["api"]["requires"] = ["syslog_drain", "log_input", "attachable"]
    customer.api("POST", f"/api/v3/addons/{partner.slug}/manifests", {"contents": manifest})
    customer.api("PUT", f"/sim/services/{partner.slug}", {"client_secret": partner.secret})

    def answer(sent: Sent) -> Reply:
        return said({"id": sent.body["uuid"], "config": {}, "log_drain_url": drain})

    partner.answers["POST"] = answer


def heard(receiver: HttpReceiver, token: str) -> list[str]:
    """What a drain was told, line by line: `app[web.1]: text`."""
    return [
        f"{m.app}[{m.process}]: {m.text}"
        for delivery in list(receiver.deliveries)
        if delivery.headers["Logplex-Drain-Token"] == token
        for m in delivery.messages
    ]


def test_the_whole_way_of_an_add_on_s_logs(customer: Customer, partner: TinyPartner, receiver: HttpReceiver) -> None:
    register(customer, partner, place(receiver, "/logs?key=1"))
    customer.api("POST", "/apps", {"name": "acme"})
    addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    order = partner.living[addon["id"]]
    assert order["log_drain_token"] == order["logplex_token"]

    # The app's lines reach the partner under the token of its order ...
    customer.api("PATCH", "/apps/acme/config-vars", {"A": "1"})
    assert customer.page("acme").status_code == 502
    mark = "heroku[router]: at=info code=H81 "
    lines = wait_until(
        "the router is heard",
        lambda: found if mark in "\n".join(found := heard(receiver, order["log_drain_token"])) else [],
    )
    assert "app[api]: Set A config vars by user you@example.com" in lines
    assert any(line.startswith(mark) for line in lines)

    # ... and its own lines the app's log, and so its drain.
    url = order["log_input_url"]
    assert urlsplit(url).username == "token"
    assert urlsplit(url).port == customer.port
    body = framed(VECTOR, message("über €".encode(), process=b"-"))
    assert fetch("POST", url, data=body, headers=TYPE | {"Logplex-Msg-Count": "2"}).status_code == 204
    log = customer.log("acme")
    assert "app[procid]: foo\n" in log
    assert "app[exceptions]: über €\n" in log
    wait_until("it is heard", lambda: "app[exceptions]: über €" in heard(receiver, order["log_drain_token"]))

    # With the end of the add-on both end.
    customer.api("DELETE", f"/apps/acme/addons/{addon['name']}")
    assert fetch("POST", url, data=body, headers=TYPE).status_code == 401
    customer.api("PATCH", "/apps/acme/config-vars", {"A": "2"})
    receiver.until(lambda: receiver.ended == receiver.connections, "the end of the connection")
    assert sum("Set A config vars" in line for line in heard(receiver, order["log_drain_token"])) == 1
    exchanges = str(customer.api("GET", f"/sim/exchanges?addon={addon['id']}"))
    for secret in (order["log_drain_token"], urlsplit(url).password, "key=1"):
        assert str(secret) not in exchanges


def test_log_input_over_the_port(customer: Customer, partner: TinyPartner, receiver: HttpReceiver) -> None:
    register(customer, partner, place(receiver))
    customer.api("POST", "/apps", {"name": "acme"})
    addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    url = partner.living[addon["id"]]["log_input_url"]
    bare = url.replace(f"token:{urlsplit(url).password}@", "")
    body = framed(VECTOR)

    packed = fetch("POST", url, data=gzip.compress(body), headers=TYPE | {"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.content) == (204, b"")
    chunked = fetch("POST", url, data=iter([body]), headers=TYPE)
    assert (chunked.status_code, chunked.text) == (411, "Content-Length is required; chunked bodies are not taken.")
    nobody = fetch("POST", bare, data=body, headers=TYPE)
    assert (nobody.status_code, nobody.headers["WWW-Authenticate"]) == (401, 'Basic realm="Logplex"')
    for method in ("GET", "PUT"):
        wrong = fetch(method, url, data=body, headers=TYPE)
        assert (wrong.status_code, wrong.headers["Allow"]) == (405, "POST")
    assert fetch("POST", url, data=body, headers={"Content-Type": "text/plain"}).status_code == 415
    off = fetch("POST", url, data=body.replace(b"88 ", b"89 "), headers=TYPE)
    assert (off.status_code, off.text) == (400, "Malformed log messages")
    miscounted = fetch("POST", url, data=body, headers=TYPE | {"Logplex-Msg-Count": "2"})
    assert (miscounted.status_code, miscounted.text) == (400, "Message count mismatch")
    with socket.create_connection(("127.0.0.1", customer.port)) as raw:
        raw.sendall(b"POST /logs HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert raw.recv(12) == b"HTTP/1.1 401"
    assert customer.log("acme").count("foo") == 1


def test_a_customer_s_drain_by_the_names_that_the_cli_uses(customer: Customer, receiver: HttpReceiver) -> None:
    customer.api("POST", "/apps", {"name": "acme"})
    url = place(receiver, "/a%2Fb/?x=1&y")
    drain = customer.api("POST", "/apps/acme/log-drains", {"url": url})
    assert customer.api("GET", "/apps/acme/log-drains") == [drain]
    customer.api("PATCH", "/apps/acme/config-vars", {"A": "1"})
    wait_until("the release is heard", lambda: heard(receiver, drain["token"]))
    assert receiver.deliveries[0].line == "POST /a%2Fb/?x=1&y HTTP/1.1"
    assert customer.api("DELETE", f"/apps/acme/log-drains/{quote(url, safe='')}") == drain
    assert customer.api("GET", "/apps/acme/log-drains") == []


def test_drains_go_on_after_a_kill(tmp_path: Path, receiver: HttpReceiver) -> None:
    with Up(tmp_path) as up:
        ready = up.start()
        customer = Customer(ready["url"], ready["token"], tmp_path)
        customer.api("POST", "/apps", {"name": "acme"})
        drain = customer.api("POST", "/apps/acme/log-drains", {"url": place(receiver)})
        customer.api("PATCH", "/apps/acme/config-vars", {"A": "1"})
        wait_until("the release is heard", lambda: heard(receiver, drain["token"]))
        up.kill()
        before = {each.headers["Logplex-Frame-Id"] for each in receiver.deliveries}
        ready = up.start()
        customer = Customer(ready["url"], ready["token"], tmp_path)
        customer.api("PATCH", "/apps/acme/config-vars", {"B": "1"})
        mark = "app[api]: Set B config vars by user you@example.com"
        wait_until("the next release is heard", lambda: mark in heard(receiver, drain["token"]))
        assert receiver.deliveries[-1].headers["Logplex-Frame-Id"] not in before


def test_receivers_that_hang_hold_up_neither_the_api_nor_the_end(tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    rules = QUICK | {"drain_request_timeout": 600.0}
    with HttpReceiver() as deaf:
        deaf.usual = hang
        with Platform(Options(environment=outer_environment(tmp_path), rules=rules)) as platform:
            customer = Customer(platform.url, platform.token, tmp_path)
            customer.api("POST", "/apps", {"name": "acme"})
            for number in range(6):
                customer.api("POST", "/apps/acme/log-drains", {"url": place(deaf, f"/{number}")})
            customer.api("PATCH", "/apps/acme/config-vars", {"A": "1"})
            deaf.until_asked(6)
            customer.api("PATCH", "/apps/acme/config-vars", {"A": "2"})
            assert "Set A config vars" in customer.log("acme")
    assert {t for t in threading.enumerate() if t.name.startswith("drain")} <= threads


def test_two_platforms_do_not_hear_each_other(tmp_path: Path, receiver: HttpReceiver) -> None:
    options = Options(environment=outer_environment(tmp_path), rules=QUICK, seed=7)
    with Platform(options) as first, Platform(options) as second:
        customers = [Customer(each.url, each.token, tmp_path) for each in (first, second)]
        for customer in customers:
            customer.api("POST", "/apps", {"name": "acme"})
        drain = customers[0].api("POST", "/apps/acme/log-drains", {"url": place(receiver)})
        customers[1].api("PATCH", "/apps/acme/config-vars", {"SECOND": "1"})
        customers[0].api("PATCH", "/apps/acme/config-vars", {"FIRST": "1"})
        mark = "app[api]: Set FIRST config vars by user you@example.com"
        wait_until("the first is heard", lambda: mark in heard(receiver, drain["token"]))
        assert not any("SECOND" in line for line in heard(receiver, drain["token"]))
