"""An app met under names of its own, through the edge."""

import pytest

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
