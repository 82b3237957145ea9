"""Rows of the API's table that clients ask of other hosts of Heroku's: telex, particleboard, metrics (heroku-cli §1.3).

All hosts are this one port, and no two of them have a path in common, so a path says enough.
"""

from platform_sim.web.api.handlers import metrics, notices
from platform_sim.web.api.specs import Key, Spec, get, listing, write

TELEX: Spec = {"title": "Of telex.heroku.com"}
PARTICLEBOARD: Spec = {"title": "Of particleboard.heroku.com"}
METRICS: Spec = {"title": "Of api.metrics.herokai.com"}
AUTOSCALING: Spec = {"title": "Autoscaling, of api.metrics.heroku.com"}

HOSTS: dict[Key, Spec] = {
    ("GET", "/user/notifications"): listing(notices.list_notifications, **TELEX),
    ("PATCH", "/user/notifications/{notification}"): write(
        notices.mark_notification, fields=notices.READ, required=("read",), **TELEX
    ),
    ("GET", "/favorites"): listing(notices.list_favorites, "resource_name", **PARTICLEBOARD),
    ("POST", "/favorites"): write(
        notices.add_favorite, 201, fields=notices.FAVORITE, required=("resource_id",), **PARTICLEBOARD
    ),
    ("DELETE", "/favorites/{favorite}"): write(notices.remove_favorite, **PARTICLEBOARD),
    ("GET", "/apps/{app}/formation/{process-type}/metrics/errors"): get(metrics.dyno_errors, **METRICS),
    ("GET", "/apps/{app}/router-metrics/errors"): get(metrics.router_errors, **METRICS),
    ("GET", "/apps/{app}/router-metrics/latency"): get(metrics.router_latencies, **METRICS),
    ("GET", "/apps/{app}/router-metrics/status"): get(metrics.router_statuses, **METRICS),
    ("GET", "/apps/{app}/formation/{formation}/monitors"): AUTOSCALING,
    ("POST", "/apps/{app}/formation/{formation}/monitors"): AUTOSCALING,
    ("PATCH", "/apps/{app}/formation/{formation}/monitors/{monitor}"): AUTOSCALING,
}
