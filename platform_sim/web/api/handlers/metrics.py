"""What the CLI asks of the metrics hosts: errors of router and dynos, statuses, times (heroku-cli §15: apps:errors)."""

from datetime import UTC, datetime, timedelta

from platform_sim.core.access import app_named
from platform_sim.core.errors import BadRequest, InvalidParams
from platform_sim.core.model.apps import App
from platform_sim.core.model.metrics import DAY, MOST_STEPS, Window, step_minutes, window
from platform_sim.core.model.values import PROCESS_TYPE, iso
from platform_sim.core.store import Snapshot
from platform_sim.web.api.call import Call, Json

ROUTER = "router"
WEB = "web"
"""The process type whose dynos get requests."""


def _app(call: Call, rows: Snapshot) -> App:
    return app_named(rows, call.actor, call.path["app"])


def dyno_errors(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/formation/:type/metrics/errors: a type that the app does not have has had no errors."""
    app, kind = _app(call, rows), call.path["process-type"]
    if PROCESS_TYPE.fullmatch(kind) is None:
        # The CLI looks for the first words.
        raise BadRequest("invalid process_type provided (valid examples: web, worker, etc)")
    asked = _window(call, rows)
    return _shown(call, asked, call.doors.metrics.errors(app.id, kind, asked))


def router_errors(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/router-metrics/errors."""
    app, asked = _app(call, rows), _window(call, rows)
    return _shown(call, asked, call.doors.metrics.errors(app.id, ROUTER, asked) if _of_web(call) else {})


def router_statuses(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/router-metrics/status."""
    app, asked = _app(call, rows), _window(call, rows)
    return _shown(call, asked, call.doors.metrics.statuses(app.id, asked) if _of_web(call) else {})


def router_latencies(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/router-metrics/latency: no data at all, or `latency.ms.p50` among it (heroku-cli §9)."""
    app, asked = _app(call, rows), _window(call, rows)
    return _shown(call, asked, call.doors.metrics.latencies(app.id, asked) if _of_web(call) else {})


def _of_web(call: Call) -> bool:
    return call.query.get("process_type", WEB) == WEB


def _window(call: Call, rows: Snapshot) -> Window:
    """`start_time`, `end_time`, `step`: by default the last day, by the hour."""
    end = _moment(call, "end_time") or rows.now()
    start = _moment(call, "start_time") or end - timedelta(minutes=DAY)
    step = step_minutes(call.query.get("step", "1h"))
    if step is None:
        raise InvalidParams("step must be minutes or hours, such as 10m or 1h.")
    asked = window(start, end, step)
    if start > end or asked.steps > MOST_STEPS:
        raise InvalidParams(f"start_time must be before end_time, and at most {MOST_STEPS} steps before.")
    return asked


def _moment(call: Call, name: str) -> datetime | None:
    given = call.query.get(name)
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise InvalidParams(f"{name} must be a time such as 2026-01-02T03:04:05Z.") from None
    if moment.tzinfo is None or not 1970 < moment.year < 9000:
        raise InvalidParams(f"{name} must say its time zone, and be of this age: 2026-01-02T03:04:05Z.")
    return moment


def _shown(call: Call, asked: Window, data: Json) -> Json:
    """With the first minutes of the first and last step, and the step as the host writes it: `1h0m0s`."""

    def at(minute: int) -> str:
        return iso(datetime.fromtimestamp(minute * 60, tz=UTC))

    step = f"{asked.step // 60}h{asked.step % 60}m0s" if asked.step >= 60 else f"{asked.step}m0s"
    return {
        "data": data,
        "end_time": at(asked.last - asked.last % asked.step),
        "start_time": at(asked.first),
        "step": step,
    }
