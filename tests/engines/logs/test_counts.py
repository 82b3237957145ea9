"""Numbers of what router and dynos say: by code, status and time, for a day."""

import threading
from datetime import UTC, datetime, timedelta

from platform_sim.core.model.metrics import KEPT_MINUTES, Window, minute_of, step_minutes, window
from platform_sim.engines.dynos import lines as dyno_lines
from platform_sim.engines.logs.counts import ROUTER, LineCounts
from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.router import lines

NOW = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
MINUTE = minute_of(NOW)
HOUR = Window(MINUTE - 59, MINUTE, 60)


def request(code: str | None, *, service: int | None = 5, status: int | None = 200, fwd: str = "127.0.0.1") -> str:
    """A line as the router writes it."""
    return " ".join(
        (
            lines.opening(code),
            lines.what(b"GET", b"/x?code=H99", "app.localhost", "id", fwd),
            lines.how("web.1", 0, service, status, 10),
            lines.protocol(False, False),
        )
    )


def test_every_code_of_the_router_is_counted() -> None:
    counts = LineCounts()
    for code, (_, _, status) in lines.CODES.items():
        counts.hear("a", NOW, ROUTER, request(code, service=None, status=status))
    assert counts.errors("a", ROUTER, HOUR) == {code: [1] for code in lines.CODES}
    assert counts.errors("b", ROUTER, HOUR) == {}
    assert counts.errors("a", "web", HOUR) == {}


def test_errors_of_dynos_are_counted_by_process_type() -> None:
    counts = LineCounts()
    counts.hear("a", NOW, "web.2", dyno_lines.boot_timeout(60))
    counts.hear("a", NOW, "worker.1", dyno_lines.exit_timeout(30))
    counts.hear("a", NOW, "worker.2", dyno_lines.exit_timeout(30))
    counts.hear("a", NOW, "worker.2", dyno_lines.exited(1))
    assert counts.errors("a", "web", HOUR) == {"R10": [1]}
    assert counts.errors("a", "worker", HOUR) == {"R12": [2]}


def test_statuses_and_times_of_requests() -> None:
    counts = LineCounts()
    counts.hear("a", NOW - timedelta(hours=2), ROUTER, request(None, service=7))
    for service in (1, 2, 3, 4, 1234):
        counts.hear("a", NOW, ROUTER, request(None, service=service))
    counts.hear("a", NOW, ROUTER, request("H12", service=30000, status=503))
    assert counts.statuses("a", HOUR) == {"200": [5], "503": [1]}
    assert counts.latencies("a", HOUR) == {
        "latency.ms.p50": [3],
        "latency.ms.p95": [1200],
        "latency.ms.p99": [1200],
        "latency.ms.max": [1200],
    }
    assert counts.latencies("b", HOUR) == {}
    hours = window(NOW - timedelta(hours=2), NOW, 60)
    assert counts.latencies("a", hours)["latency.ms.p50"] == [7, None, 3]
    assert counts.statuses("a", hours) == {"200": [1, None, 5], "503": [None, None, 1]}


def test_what_a_client_says_of_itself_counts_for_nothing() -> None:
    counts = LineCounts()
    forged = "1.2.3.4 service=9999ms status=500 bytes=0 protocol=http1.1 tls=true"
    counts.hear("a", NOW, ROUTER, request(None, fwd=forged))
    assert (counts.statuses("a", HOUR), counts.errors("a", ROUTER, HOUR)) == ({"200": [1]}, {})
    assert counts.latencies("a", HOUR)["latency.ms.max"] == [5]


def test_an_app_cannot_write_a_line_that_counts() -> None:
    hub = LogHub(lambda: NOW)
    for source in ("app", "heroku"):
        hub("a", source, "router", request("H10"))  # type: ignore[arg-type]
    assert hub.counts.errors("a", ROUTER, HOUR) == {"H10": [1]}
    hub.forget("a")
    assert hub.counts.errors("a", ROUTER, HOUR) == {}


def test_a_window_is_cut_into_steps() -> None:
    counts = LineCounts()
    for minutes in (0, 1, 59, 60, 121, 200):
        counts.hear("a", NOW - timedelta(minutes=minutes), ROUTER, request("H10"))
    asked = window(NOW - timedelta(hours=3), NOW, 60)
    assert (asked.first, asked.steps) == (MINUTE - 180, 4), "steps begin at whole hours"
    assert counts.errors("a", ROUTER, asked) == {"H10": [1, None, 3, 1]}
    assert window(NOW - timedelta(hours=24), NOW, 60).steps == 25
    assert counts.latencies("a", asked) == {}, "what ended in an error says nothing of the dyno"


def test_only_a_day_is_kept() -> None:
    counts = LineCounts()
    counts.hear("a", NOW - timedelta(minutes=KEPT_MINUTES + 1), ROUTER, request("H10"))
    counts.hear("a", NOW - timedelta(minutes=KEPT_MINUTES), ROUTER, request("H12"))
    counts.hear("a", NOW, ROUTER, request("H14"))
    everything = Window(MINUTE - 2 * KEPT_MINUTES, MINUTE, 2 * KEPT_MINUTES + 1)
    assert set(counts.errors("a", ROUTER, everything)) == {"H12", "H14"}


def test_many_threads_lose_nothing() -> None:
    counts = LineCounts()

    def write() -> None:
        for number in range(300):
            counts.hear("a", NOW + timedelta(minutes=number), ROUTER, request("H10"))
            counts.errors("a", ROUTER, HOUR)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert counts.errors("a", ROUTER, Window(MINUTE, MINUTE + 299, 300)) == {"H10": [1200]}


def test_steps_are_minutes_or_hours() -> None:
    assert [step_minutes(each) for each in ("1m", "10m", "1h", "24h")] == [1, 10, 60, 1440]
    assert {step_minutes(each) for each in ("", "0h", "1", "h", "1d", "-1h", "99999m", "1h ")} == {None}
