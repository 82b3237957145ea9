"""A slug that is built once and runs in two apps: each with its own config and its own release command."""

import pytest

from .customer import Customer
from .sources import PYTHON, app
from .waiting import wait_until

pytestmark = pytest.mark.processes

RELEASE = f'{PYTHON} -c \'import os, sys; print("moving", os.environ["NAME"]); sys.exit("BAD" in os.environ)\''


def promoted(customer: Customer, pipeline: str) -> dict[str, str]:
    """Promote staging to production; -> the target once its release command has ended."""
    wish = {"pipeline": {"id": pipeline}, "source": {"app": {"id": "staging"}}, "targets": [{"app": {"id": "live"}}]}
    made = customer.api("POST", "/pipeline-promotions", wish)

    def ended() -> dict[str, str] | None:
        [target] = customer.api("GET", f"/pipeline-promotions/{made['id']}/promotion-targets")
        return None if target["status"] == "pending" else dict(target)

    return wait_until("the promotion has ended", ended)


def test_a_promotion_runs_the_release_command_of_the_target_and_then_its_dynos(customer: Customer) -> None:
    flow = customer.api("POST", "/pipelines", {"name": "flow"})["id"]
    for name, stage in (("staging", "staging"), ("live", "production")):
        customer.api("POST", "/apps", {"name": name})
        customer.api("PATCH", f"/apps/{name}/config-vars", {"NAME": name})
        customer.api("POST", "/pipeline-couplings", {"app": name, "pipeline": flow, "stage": stage})
    customer.deploy("staging", app(release=RELEASE))
    wait_until("staging has it", lambda: customer.api("GET", "/apps/staging/releases/4")["status"] == "succeeded")

    target = promoted(customer, flow)
    assert (target["status"], target["error_message"]) == ("succeeded", None)
    customer.up("live")
    assert (customer.page("live", "/NAME").text, customer.page("staging", "/NAME").text) == ("live", "staging")
    log = customer.log("live")
    assert "Promote staging v4 01234567 by user" in log
    wait_until("the release command is heard", lambda: "moving live" in customer.log("live"))

    customer.api("DELETE", "/apps/staging")
    customer.api("PATCH", "/apps/live/config-vars", {"COLOUR": "blue"})
    customer.up("live")
    assert customer.page("live", "/COLOUR").text == "blue", "the files are there though the app that built them is gone"
