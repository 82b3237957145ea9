"""What the router answers is counted, and shown by the host for metrics (heroku-cli §15: apps:errors)."""

import pytest

from .customer import Customer

pytestmark = pytest.mark.processes


def test_errors_of_the_router_are_counted(customer: Customer) -> None:
    """An app without code: H81 each time; in maintenance: H80."""
    customer.api("POST", "/apps", {"name": "acme"})
    assert [customer.page("acme").status_code for _ in range(3)] == [502, 502, 502]
    customer.api("PATCH", "/apps/acme", {"maintenance": True})
    assert customer.page("acme").status_code == 503
    counted = customer.api("GET", "/apps/acme/router-metrics/errors?process_type=web")
    assert {code: sum(filter(None, found)) for code, found in counted["data"].items()} == {"H80": 1, "H81": 3}
    statuses = customer.api("GET", "/apps/acme/router-metrics/status")
    assert {code: sum(filter(None, found)) for code, found in statuses["data"].items()} == {"502": 3, "503": 1}
