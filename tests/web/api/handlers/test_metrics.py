"""The metrics hosts, as `heroku apps:errors` and `heroku dashboard` ask (heroku-cli §15)."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import pytest

from platform_sim.core.model.metrics import Window, minute_of
from platform_sim.core.model.seams import Numbers

from .... import support
from ...world import Populated

HOST = {"Host": "api.metrics.herokai.com:5100"}
END = support.START + timedelta(seconds=30, milliseconds=123)
START = END - timedelta(hours=24)


def _time(moment: object) -> str:
    return quote(str(moment).replace("+00:00", "Z").replace(" ", "T"))


DAY = f"start_time={_time(START)}&end_time={_time(END)}&step=1h"


@dataclass
class Heard:
    """Metrics that keep what was asked."""

    asked: list[tuple[str, str, Window]] = field(default_factory=list)

    def errors(self, app_id: str, source: str, window: Window) -> Numbers:
        self.asked.append((app_id, source, window))
        return {"H12": [1] * window.steps}

    def statuses(self, app_id: str, window: Window) -> Numbers:
        return {"200": [2] * window.steps}

    def latencies(self, app_id: str, window: Window) -> Numbers:
        return {"latency.ms.p50": [3] * window.steps}


@pytest.fixture
def heard(full: Populated) -> Heard:
    made = Heard()
    full.world.doors.metrics = made
    return made


def test_errors_of_the_router_and_of_a_process_type(full: Populated, heard: Heard) -> None:
    world, app = full.world, full.app
    router = world.get(f"/apps/acme/router-metrics/errors?{DAY}&process_type=web", headers=HOST)
    assert router == {
        "data": {"H12": [1] * 25},
        "end_time": "2026-03-01T12:00:00Z",
        "start_time": "2026-02-28T12:00:00Z",
        "step": "1h0m0s",
    }
    world.get(f"/apps/acme/formation/web/metrics/errors?{DAY}", headers=HOST)
    window = Window(minute_of(START), minute_of(END), 60)
    assert heard.asked == [(app.id, "router", window), (app.id, "web", window)]


def test_a_type_that_is_none(full: Populated, heard: Heard) -> None:
    assert full.world.get("/apps/acme/formation/clock/metrics/errors")["data"] == {"H12": [1] * 25}
    refused = full.world.call("GET", "/apps/acme/formation/a%20b/metrics/errors")
    assert refused.error == (400, "bad_request")
    assert refused.json["message"].startswith("invalid process_type provided"), "as the CLI looks for it"


def test_statuses_and_latency(full: Populated, heard: Heard) -> None:
    world = full.world
    assert world.get(f"/apps/acme/router-metrics/status?{DAY}")["data"] == {"200": [2] * 25}
    assert world.get(f"/apps/acme/router-metrics/latency?{DAY}")["data"] == {"latency.ms.p50": [3] * 25}


def test_only_web_dynos_get_requests(full: Populated, heard: Heard) -> None:
    for what in ("errors", "status", "latency"):
        assert full.world.get(f"/apps/acme/router-metrics/{what}?process_type=worker")["data"] == {}


def test_a_day_by_the_hour_is_what_is_shown_by_default(full: Populated, heard: Heard) -> None:
    full.world.get("/apps/acme/router-metrics/errors")
    now = minute_of(support.START)
    assert heard.asked[0][2] == Window(now - 1440, now, 60)
    assert full.world.get("/apps/acme/router-metrics/errors?step=10m")["step"] == "10m0s"


@pytest.mark.parametrize(
    "query",
    [
        "step=1d",
        "step=0h",
        "start_time=yesterday",
        "start_time=2026-02-28T12:00:00",
        "end_time=0001-01-01T00:00:00Z",
        "start_time=2026-03-02T12:00:00Z",
        "start_time=2020-01-01T00:00:00Z&step=1m",
    ],
)
def test_what_cannot_be_asked(full: Populated, query: str) -> None:
    answer = full.world.call("GET", f"/apps/acme/router-metrics/errors?{query}")
    assert answer.error == (422, "invalid_params")


def test_a_platform_in_which_nothing_runs_has_counted_nothing(full: Populated) -> None:
    for what in ("errors", "status", "latency"):
        assert full.world.get(f"/apps/acme/router-metrics/{what}")["data"] == {}
    assert full.world.get("/apps/acme/formation/worker/metrics/errors")["data"] == {}


def test_autoscaling_says_that_it_is_not_there(full: Populated) -> None:
    """`ps:autoscale:enable` asks for monitors of api.metrics.heroku.com."""
    for method, path in (("GET", ""), ("POST", ""), ("PATCH", "/1")):
        answer = full.world.call(method, f"/apps/acme/formation/web/monitors{path}", {})
        assert answer.error == (501, "not_simulated")
        assert "Autoscaling" in answer.json["message"]
