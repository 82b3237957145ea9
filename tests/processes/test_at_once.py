"""Many at once: customers of one partner, writers of one app, dynos, starts and ends (design §8 rules 1, 2, 8)."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests

from platform_sim.web.workers import MOST

from .customer import Customer
from .package_index import BlockingIndex
from .partner import Sent, TinyPartner
from .sources import PYTHON, app
from .waiting import LONGEST, wait_until

pytestmark = pytest.mark.processes

MANY = 20
CROWD = MOST + 16
"""More than the doors have threads for calls that do not wait."""


def idle(customer: Customer) -> None:
    wait_until("nothing is left to do", lambda: not any(customer.api("GET", "/sim/status")["jobs"].values()))


def test_add_ons_for_many_apps_from_one_partner(customer: Customer, partner: TinyPartner) -> None:
    """Made all at once, and destroyed all at once: each partner's resource is an add-on, and none is left."""
    customer.register(partner)
    names = [f"app-{number}" for number in range(MANY)]
    with ThreadPoolExecutor(MANY) as crowd:
        list(crowd.map(lambda name: customer.api("POST", "/apps", {"name": name}), names))
        made = list(
            crowd.map(lambda name: customer.api("POST", f"/apps/{name}/addons", {"plan": "exceptions:test"}), names)
        )
        assert {each["state"] for each in made} == {"provisioned"}
        assert partner.living.keys() == {each["id"] for each in made}
        assert set(partner.made.values()) == {1}
        for name, addon in zip(names, made, strict=True):
            assert customer.api("GET", f"/apps/{name}/config-vars") == {"EXCEPTIONS_URL": partner.url_of(addon["id"])}
            assert customer.versions(name) == [1, 2, 3, 4]
        ends = [f"/apps/{name}/addons/{each['id']}" for name, each in zip(names, made, strict=True)]
        ends[MANY // 2 :] = [f"/apps/{name}" for name in names[MANY // 2 :]]
        list(crowd.map(lambda path: customer.api("DELETE", path), ends))
    idle(customer)
    assert partner.living == {}
    assert customer.api("GET", "/addons") == []
    assert Counter(partner.methods()) == {"POST": MANY, "DELETE": MANY}


def test_partners_that_call_back_while_all_their_requests_are_open(customer: Customer, partner: TinyPartner) -> None:
    """Nobody's wait may keep the partner out that is waited for (design §9), however many wait."""
    customer.register(partner)
    names = [f"app-{number}" for number in range(CROWD)]

    one_looks = threading.Lock()

    def calls_back(sent: Sent) -> None:
        with one_looks:
            wait_until("all customers wait", lambda: len(customer.api("GET", "/addons")) == CROWD)
        token = partner.exchange(customer.url, sent.body["uuid"])
        answer = replace(customer, token=token).ask("GET", f"/addons/{sent.body['uuid']}")
        assert answer.json()["state"] == "provisioning", answer.text

    partner.answers["POST"] = calls_back
    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(lambda name: customer.api("POST", "/apps", {"name": name}), names))
        made = list(
            crowd.map(lambda name: customer.api("POST", f"/apps/{name}/addons", {"plan": "exceptions:test"}), names)
        )
    assert {each["state"] for each in made} == {"provisioned"}
    assert Counter(partner.methods()) == {"POST": CROWD}, "no request had to be sent twice"


def test_the_same_add_on_asked_for_many_times_at_once_is_made_once(customer: Customer, partner: TinyPartner) -> None:
    customer.register(partner)
    customer.api("POST", "/apps", {"name": "acme"})
    body = {"plan": "exceptions:test"}
    with ThreadPoolExecutor(MANY) as crowd:
        answers = list(crowd.map(lambda _: customer.ask("POST", "/apps/acme/addons", body), range(MANY)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: MANY - 1}
    assert len(partner.living) == 1
    assert [each["id"] for each in customer.api("GET", "/addons")] == list(partner.living)


def test_config_set_by_many_at_once_makes_versions_without_gaps(customer: Customer) -> None:
    customer.api("POST", "/apps", {"name": "acme"})
    customer.deploy("acme", app(worker=f"{PYTHON} -c 'import time; time.sleep(3600)'"))
    with ThreadPoolExecutor(MANY) as crowd:
        list(
            crowd.map(
                lambda number: customer.api("PATCH", "/apps/acme/config-vars", {f"VAR_{number}": str(number)}),
                range(MANY),
            )
        )
    assert customer.versions("acme") == list(range(1, MANY + 4))
    assert customer.api("GET", "/apps/acme/config-vars") == {f"VAR_{number}": str(number) for number in range(MANY)}
    sizes = []
    for version in range(4, MANY + 4):
        sizes.append(len(customer.api("GET", f"/apps/acme/releases/{version}/config-vars")))
    assert sizes == list(range(1, MANY + 1)), "each release holds one var more"
    customer.up("acme")
    assert {customer.page("acme", f"/VAR_{number}").text for number in range(MANY)} == {str(n) for n in range(MANY)}


def test_one_name_asked_for_by_many_at_once_is_given_once(customer: Customer) -> None:
    with ThreadPoolExecutor(MANY) as crowd:
        answers = list(crowd.map(lambda _: customer.ask("POST", "/apps", {"name": "acme"}), range(MANY)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: MANY - 1}
    assert {answer.json()["message"] for answer in answers if answer.status_code == 422} == {"Name is already taken"}


def test_builds_of_one_app_at_once_are_taken_in_turn(customer: Customer) -> None:
    customer.api("POST", "/apps", {"name": "acme"})
    with ThreadPoolExecutor(5) as crowd:
        builds = list(crowd.map(lambda number: customer.build("acme", app() | {"n": str(number)}), range(5)))
        assert set(crowd.map(lambda build: customer.built("acme", build), builds)) == {"succeeded"}
    assert customer.versions("acme") == list(range(1, 8))
    (dyno,) = customer.up("acme")
    assert dyno["release"]["version"] == 7


def test_an_app_that_is_deleted_while_builds_wait_lets_everybody_go(customer: Customer, index: BlockingIndex) -> None:
    """One build at work, one in the queue, and readers that follow both: all end when the app goes."""
    index.gate.shut()
    customer.api("POST", "/apps", {"name": "acme"})
    files = app() | {"requirements.txt": f"--index-url {index.url}\nsmall-thing==1.0\n"}
    builds = [customer.build("acme", files) for _ in range(2)]
    assert index.gate.reached.wait(LONGEST)
    with requests.Session() as session:
        session.trust_env = False
        urls = [each["output_stream_url"] for each in builds]
        following = [session.get(url, stream=True, timeout=LONGEST) for url in urls]
        customer.api("DELETE", "/apps/acme")
        index.gate.open()
        texts = [each.text for each in following]
    assert "The app was deleted during the build." in texts[0]
    assert texts[1] == ""
    idle(customer)
