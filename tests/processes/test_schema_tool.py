"""Every GET that the published schema lists and we simulate, checked against it on a platform with everything in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from ..certificates import issue
from .customer import Customer
from .partner import TinyPartner
from .sources import PYTHON, app
from .waiting import LONGEST, wait_until

pytestmark = pytest.mark.processes

TOOL = Path(__file__).parents[3] / "shared" / "tools" / "check_platform_schema.py"


@pytest.fixture
def lived(customer: Customer, partner: TinyPartner) -> Customer:
    """A customer whose platform has lived for a while."""
    customer.register(partner, "test", "pro")
    customer.api("POST", "/apps", {"name": "empty"})
    customer.api("POST", "/apps", {"name": "acme"})
    sleeps = f"{PYTHON} -c 'import time; time.sleep(3600)'"
    customer.deploy("acme", app(worker=sleeps, release=f"{PYTHON} -c 'print(\"table made\")'"))
    customer.up("acme")
    assert customer.push("acme", {"README": "no Procfile"}).returncode != 0
    customer.api("PATCH", "/apps/acme/formation/worker", {"quantity": 1})
    customer.api("PATCH", "/apps/acme/config-vars", {"COLOUR": "blue"})
    addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    customer.api("PATCH", f"/apps/acme/addons/{addon['id']}", {"plan": "exceptions:pro"})
    customer.up("acme", 2)
    customer.api("POST", "/apps/acme/dynos", {"command": sleeps})
    customer.api("POST", "/apps/acme/log-sessions", {"tail": True})
    issued = issue("www.example.com", days=36_500)
    certificate = {"certificate_chain": issued.certificate, "private_key": issued.key}
    endpoint = customer.api("POST", "/apps/acme/sni-endpoints", certificate)
    customer.api("POST", "/apps/acme/domains", {"hostname": "www.example.com", "sni_endpoint": endpoint["name"]})
    pipeline = customer.api("POST", "/pipelines", {"name": "flow"})["id"]
    for name, stage in (("acme", "staging"), ("empty", "production")):
        customer.api("POST", "/pipeline-couplings", {"app": name, "pipeline": pipeline, "stage": stage})
    customer.api("POST", "/apps/acme/slugs", {"process_types": {"web": "serve"}})
    customer.api("POST", "/sim/users", {"email": "friend@example.com"})
    customer.api("POST", "/apps/acme/collaborators", {"user": "friend@example.com"})
    customer.api("POST", "/account/app-transfers", {"app": "empty", "recipient": "friend@example.com"})
    customer.api("POST", "/teams", {"name": "crew"})
    customer.api("PUT", "/teams/crew/members", {"email": "friend@example.com", "role": "member"})
    customer.api("POST", "/teams/apps", {"team": "crew", "name": "crew-app"})
    client = customer.api("POST", "/oauth/clients", {"name": "robot", "redirect_uri": "https://robot.example.com/"})
    customer.api("POST", "/oauth/authorizations", {"client": client["id"]})
    wait_until("the one-off dyno runs", lambda: len(customer.api("GET", "/apps/acme/dynos")) == 3)
    return customer


@pytest.mark.skipif(not TOOL.exists(), reason="the checker of the published schema is not beside this clone")
@pytest.mark.parametrize("more", [[], ["--app", "empty"]])
def test_no_answer_is_invalid(lived: Customer, more: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(TOOL), lived.url, lived.token, "--local-urls", *more],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " ok, 0 invalid, " in done.stdout, done.stdout
    assert sum(line.startswith("OK") for line in done.stdout.splitlines()) > 20, done.stdout
