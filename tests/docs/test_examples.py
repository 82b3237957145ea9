"""The partners in docs/examples keep the whole contract against a real platform: provision to destroy."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from platform_sim.assemble import Platform
from platform_sim.cli.main import cli
from platform_sim.demo.login import fresh_form, post_form, stale_form

from ..processes.conftest import customer, nothing_left, platform
from ..processes.customer import Customer, fetch
from ..processes.waiting import LONGEST, wait_until

__all__ = ["customer", "nothing_left", "platform"]

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MANIFEST = json.loads((EXAMPLES / "addon-manifest.json").read_text())
AUTH = (MANIFEST["id"], MANIFEST["api"]["password"])
SECRET = "client-secret-of-the-test"
pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Partner:
    """A running example."""

    url: str

    def ask(self, method: str, path: str, body: Any = None, auth: tuple[str, str] | None = AUTH) -> requests.Response:
        return fetch(method, self.url + path, json=body, auth=auth)


@pytest.fixture(params=["partner_flask.py", "partner_stdlib.py"])
def partner(request: pytest.FixtureRequest, platform: Platform, tmp_path: Path) -> Iterator[Partner]:
    """One example as a process on a free port."""
    output = tmp_path / "partner.out"
    known = {"PORT": "0", "CLIENT_SECRET": SECRET, "HEROKU_API_URL": platform.url, "PATH": os.environ["PATH"]}
    with output.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, str(EXAMPLES / request.param)],
            cwd=tmp_path,
            env=known,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:

        def listening() -> "re.Match[str] | None":
            assert process.poll() is None, output.read_text()
            return re.search(r"http://127\.0\.0\.1:[1-9]\d*", output.read_text())

        found = wait_until("the partner listens", listening)
        assert found is not None
        yield Partner(found.group())
    finally:
        process.terminate()
        process.wait(LONGEST)


@pytest.mark.parametrize("name", ["partner_flask.py", "partner_stdlib.py"])
def test_what_people_copy_has_no_finding_that_counts(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    start = shlex.join([sys.executable, str(EXAMPLES / name)])
    words = ["--manifest", str(EXAMPLES / "addon-manifest.json"), "--plan", "test", "--plan", "pro", "--start", start]
    result = CliRunner().invoke(cli, ["check", url, *words, "--level", "should"])
    assert result.exit_code == 0, result.output


@pytest.fixture
def addon(customer: Customer, partner: Partner) -> dict[str, Any]:
    """A provisioned add-on of that partner."""
    text = json.dumps(MANIFEST).replace("http://localhost:5300", partner.url)
    assert partner.url in text, "the manifest names the port of the page"
    customer.api("POST", "/api/v3/addons/acme/manifests", {"contents": json.loads(text)})
    plans = [{"name": "test"}, {"name": "pro", "cents": 900}]
    customer.api("PUT", "/sim/services/acme", {"plans": plans, "client_secret": SECRET})
    customer.api("POST", "/apps", {"name": "hello"})
    made: dict[str, Any] = customer.api("POST", "/apps/hello/addons", {"plan": "acme:test"})
    return made


def acme_url(customer: Customer) -> str | None:
    found: str | None = customer.api("GET", "/apps/hello/config-vars").get("ACME_URL")
    return found


def test_the_whole_life(customer: Customer, partner: Partner, addon: dict[str, Any]) -> None:
    assert addon["state"] == "provisioned"
    assert addon["provider_id"] == addon["id"]
    first = acme_url(customer)
    assert first is not None and first.startswith(f"{partner.url}/accounts/")

    rotated = partner.ask("POST", f"/rotate/{addon['id']}")
    assert rotated.status_code == 200, rotated.text
    second = acme_url(customer)
    assert rotated.json() == [{"name": "ACME_URL", "value": second}]
    assert second != first
    newest = customer.api("GET", "/apps/hello/releases")[-1]
    assert (newest["description"], newest["user"]["email"]) == ("Update ACME by acme", "acme@addons.heroku.com")

    changed = customer.api("PATCH", f"/apps/hello/addons/{addon['id']}", {"plan": "acme:pro"})
    assert changed["plan"]["name"] == "acme:pro"
    assert acme_url(customer) == second

    customer.api("DELETE", f"/apps/hello/addons/{addon['id']}")
    assert acme_url(customer) is None
    assert partner.ask("DELETE", f"/heroku/resources/{addon['id']}").status_code == 410


def test_a_repeat_is_the_same_resource_and_a_deleted_one_stays_so(
    customer: Customer, partner: Partner, addon: dict[str, Any]
) -> None:
    order = {"uuid": addon["id"], "plan": "test", "oauth_grant": {"code": "used already"}}
    again = partner.ask("POST", "/heroku/resources", order)
    assert (again.status_code, again.json()["config"]) == (200, {"ACME_URL": acme_url(customer)})
    customer.api("DELETE", f"/apps/hello/addons/{addon['id']}")
    assert partner.ask("POST", "/heroku/resources", order).status_code == 410


def test_without_the_password_nothing_happens(partner: Partner, addon: dict[str, Any]) -> None:
    for auth in (None, ("acme", "wrong"), ("other", AUTH[1])):
        assert partner.ask("DELETE", f"/heroku/resources/{addon['id']}", auth=auth).status_code == 401
        assert partner.ask("POST", f"/rotate/{addon['id']}", auth=auth).status_code == 401
    assert partner.ask("DELETE", f"/heroku/resources/{addon['id']}").status_code == 204


def test_only_a_fresh_login_is_let_in(partner: Partner, addon: dict[str, Any]) -> None:
    with requests.Session() as session:
        session.trust_env = False
        form = fresh_form(session, addon["web_url"])
    page = post_form(form)
    assert (page.status_code, page.text) == (200, "Acme, plan test")
    assert post_form(stale_form(form, MANIFEST["api"]["sso_salt"])).status_code == 403
    assert post_form(stale_form(form, "another salt")).status_code == 403
