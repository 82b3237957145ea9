"""Fifty customers at once at the reference partner's `exceptions`: real programs, and the platform answers meanwhile.

How long a read takes then is measured by `make bench`; here it only has to be answered.
"""

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from platform_sim.demo.scene import Scene

from .customer import Customer, fetch
from .up import Up
from .waiting import LONGEST, wait_until

pytestmark = pytest.mark.processes

MANY, SHARED = 50, 10
"""Add-ons in all, and how many of them are for one app."""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Platform and partner as processes, the partner's add-on in the marketplace."""
    with Up(tmp_path) as up:
        ready = up.start()
        with Scene(ready["url"], ready["token"], tmp_path / "scene") as made:
            made.start_partner()
            made.register()
            yield made


class Open:
    """How many calls are open at a time, counted by those who make them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now = 0

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.now -= 1


def test_all_end_provisioned_with_one_resource_each_and_reads_are_answered_meanwhile(
    scene: Scene, tmp_path: Path
) -> None:
    customer = Customer(scene.url, scene.token, tmp_path)
    names = ["shared"] * SHARED + [f"app-{number}" for number in range(MANY - SHARED)]
    for name in dict.fromkeys(names):
        customer.api("POST", "/apps", {"name": name})
    provisionings, all_ask, over = Open(), threading.Barrier(MANY), threading.Event()
    open_when_answered: list[int] = []

    def create(app: str) -> dict[str, Any]:
        all_ask.wait(LONGEST)
        with provisionings:
            made: dict[str, Any] = customer.api("POST", f"/apps/{app}/addons", {"plan": "exceptions:test"})
        return made

    def read() -> None:
        while not over.is_set():
            assert customer.api("GET", "/apps/shared")["name"] == "shared"
            open_when_answered.append(provisionings.now)

    assert scene.partner is not None
    with ThreadPoolExecutor(MANY + 1) as crowd:
        # It answers nobody until a read was answered: else it might be done before there was one.
        scene.partner.process.send_signal(signal.SIGSTOP)
        try:
            creating = [crowd.submit(create, name) for name in names]
            reading = crowd.submit(read)
            wait_until(
                "reads are answered while most customers wait",
                lambda: max(open_when_answered, default=0) > MANY // 2,
            )
        finally:
            scene.partner.process.send_signal(signal.SIGCONT)
            addons = [each.result() for each in creating]
            over.set()
        reading.result()

    assert Counter(addon["state"] for addon in addons) == {"provisioned": MANY}
    assert len({addon["id"] for addon in addons}) == len({addon["name"] for addon in addons}) == MANY
    each_has_one_resource_and_was_asked_for_once(customer, scene, {addon["id"] for addon in addons})
    each_is_told_once(customer, dict.fromkeys(names), {addon["name"] for addon in addons})
    each_url_works(customer, dict.fromkeys(names))


def each_has_one_resource_and_was_asked_for_once(customer: Customer, scene: Scene, wanted: set[str]) -> None:
    own = ("exceptions", scene.secrets["ADDON_PASSWORD"])
    resources = fetch("GET", f"{scene.partner_url}/admin/resources", auth=own).json()
    assert Counter(each["uuid"] for each in resources) == Counter(wanted)
    assert {each["state"] for each in resources} == {"provisioned"}
    asked = [each for each in customer.api("GET", "/sim/exchanges") if each["method"] == "POST"]
    assert Counter(each["addon_id"] for each in asked) == Counter(wanted), "nobody had to be asked twice"
    for uuid in wanted:
        path = f"{scene.partner_url}/admin/resources/{uuid}"
        wait_until("its grant is exchanged", lambda path=path: fetch("GET", path, auth=own).json()["authorization"])


def each_is_told_once(customer: Customer, apps: dict[str, None], names: set[str]) -> None:
    told = []
    for app in apps:
        rows = customer.api("GET", f"/apps/{app}/releases", Range="version ..; max=1000")
        assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
        told += [row["description"] for row in rows if "completed provisioning" in row["description"]]
    assert Counter(text.partition(" ")[0].removeprefix("@ref:") for text in told) == Counter(names)


def each_url_works(customer: Customer, apps: dict[str, None]) -> None:
    urls = [url for app in apps for url in customer.api("GET", f"/apps/{app}/config-vars").values()]
    assert len(set(urls)) == len(urls) == MANY
    for url in urls:
        assert fetch("POST", f"{url}/exceptions", json={"message": "boom"}).status_code == 201
