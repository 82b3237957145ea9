"""The timeline of a running platform: each action is one tree, from the customer's call to the first request served."""

import json
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from platform_sim.assemble import Platform

from .customer import Customer, fetch
from .partner import Reply, Sent, TinyPartner, said
from .sources import app
from .waiting import stopwatch, wait_until

pytestmark = pytest.mark.processes

Json = dict[str, Any]


SECRET = "s3cret-value-of-the-partner"


def timeline(customer: Customer, query: str = "") -> list[Json]:
    """Its trees."""
    found: list[Json] = customer.api("GET", f"/sim/timeline?limit=1000{query}")["trees"]
    return found


def titles(tree: Json, depth: int = 0) -> list[str]:
    """A line a step, indented; ids and the add-on's name, which differ each time, left out."""
    title = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", tree["title"])
    title = re.sub(r"exceptions-[a-z]+-[0-9]+", "NAME", title)
    lines = ["  " * depth + f"{tree['from']} > {tree['to']}: {title}"]
    return lines + [line for child in tree["children"] for line in titles(child, depth + 1)]


def told(customer: Customer, begins: str, version: int | None) -> list[str]:
    """Ask the app, wait until the newest tree that begins so is complete; -> its lines.

    Complete: the release has answered, the dyno before it has stopped, and no exchange is open.
    """
    if version is not None:
        customer.up("acme")
        assert customer.page("acme").ok

    def complete() -> list[str]:
        tree = [each for each in timeline(customer) if each["title"].startswith(begins)][-1]
        lines, text = titles(tree), str(tree)
        done = version is None or (f"first request to v{version}: 200" in text and "web.1 stopped" in text)
        return lines if done and "'open': True" not in text else []

    return wait_until(f"{begins} is told whole", complete)


def restarted(version: int, depth: int) -> list[str]:
    """What follows from a release: the dyno that was there stops, another starts, and a request reaches it."""
    return [
        "  " * depth + line
        for line in (
            f"platform > platform: release v{version}",
            "  platform > app: web.1 starts",
            "    platform > app: web.1 is up",
            f"      customer > app: first request to v{version}: 200",
            "  platform > app: web.1 stopped",
        )
    ]


def ended(lines: list[str]) -> list[str]:
    """Dynos stop and start at the same time: the two are put in one order."""
    return sorted(lines)


def ready(customer: Customer, partner: TinyPartner) -> None:
    """An app that runs, and a partner that is known."""
    customer.register(partner, "test", "pro")
    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app())
    customer.up("acme")
    assert customer.page("acme").ok


def later(customer: Customer, partner: TinyPartner, acted: list[threading.Thread]) -> Callable[[Sent], Reply | None]:
    """A partner that answers 202, has got its token by then and set its config, and says later that it is done."""

    def answer(sent: Sent) -> Reply | None:
        uuid = sent.body["uuid"]
        mine = Customer(customer.url, partner.exchange(customer.url, uuid), customer.folder)
        mine.api("PATCH", f"/addons/{uuid}/config", {"config": [{"name": "EXCEPTIONS_URL", "value": SECRET}]})

        def finish() -> None:
            wait_until("it may finish", lambda: provisioning(customer, uuid))
            mine.api("POST", f"/addons/{uuid}/actions/provision")

        acted.append(threading.Thread(target=finish))
        acted[-1].start()
        return said({"id": "later", "message": "soon"}, 202)

    return answer


def provisioning(customer: Customer, uuid: str) -> bool:
    """Whether the platform has read the 202."""
    releases = customer.api("GET", "/apps/acme/releases")
    return customer.api("GET", f"/addons/{uuid}")["state"] == "provisioning" and "Attach" in releases[-1]["description"]


def test_each_action_is_one_tree(customer: Customer, partner: TinyPartner, platform: Platform) -> None:
    ready(customer, partner)
    assert told(customer, "POST /apps/acme/builds", None)[:2] == [
        "customer > platform: POST /apps/acme/builds",
        "  platform > platform: build begins",
    ]
    addon = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})["id"]
    lines = told(customer, "POST /apps/acme/addons", 5)
    assert lines[:5] == [
        "customer > platform: POST /apps/acme/addons",
        "  platform > platform: attached as EXCEPTIONS",
        "  platform > platform: add-on NAME",
        "  platform > partner: POST /heroku/resources",
        "    platform > platform: release v4",
    ]
    assert set(restarted(5, 2)) - {"      platform > app: web.1 stopped"} <= set(lines)

    token = partner.exchange(customer.url, addon)
    order = next(tree for tree in timeline(customer) if tree["title"] == "POST /apps/acme/addons")["children"][2]
    assert "POST /oauth/token" in [child["title"] for child in order["children"]], "the grant carries its cause"

    mine = Customer(customer.url, token, customer.folder)
    mine.api("PATCH", f"/addons/{addon}/config", {"config": [{"name": "EXCEPTIONS_URL", "value": SECRET}]})
    lines = told(customer, f"PATCH /addons/{addon}/config", 6)
    assert ended(lines) == ended(["partner > platform: PATCH /addons/ID/config", *restarted(6, 1)])

    customer.api("PATCH", f"/apps/acme/addons/{addon}", {"plan": "exceptions:pro"})
    lines = told(customer, f"PATCH /apps/acme/addons/{addon}", 7)
    start = ["customer > platform: PATCH /apps/acme/addons/ID", "  platform > partner: PUT /heroku/resources/ID"]
    end = ["    platform > platform: add-on NAME provisioned"]
    assert ended(lines) == ended([*start, *restarted(7, 2), *end])
    assert lines[:2] == start

    customer.api("DELETE", f"/apps/acme/addons/{addon}")
    lines = told(customer, f"DELETE /apps/acme/addons/{addon}", 8)
    assert lines[0] == "customer > platform: DELETE /apps/acme/addons/ID"
    assert set(restarted(8, 1)) <= set(lines)
    assert "  platform > partner: DELETE /heroku/resources/ID" in lines
    assert lines[-1] == "    platform > platform: add-on NAME is gone"
    assert_no_secret(customer, partner, token, platform.token)


def assert_no_secret(customer: Customer, partner: TinyPartner, *secrets: str) -> None:
    for path in ("/sim/timeline?limit=1000", "/sim/timeline.har?limit=1000"):
        text = customer.ask("GET", path).text
        for secret in (SECRET, partner.secret, "resources.test", *secrets):
            assert secret not in text


def test_what_the_partner_calls_while_it_provisions_belongs_to_the_order(
    customer: Customer, partner: TinyPartner, platform: Platform
) -> None:
    ready(customer, partner)
    acted: list[threading.Thread] = []
    partner.answers["POST"] = later(customer, partner, acted)
    customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    acted[0].join()
    lines = told(customer, "POST /apps/acme/addons", 5)
    calls = [line for line in lines if " > platform: P" in line or " > partner:" in line]
    assert calls == [
        "customer > platform: POST /apps/acme/addons",
        "  platform > partner: POST /heroku/resources",
        "    partner > platform: POST /oauth/token",
        "    partner > platform: PATCH /addons/ID/config",
        "    partner > platform: POST /addons/ID/actions/provision",
    ]
    assert set(restarted(5, 3)) <= set(lines)
    assert_no_secret(customer, partner, platform.token)


def test_a_step_reaches_who_follows_within_a_tenth_of_a_second(customer: Customer, platform: Platform) -> None:
    headers = {"Authorization": f"Bearer {platform.token}", "Accept": "text/event-stream"}
    live = fetch("GET", customer.url + "/sim/timeline/live", headers=headers, stream=True)
    with live as answer, stopwatch() as seconds:
        lines = answer.iter_lines(chunk_size=1)
        assert next(lines) == b"retry: 1000"
        took = []
        for number in range(5):
            customer.api("POST", "/apps", {"name": f"acme-{number}"})
            began = seconds()  # it was written before the answer
            told_of = json.loads(next(line for line in lines if line.startswith(b"data: "))[6:])
            took.append(seconds() - began)
            assert told_of["title"] == "POST /apps"
            next(line for line in lines if line.startswith(b"id: "))
    assert sorted(took)[2] < 0.1
