"""What the CLI asks of the metrics hosts: errors of router and dynos, statuses, times (heroku-cli §15: apps:errors)."""

from datetime import datetime, timedelta

from platform_sim.core.access import app_named
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.apps import App, Formation
from platform_sim.core.model.metrics import KEPT_MINUTES, MOST_STEPS, Window, minute_of, step_minutes
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot
from platform_sim.web.api.call import Call, Json

ROUTER = "router"
WEB = "web"
"""The process type whose dynos get requests."""


def _app(call: Call, rows: Snapshot) -> App:
    return app_named(rows, call.actor, call.path["app"])


def dyno_errors(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/formation/:type/metrics/errors."""
    app, kind = _app(call, rows), call.path["formation"]
    if rows.find(Formation, app_id=app.id, type=kind) is None:
        raise NotFound("formation")
    window = _window(call, rows)
    return _shown(call, window, call.doors.metrics.errors(app.id, kind, window))


def router_errors(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/router-metrics/errors."""
    app, window = _app(call, rows), _window(call, rows)
    return _shown(call, window, call.doors.metrics.errors(app.id, ROUTER, window) if _of_web(call) else {})


def router_statuses(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/router-metrics/status."""
    app, window = _app(call, rows), _window(call, rows)
    return _shown(call, window, call.doors.metrics.statuses(app.id, window) if _of_web(call) else {})


def router_latencies(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/router-metrics/latency: no data at all, or `latency.ms.p50` among it (heroku-cli §9)."""
    app, window = _app(call, rows), _window(call, rows)
    return _shown(call, window, call.doors.metrics.latencies(app.id, window) if _of_web(call) else {})


def _of_web(call: Call) -> bool:
    return call.query.get("process_type", WEB) == WEB


def _window(call: Call, rows: Snapshot) -> Window:
    """`start_time`, `end_time`, `step`: by default the last day, by the hour."""
    end = _moment(call, "end_time") or rows.now()
    start = _moment(call, "start_time") or end - timedelta(minutes=KEPT_MINUTES)
    step = step_minutes(call.query.get("step", "1h"))
    if step is None:
        raise InvalidParams("step must be minutes or hours, such as 10m or 1h.")
    window = Window(minute_of(start), minute_of(end), step)
    if window.first > window.last or window.steps > MOST_STEPS:
        raise InvalidParams(f"start_time must be before end_time, and at most {MOST_STEPS} steps before.")
    return window


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


def _shown(call: Call, window: Window, data: Json) -> Json:
    def at(minute: int) -> str:
        return iso(datetime.fromtimestamp(minute * 60, tz=call.doors.database.clock.now().tzinfo))

    return {"data": data, "end_time": at(window.last), "start_time": at(window.first), "step": window.step * 60}
