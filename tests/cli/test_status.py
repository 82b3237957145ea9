"""`status`: one look over everything."""

import json

import pytest

from . import shapes
from .conftest import Run
from .fake_api import FakeApi

GOLDEN = """\
platform http://localhost:5100 (version 0.1.0, boot boot-1)
clock    2026-01-02T03:04:05+00:00, frozen
seed     7
data     in memory
jobs     1 to do, 2 being done

alpha  http://alpha.localhost:5100/  (maintenance)
  formation  web=1:Basic worker=0:Basic
  web.1  up (v3)
  fakedb-round-123  fakedb:standard-0 provisioned

blank  http://blank.localhost:5100/
  formation  nothing deployed yet

services
  fakedb: free, standard-0
"""


@pytest.fixture
def full(api: FakeApi) -> FakeApi:
    clock = {"now": "2026-01-02T03:04:05+00:00", "frozen": True}
    api.on("GET /sim/status", shapes.status(1, 2, seed=7, clock=clock))
    api.on("GET /apps", [shapes.app("alpha", maintenance=True), shapes.app("blank")])
    api.on("GET /addons", [shapes.addon(), shapes.addon("gone", "deleted", state="deprovisioned")])
    api.on("GET /apps/id-of-alpha/formation", [shapes.formation(), shapes.formation("worker", 0)])
    api.on("GET /apps/id-of-alpha/dynos", [shapes.dyno()])
    api.on("GET /apps/id-of-blank/formation", [])
    api.on("GET /apps/id-of-blank/dynos", [])
    plans = [shapes.offer("free"), shapes.offer("standard-0", 5000, state="hidden")]
    api.on("GET /sim/services", [shapes.service("fakedb", *plans)])
    return api


def test_for_people(full: FakeApi, run: Run) -> None:
    result = run("status")
    assert (result.exit_code, result.stdout) == (0, GOLDEN)


def test_json(full: FakeApi, run: Run) -> None:
    found = json.loads(run("status", "--json").stdout)
    assert found["jobs"] == {"todo": 1, "doing": 2}
    assert found["apps"][0]["dynos"] == [{"name": "web.1", "state": "up", "release": 3}]
    assert found["services"] == [
        {
            "name": "fakedb",
            "state": "alpha",
            "plans": [
                {"name": "free", "cents": 0, "state": "public"},
                {"name": "standard-0", "cents": 5000, "state": "hidden"},
            ],
            "live": 1,
        }
    ]


def test_an_empty_platform_says_what_to_do(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/status", shapes.status(data="/data"))
    for path in ("apps", "addons", "sim/services"):
        api.on(f"GET /{path}", [])
    shown = run("status").stdout
    assert "data     /data\n" in shown
    assert shown.endswith("services\n  none yet: platform-sim addons register MANIFEST.json\n")


def test_without_a_platform_the_exit_code_is_3(run_alone: Run) -> None:
    result = run_alone("status", "--json")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "start one with `platform-sim up`" in result.stderr
