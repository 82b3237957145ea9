"""`platform-sim up --demo`: what `make up` starts, killed, started again, learned with, and stopped."""

from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.model.lessons import LESSONS

from ..long import long
from ..processes.customer import Customer
from ..processes.leftovers import processes_below
from ..processes.up import Up
from ..processes.waiting import wait_until
from .learner import Learner
from .wheelhouse import offline

pytestmark = [pytest.mark.processes, long]

APP = "sample-app"
PATIENT = {"PLATFORM_SIM_PROVISION_ATTEMPTS": "6"}
"""On a busy machine the partner of lesson 7 may be up only after the third attempt."""


def set_up(up: Up) -> Customer:
    """Start it and wait until everything is in place."""
    up.output.unlink(missing_ok=True)
    ready = up.start("--demo")

    def is_there() -> bool:
        assert up.process.poll() is None, up.said()
        return "Ctrl-C stops it all" in up.said()

    wait_until("partner and app are in place", is_there)
    return Customer(ready["url"], ready["token"], up.folder)


def state(customer: Customer) -> Any:
    """What the app says of its add-on."""
    answer = customer.page(APP, "/status.json")
    assert answer.status_code == 200, answer.text
    return answer.json()["addons"]["exceptions"]


def go_through_the_lessons(customer: Customer) -> None:
    """By the commands that they print: what the scene has done before, and coming back, do not count."""
    learner = Learner(customer)
    try:
        assert learner.type("platform-sim learn 1 --check").returncode == 1
        for lesson in LESSONS:
            learner.learn(lesson.number)
        assert "All eight have happened." in learner.must("platform-sim learn --check")
        learner.must(f"platform-sim heroku addons:destroy acme -a {APP} --confirm {APP}")
    finally:
        learner.ends()


def four_processes(folder: Path) -> dict[int, str]:
    """What runs there, if it is four."""
    found = processes_below(folder)
    return found if len(found) == 4 else {}


def test_it_comes_back_after_a_kill_and_leaves_no_process(tmp_path: Path) -> None:
    with Up(tmp_path, environment=offline(tmp_path / "wheels") | PATIENT) as up:
        customer = set_up(up)
        assert state(customer)["state"] == "ok"
        wish = {"json": {"message": "before the kill"}, "headers": {"Accept": "application/json"}}
        written = customer.page(APP, "/exceptions", "POST", **wish)
        assert written.status_code == 201, written.text
        addons = customer.api("GET", "/addons")
        # The dynos of the release before may just be ending.
        before = wait_until("platform, partner, web and worker are all", lambda: four_processes(tmp_path))
        up.kill()
        customer = set_up(up)
        assert not before.keys() & processes_below(tmp_path).keys(), "nothing of the killed run is left"
        assert customer.api("GET", "/addons") == addons
        assert state(customer)["state"] == "ok"
        latest = [each["message"] for each in customer.page(APP, "/status.json").json()["last_exceptions"]]
        assert "before the kill" in latest, "the partner has kept what was written"
        go_through_the_lessons(customer)
        assert up.stop() == 0, up.said()
        assert processes_below(tmp_path) == {}
