"""Every GET that the published schema lists and we simulate, checked against it on a platform with everything in it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from platform_sim.web.api.routes import table

from ..certificates import issue
from .customer import Customer, fetch, tarball
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
    review_app(customer, pipeline)
    client = customer.api("POST", "/oauth/clients", {"name": "robot", "redirect_uri": "https://robot.example.com/"})
    customer.api("POST", "/oauth/authorizations", {"client": client["id"]})
    wait_until("the one-off dyno runs", lambda: len(customer.api("GET", "/apps/acme/dynos")) == 3)
    return customer


def review_app(customer: Customer, pipeline: str) -> None:
    """One that is called `acme-pr-5`."""
    customer.api("POST", f"/pipelines/{pipeline}/review-app-config", {"base_name": "acme"})
    blob = customer.api("POST", "/sources")["source_blob"]
    files = app() | {"app.json": json.dumps({"name": "acme"})}
    assert fetch("PUT", blob["put_url"], data=tarball(files)).ok
    body = {"branch": "topic", "pr_number": 5, "pipeline": pipeline, "source_blob": {"url": blob["get_url"]}}
    made = customer.api("POST", "/review-apps", body)
    wait_until("it is made", lambda: customer.api("GET", f"/review-apps/{made['id']}")["status"] == "created")


def told(url: str, token: str, *more: str) -> list[list[str]]:
    """What the tool says, a list of words for each link it has asked."""
    done = subprocess.run(
        [sys.executable, str(TOOL), url, token, "--local-urls", *more],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " ok, 0 invalid, " in done.stdout, done.stdout
    return [line.split() for line in done.stdout.splitlines() if line.startswith(("OK", "MISSING"))]


@pytest.mark.skipif(not TOOL.exists(), reason="the checker of the published schema is not beside this clone")
def test_no_answer_is_invalid_and_no_link_of_daily_use_is_missing(lived: Customer, partner: TinyPartner) -> None:
    """On an app that has all, on an empty one, on a review app; and what only a partner may ask."""
    [addon] = lived.api("GET", "/addons")
    said = [line for name in ("acme", "empty", "acme-pr-5") for line in told(lived.url, lived.token, "--app", name)]
    said += told(lived.url, partner.exchange(lived.url, addon["id"]), "--only", "/addons/", "--addon", addon["id"])
    answered = {path for word, _, path, *_ in said if word == "OK"}
    missing = {path for word, _, path, *_ in said if word == "MISSING"} - answered
    assert len(answered) > 100
    assert missing & {row.path for row in table() if row.priority in ("P0", "P1")} == set()
