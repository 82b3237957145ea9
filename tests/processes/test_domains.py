"""An app met under names of its own, through the edge."""

import socket
import ssl
from pathlib import Path

import pytest

from ..certificates import issue
from .customer import Customer, fetch
from .sources import app
from .waiting import wait_until

pytestmark = pytest.mark.processes


def test_a_custom_domain_leads_to_the_app_until_it_is_removed(customer: Customer) -> None:
    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app())
    customer.up("acme")

    def status(host: str) -> int:
        return fetch("GET", f"http://127.0.0.1:{customer.port}/", headers={"Host": host}).status_code

    assert status("www.example.com") == 404
    made = customer.api("POST", "/apps/acme/domains", {"hostname": "www.example.com", "sni_endpoint": None})
    customer.api("POST", "/apps/acme/domains", {"hostname": "*.shop.localhost"})
    for host in ("www.example.com", f"WWW.EXAMPLE.COM:{customer.port}", "a.shop.localhost", "acme.localhost"):
        assert status(host) == 200, host
    wait_until("the router has told it", lambda: "host=www.example.com" in customer.log("acme"))
    customer.api("PATCH", "/apps/acme", {"name": "acme-two", "maintenance": True})
    assert [status(host) for host in ("www.example.com", "acme-two.localhost", "acme.localhost")] == [503, 503, 404]
    customer.api("PATCH", "/apps/acme-two", {"maintenance": False})
    assert status("www.example.com") == 200
    customer.api("DELETE", f"/apps/acme-two/domains/{made['id']}")
    assert status("www.example.com") == 404


def test_a_domain_is_met_over_tls_with_its_own_certificate(customer: Customer, tmp_path: Path) -> None:
    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app())
    customer.up("acme")
    issued = issue("www.example.com", days=36_500)
    body = {"certificate_chain": issued.certificate, "private_key": issued.key}
    endpoint = customer.api("POST", "/apps/acme/sni-endpoints", body)
    customer.api("POST", "/apps/acme/domains", {"hostname": "www.example.com", "sni_endpoint": endpoint["name"]})
    trusted = tmp_path / "own.pem"
    trusted.write_text(issued.certificate)
    context = ssl.create_default_context(cafile=str(trusted))
    with (
        socket.create_connection(("127.0.0.1", customer.port)) as sock,
        context.wrap_socket(sock, server_hostname="www.example.com") as talk,
    ):
        talk.sendall(b"GET /DYNO HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: talk.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"web.1")
