"""`platform-sim up --tenants` as a process: one port, many platforms, nothing left."""

import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from .up import Up
from .waiting import LONGEST

pytestmark = pytest.mark.processes

HEROKU = "application/vnd.heroku+json; version=3"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": HEROKU}


def test_a_server_of_platforms(tmp_path: Path) -> None:
    with Up(tmp_path, "--tenants", "--token", "operator", environment={"PLATFORM_SIM_TENANT_LIMIT": "2"}) as up:
        ready = up.start()
        assert (ready["token"], ready["pid"]) == ("operator", up.process.pid)

        def make(**wish: Any) -> requests.Response:
            return requests.post(f"{ready['url']}/sim/tenants", json=wish, headers=bearer("operator"), timeout=60)

        alice, bob = make(name="alice", seed=7).json(), make(name="bob", seed=7).json()
        assert make().status_code == 409
        made = requests.post(f"{ready['url']}/apps", json={"name": "shop"}, headers=bearer(alice["token"]), timeout=60)
        assert made.json()["web_url"] == f"http://shop.localhost:{alice['url'].rpartition(':')[2]}/"
        assert requests.get(f"{bob['url']}/apps", headers=bearer(bob["token"]), timeout=60).json() == []
        assert requests.get(f"{ready['url']}/apps", timeout=60).status_code == 421
        threads = psutil.Process(up.process.pid).num_threads()
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(LONGEST) == 0, up.said()
        assert threads < 20
    assert not up.ready_file.exists()
    assert list((tmp_path / "scratch").glob("platform-sim*")) == []
    assert "many platforms (simulators, not Heroku) behind http://localhost:" in up.said()
