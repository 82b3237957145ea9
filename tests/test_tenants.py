"""Many platforms behind one port: who is led where, and that nobody gets into another's."""

import base64
import io
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
from jsonschema import Draft202012Validator

from platform_sim.assemble import Platform
from platform_sim.core.errors import Conflict, InvalidParams
from platform_sim.core.model.snapshots import Wanted
from platform_sim.options import Options
from platform_sim.tenants import Tenant, Tenants
from platform_sim.web.sim.openapi import document
from platform_sim.web.tenants import table
from platform_sim.web.tenants.application import Wish

from .processes.up import outer_environment
from .processes.waiting import wait_until

HEROKU = "application/vnd.heroku+json; version=3"
Reply = tuple[int, Any]


class Visitor:
    """Asks at one port, under any name."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self, method: str, path: str, body: Any = None, *, host: str = "localhost", token: str = "", **headers: str
    ) -> Reply:
        """Status, and what the answer holds: JSON, else text."""
        sent = {"Host": f"{host}:{self.port}", "Accept": HEROKU} | {k.replace("_", "-"): v for k, v in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        return answer.status, json.loads(text) if text.startswith(("{", "[")) else text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tenants")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Tenants]:
    """Two platforms of one seed, each with an app."""
    with Tenants(environment=outer_environment(folder)) as made:
        for name in ("one", "two"):
            tenant = made.create(Wish(name, seed=7))
            assert Visitor(port_of(tenant)).ask("POST", "/apps", {"name": f"of-{name}"}, token=tenant.token)[0] == 201
        yield made


def port_of(tenant: Tenant) -> int:
    return int(tenant.url.rpartition(":")[2])


@pytest.fixture
def shared(server: Tenants) -> Visitor:
    return Visitor(int(server.url.rpartition(":")[2]))


def names(reply: Reply) -> list[str]:
    assert reply[0] == 200, reply
    return [each["name"] for each in reply[1]]


def test_a_token_says_which_platform_is_meant(server: Tenants, shared: Visitor) -> None:
    one, two = server.find("one"), server.find("two")
    assert one.token != two.token, "of one seed, and yet"
    assert names(shared.ask("GET", "/apps", token=one.token)) == ["of-one"]
    assert names(shared.ask("GET", "/apps", token=two.token)) == ["of-two"]
    basic = "Basic " + base64.b64encode(f"anybody:{two.token}".encode()).decode()
    assert names(shared.ask("GET", "/apps", Authorization=basic)) == ["of-two"]
    assert names(shared.ask("GET", "/apps", token=one.token, Host="api.heroku.com")) == ["of-one"]
    assert shared.ask("GET", "/sim/status", token=two.token)[1]["url"] == two.url


def test_a_token_that_a_snapshot_brings_leads_there(server: Tenants, shared: Visitor) -> None:
    kept, other = io.BytesIO(), server.create(Wish("restored"))
    with Platform(Options(environment={}, token="brought-along")) as elsewhere:
        elsewhere.take(kept, Wanted(secrets=True))
    before = other.token
    other.platform.restore(kept)
    assert names(shared.ask("GET", "/apps", token="brought-along")) == []
    assert shared.ask("GET", "/apps", token=before)[0] == 421
    again = server.create(Wish("restored-too"))
    again.platform.restore(kept)
    assert again.token != "brought-along", "which is another tenant's"
    for name in ("restored", "restored-too"):
        server.end(name)
    assert shared.ask("GET", "/apps", token="brought-along")[0] == 421


def test_so_does_the_name_of_the_host(server: Tenants, shared: Visitor) -> None:
    assert names(shared.ask("GET", "/apps", host="t-two.localhost", token=server.find("two").token)) == ["of-two"]
    status, page = shared.ask("GET", "/", host="of-one.t-one.localhost")
    own = Visitor(port_of(server.find("one"))).ask("GET", "/", host="of-one.localhost")
    assert (status, page) == own
    assert shared.ask("GET", "/", host="of-two.t-one.localhost")[0] == 404


def test_each_is_there_at_its_own_address_too(server: Tenants) -> None:
    for name in ("one", "two"):
        tenant = server.find(name)
        assert names(Visitor(port_of(tenant)).ask("GET", "/apps", token=tenant.token)) == [f"of-{name}"]


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/apps", {}),
        ("/apps", {"token": "nobodys"}),
        ("/apps", {"Authorization": "Basic %%%"}),
        ("/apps", {"Authorization": "Digest x"}),
        ("/oauth/token", {}),
        ("/", {"host": "of-one.localhost"}),
        ("/sim/status", {}),
    ],
)
def test_what_names_none_reaches_none(path: str, more: dict[str, str], shared: Visitor) -> None:
    status, told = shared.ask("GET", path, **more)
    assert (status, told["id"]) == (421, "no_tenant")


def test_nobody_gets_into_anothers(server: Tenants, shared: Visitor) -> None:
    one, two = server.find("one"), server.find("two")
    own = Visitor(port_of(two))
    attempts = [
        shared.ask("GET", "/apps", host="t-two.localhost", token=one.token),
        own.ask("GET", "/apps", token=one.token),
        own.ask("GET", "/apps", token=server.token),
        shared.ask("GET", "/sim/events", host="t-two.localhost", token=one.token),
        shared.ask("POST", "/sim/reset", host="t-two.localhost", token=one.token),
        shared.ask("GET", "/sim/tenants", token=one.token),
        shared.ask("DELETE", "/sim/tenants/two", token=one.token),
        shared.ask("GET", f"http://t-two.localhost:{shared.port}/apps", host="t-one.localhost", token=one.token),
    ]
    assert [status for status, _ in attempts] == [401] * len(attempts)
    assert shared.ask("GET", "/apps", token=server.token)[0] == 421, "the server's token is no customer's"
    assert names(shared.ask("GET", "/apps", token=two.token)) == ["of-two"], "and nothing has happened"


def test_a_browser_without_a_link_is_nobody(server: Tenants, shared: Visitor) -> None:
    """On a platform of one's own it would be the customer: behind a port that others use it must not be."""
    browser = {"Accept": "text/html"}
    for visitor, host in ((shared, "t-two.localhost"), (Visitor(port_of(server.find("two"))), "localhost")):
        assert visitor.ask("GET", "/dashboard", host=host, **browser)[0] in (302, 401)
        assert visitor.ask("GET", "/dashboard/apps", host=host, **browser)[0] == 401
        assert visitor.ask("GET", "/dashboard/timeline/live", host=host)[0] == 401
        _, login = visitor.ask("POST", "/auth", {"description": "me"}, host=host)
        page = login["browser_url"]
        path = page[page.index("/", 9) :] if page.startswith("http") else page
        status, said = visitor.ask("GET", path, host=host, **browser)
        assert status == 200
        assert "you@example.com" not in said, "nobody is offered to be the customer by a click"


def test_a_link_makes_a_browser_the_customer(server: Tenants, shared: Visitor) -> None:
    two = server.find("two")
    _, link = shared.ask("POST", "/sim/users/you@example.com/links", token=two.token)
    connection = HTTPConnection("127.0.0.1", shared.port, timeout=60)
    host = {"Host": f"t-two.localhost:{shared.port}"}
    connection.request("GET", link["url"][link["url"].index("/", 9) :], headers=host)
    answer = connection.getresponse()
    answer.read()
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    connection.close()
    assert shared.ask("GET", "/dashboard/apps", host="t-two.localhost", Accept="text/html", Cookie=cookie)[0] == 200
    form = {"Accept": "text/html", "Cookie": cookie, "Content_Type": "application/x-www-form-urlencoded"}
    for origin, status in (("http://t-one.localhost", 403), ("http://t-two.localhost", 422)):
        sent = form | {"Origin": f"{origin}:{shared.port}"}
        found = shared.ask("POST", "/dashboard/apps", host="t-two.localhost", **sent)
        assert (found[0] == 403 and "another site" in str(found[1])) is (status == 403), (origin, found)


def test_git_and_streams_find_theirs(server: Tenants, shared: Visitor) -> None:
    basic = "Basic " + base64.b64encode(f":{server.find('two').token}".encode()).decode()
    refs = "info/refs?service=git-receive-pack"
    status, told = shared.ask("GET", f"/of-two.git/{refs}", Authorization=basic)
    assert (status, "service=git-receive-pack" in told) == (200, True)
    assert shared.ask("GET", f"/of-one.git/{refs}", Authorization=basic)[0] == 404
    connection = HTTPConnection("127.0.0.1", shared.port, timeout=60)
    connection.request(
        "GET", "/sim/timeline/live?since=0-0", headers={"Authorization": f"Bearer {server.find('two').token}"}
    )
    answer = connection.getresponse()
    said = answer.readline()
    while b"of-two" not in said and len(said) < 100_000:
        said += answer.readline()
    answer.close()
    connection.close()
    assert said.startswith(b"retry: 1000")
    assert b"of-two" in said
    assert b"of-one" not in said


def test_one_connection_may_name_several(server: Tenants, shared: Visitor) -> None:
    connection = HTTPConnection("127.0.0.1", shared.port, timeout=60)
    for name in ("one", "two", "one"):
        headers = {"Authorization": f"Bearer {server.find(name).token}", "Accept": HEROKU}
        connection.request("GET", "/apps", headers=headers)
        answer = connection.getresponse()
        assert [each["name"] for each in json.loads(answer.read())] == [f"of-{name}"]
    connection.close()


def test_tls_is_ended_at_the_shared_port(server: Tenants, shared: Visitor) -> None:
    trust = ssl.create_default_context(cafile=str(server.ca_file))
    with (
        socket.create_connection(("127.0.0.1", shared.port)) as plain,
        trust.wrap_socket(plain, server_hostname="api.heroku.com") as client,
    ):
        head = f"Host: api.heroku.com\r\nAuthorization: Bearer {server.find('two').token}\r\nAccept: {HEROKU}\r\n"
        client.sendall(f"GET /apps HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
        said = b"".join(iter(lambda: client.recv(65536), b""))
    assert b"of-two" in said
    assert b"of-one" not in said


def test_they_are_made_shown_and_ended_over_http(server: Tenants, shared: Visitor) -> None:
    wish = {"seed": 5, "frozen_at": "2026-03-01T12:00:00Z", "settings": {"app_name_limit": 9, "webhook_skips": True}}
    status, made = shared.ask("POST", "/sim/tenants", {"name": "three"} | wish, token=server.token)
    assert status == 201
    fits("TenantMade", made)
    token = made["token"]
    assert shared.ask("GET", "/sim/clock", token=token)[1]["now"] == "2026-03-01T12:00:00+00:00"
    assert shared.ask("POST", "/apps", {"name": "longer-than-nine"}, token=token)[0] == 422
    _, listed = shared.ask("GET", "/sim/tenants", token=server.token)
    for each in listed:
        fits("Tenant", each)
    assert [each["name"] for each in listed] == ["one", "two", "three"]
    assert all("token" not in each for each in listed)
    assert shared.ask("DELETE", "/sim/tenants/three", token=server.token)[0] == 200
    assert shared.ask("DELETE", "/sim/tenants/three", token=server.token)[0] == 404
    assert shared.ask("GET", "/sim/tenants/three", token=server.token)[0] == 404
    assert shared.ask("GET", "/apps", token=token)[0] == 421
    assert shared.ask("GET", "/apps", host="t-three.localhost", token=token)[1]["id"] == "not_found"
    with pytest.raises(ConnectionRefusedError):
        Visitor(int(made["url"].rpartition(":")[2])).ask("GET", "/apps")


def fits(name: str, value: Any) -> None:
    Draft202012Validator(table.SCHEMAS[name]).validate(value)


def test_the_document_is_of_these_paths(server: Tenants, shared: Visitor) -> None:
    status, told = shared.ask("GET", "/sim/openapi.json")
    assert status == 200
    assert told == document(server.url, server.version, {"tenants": table.ROWS}, table.SCHEMAS)
    assert set(told["paths"]) == {"/sim/tenants", "/sim/tenants/{tenant}", "/sim/openapi.json"}


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"name": "one"}, 409, "There is a platform one already"),
        ({"name": "One"}, 422, "small letters"),
        ({"name": "a.b"}, 422, "small letters"),
        ({"name": "-a"}, 422, "no dash first"),
        ({"nome": "x"}, 422, "'nome' is not known here"),
        ({"settings": {"colour": 1}}, 422, "no setting is named colour"),
        ({"settings": {"stop_grace": "soon"}}, 422, "cannot be used"),
        ({"settings": [1]}, 422, "must be an object"),
        ({"frozen_at": "noon"}, 422, "frozen_at"),
        ({"frozen_at": "9999-12-31T23:59:59Z"}, 422, "from the year 1970 to 2999"),
        ({"frozen_at": "0001-01-01T00:00:00Z"}, 422, "from the year 1970 to 2999"),
    ],
)
def test_what_cannot_be_made(body: dict[str, Any], status: int, why: str, server: Tenants, shared: Visitor) -> None:
    found, told = shared.ask("POST", "/sim/tenants", body, token=server.token)
    assert found == status
    assert why in told["message"]
    assert len(server.all()) == 2
    assert server._reserved == set()


def test_there_is_a_limit_and_the_ports_may_be_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        ports = [each.getsockname()[1] for each in (taken, *free)]
        for each in free:
            each.close()
        limited = outer_environment(folder) | {"PLATFORM_SIM_TENANT_LIMIT": "3"}
        with Tenants(environment=limited, ports=ports) as server:
            made = [server.create() for _ in range(2)]
            assert [port_of(each) for each in made] == ports[1:]
            with pytest.raises(Conflict, match="No port is left"):
                server.create()
            server._ports = ()
            server.create()
            with pytest.raises(Conflict, match="which is the limit"):
                server.create()
            server.end(made[0].name)
            server.create()
            with pytest.raises(InvalidParams):
                server.create(Wish("Not a name"))


def test_idle_ones_end_and_those_that_are_used_do_not(folder: Path) -> None:
    with Tenants(environment=outer_environment(folder) | {"PLATFORM_SIM_TENANT_IDLE": "10"}) as server:
        shared, used, idle = Visitor(int(server.url.rpartition(":")[2])), server.create(), server.create()
        assert idle.idle_for() < 10
        idle._asked -= 3600  # an hour ago

        def ended() -> bool:
            assert shared.ask("GET", "/apps", token=used.token)[0] == 200
            return idle.name not in [each.name for each in server.all()]

        wait_until("the idle one has ended", ended)
        assert shared.ask("GET", "/apps", token=idle.token)[0] == 421
        assert not Path(idle.platform.layout.root).exists()


def test_its_end_leaves_nothing(folder: Path) -> None:
    me, before = psutil.Process(), set(threading.enumerate())
    descriptors = me.num_fds()
    server = Tenants(environment=outer_environment(folder)).start()
    shared = Visitor(int(server.url.rpartition(":")[2]))
    for tenant in [server.create() for _ in range(3)]:
        assert shared.ask("GET", "/apps", token=tenant.token)[0] == 200
    server.stop()
    server.stop()
    wait_until("all threads have ended", lambda: set(threading.enumerate()) <= before)
    assert me.num_fds() <= descriptors
    assert not server.ca_file.exists()
