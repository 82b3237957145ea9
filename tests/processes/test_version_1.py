"""A partner of version 1 as a program of its own, with the manifest that it was made with, through its whole life."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from platform_sim.demo.login import Form, fresh_form

from .customer import Customer, fetch
from .old_partner import PASSWORD, ROOT, SALT, SLUG
from .up import outer_environment
from .waiting import wait_until

pytestmark = pytest.mark.processes
AUTH = (SLUG, PASSWORD)


@dataclass(frozen=True)
class OldPartner:
    """A running one."""

    url: str

    @property
    def manifest(self) -> dict[str, Any]:
        """As `kensa init --method get` wrote it (partner-api §1.4)."""
        return {
            "id": SLUG,
            "api": {
                "config_vars": ["MYADDON_URL"],
                "regions": ["us"],
                "password": PASSWORD,
                "sso_salt": SALT,
                "production": "https://yourapp.example/",
                "test": f"{self.url}/",
            },
        }

    def resources(self) -> dict[str, dict[str, Any]]:
        """What lives there: id -> what it was told of it."""
        found: dict[str, dict[str, Any]] = fetch("GET", self.url + ROOT, auth=AUTH).json()
        return found


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[OldPartner]:
    """The program, on a free port."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("old_partner.py"))],
        cwd=tmp_path,
        env=outer_environment(tmp_path),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield OldPartner(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture
def shop(customer: Customer, partner: OldPartner) -> Customer:
    """The customer, with an app `shop` and the partner in the marketplace."""
    customer.api("POST", f"/api/v3/addons/{SLUG}/manifests", {"contents": partner.manifest})
    customer.api("PUT", f"/sim/services/{SLUG}", {"plans": [{"name": "test"}, {"name": "big"}]})
    customer.api("POST", "/apps", {"name": "shop"})
    return customer


def app_info(customer: Customer, path: str) -> Any:
    """What the partner is told, by its own credentials."""
    return fetch("GET", f"{customer.url}{path}", auth=AUTH).json()


def config(customer: Customer) -> Any:
    return customer.api("GET", "/apps/shop/config-vars")


def test_a_whole_life(shop: Customer, partner: OldPartner) -> None:
    addon = shop.api("POST", "/apps/shop/addons", {"plan": f"{SLUG}:test"})
    assert (addon["state"], addon["provider_id"]) == ("provisioned", "1")
    assert config(shop) == {"MYADDON_URL": "http://myaddon.test/1/test"}
    order = partner.resources()["1"]
    assert order["uuid"] == addon["id"]
    heroku_id = order["heroku_id"]

    [listed] = app_info(shop, "/vendor/apps")
    assert (listed["heroku_id"], listed["provider_id"]) == (heroku_id, "1")
    assert listed["callback_url"] == order["callback_url"]
    assert app_info(shop, f"/vendor/apps/{heroku_id}")["name"] == "shop"

    changed = shop.api("PATCH", f"/apps/shop/addons/{addon['id']}", {"plan": f"{SLUG}:big"})
    assert changed["plan"]["name"] == f"{SLUG}:big"
    assert config(shop) == {"MYADDON_URL": "http://myaddon.test/1/big"}
    assert partner.resources()["1"]["heroku_id"] == heroku_id

    shop.api("DELETE", f"/apps/shop/addons/{addon['id']}")
    assert (partner.resources(), config(shop), app_info(shop, "/vendor/apps")) == ({}, {}, [])
    assert fetch("GET", f"{shop.url}/vendor/apps/{heroku_id}", auth=AUTH).status_code == 404


def test_later_by_the_callback(shop: Customer, partner: OldPartner) -> None:
    shop.api("POST", "/apps/shop/addons", {"plan": f"{SLUG}:test", "config": {"later": "yes"}})
    wait_until("the partner has called back", lambda: config(shop))
    assert config(shop) == {"MYADDON_URL": "http://myaddon.test/1/test"}
    [addon] = shop.api("GET", "/apps/shop/addons")
    assert addon["state"] == "provisioned"


def visit(form: Form) -> requests.Response:
    """As a browser submits a form with GET, and goes where it is sent."""
    with requests.Session() as browser:
        browser.trust_env = False
        answer = browser.get(form.action, params=form.fields, timeout=30, allow_redirects=False)
        return browser.get(urljoin(form.action, answer.headers["Location"])) if answer.is_redirect else answer


def test_only_a_fresh_login_is_let_in(shop: Customer, partner: OldPartner) -> None:
    addon = shop.api("POST", "/apps/shop/addons", {"plan": f"{SLUG}:test"})
    with requests.Session() as session:
        session.trust_env = False
        form = fresh_form(session, addon["web_url"])
        old_link = f"{shop.url}/myapps/{partner.resources()['1']['heroku_id']}/addons/{SLUG}"
        assert fresh_form(session, old_link).action == form.action == f"{partner.url}{ROOT}/1"
    assert (visit(form).status_code, visit(form).text) == (200, "Plan test, header\n")
    old = str(int(time.time()) - 360)
    stale = {"timestamp": old, "token": hashlib.sha1(f"1:{SALT}:{old}".encode()).hexdigest()}
    for wrong in (stale, {"token": "invalid"}):
        assert visit(Form(form.action, form.fields | wrong)).status_code == 403
