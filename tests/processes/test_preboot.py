"""With preboot nobody waits for a new dyno: the old one answers until the new one does."""

from pathlib import Path

import pytest

from .customer import Customer
from .sources import PYTHON, SHOWS
from .waiting import wait_until

pytestmark = pytest.mark.processes

WAITS = {"Procfile": f'web: until [ -e "$GATE" ]; do sleep 0.1; done; exec {PYTHON} web.py\n', "web.py": SHOWS}
"""Boots when there is a file GATE."""


def test_the_old_dyno_answers_while_the_new_one_boots(customer: Customer, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    customer.api("POST", "/apps", {"name": "acme"})
    customer.api("PATCH", "/apps/acme/features/preboot", {"enabled": True})
    customer.api("PATCH", "/apps/acme/features/runtime-dyno-metadata", {"enabled": True})
    customer.api("PATCH", "/apps/acme/config-vars", {"COLOUR": "red", "GATE": str(tmp_path)})
    customer.deploy("acme", WAITS)
    customer.up("acme")
    version = customer.versions("acme")[-1]
    assert customer.page("acme", "/HEROKU_RELEASE_VERSION").text == f"v{version}"
    customer.api("PATCH", "/apps/acme/config-vars", {"COLOUR": "blue", "GATE": str(gate)})
    assert customer.page("acme", "/COLOUR").text == "red"
    gate.touch()
    wait_until("the new dyno answers", lambda: customer.page("acme", "/COLOUR").text == "blue")
    assert customer.page("acme", "/HEROKU_RELEASE_VERSION").text == f"v{version + 1}"
    wait_until("the old dyno has ended", lambda: "Process exited with status 0" in customer.log("acme"))
    codes = [line for line in customer.log("acme").splitlines() if "heroku[router]" in line]
    assert codes
    assert all("status=200" in line for line in codes)
