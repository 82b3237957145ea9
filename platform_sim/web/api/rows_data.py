"""Rows of the table for the host for data, `api.data.heroku.com`, or our own port where HEROKU_DATA_HOST says so
(heroku-cli §8). None of them is published; what they do is the partner's (docs/pg-commands.md)."""

from platform_sim.web.api.handlers.data_host import asking, transfers
from platform_sim.web.api.specs import Key, Spec, late

CLIENT = "/client/v11/databases/{database}"
POSTGRES = "/postgres/v0/databases/{database}"
APP = "/client/v11/apps/{app}/transfers"


def _asks(method: str, base: str, path: str, title: str) -> dict[Key, Spec]:
    """A link that is passed on to the same path below the partner's `/data`."""
    return {(method, base + path): late(asking(method, path), title=f"Data: {title}")}


def _no(method: str, path: str, title: str) -> dict[Key, Spec]:
    """A link that `heroku pg:*` knows and nobody answers here."""
    return {(method, path): {"title": f"Data: {title}"}}


DATA: dict[Key, Spec] = {
    **_asks("GET", CLIENT, "", "pg:info"),
    **_asks("GET", CLIENT, "/wait_status", "pg:wait"),
    **_asks("POST", CLIENT, "/connection_reset", "pg:killall"),
    **_asks("PUT", CLIENT, "/reset", "pg:reset"),
    **_asks("POST", CLIENT, "/backups", "pg:backups:capture"),
    **_asks("GET", CLIENT, "/transfer-schedules", "pg:backups:schedules"),
    **_asks("POST", CLIENT, "/transfer-schedules", "pg:backups:schedule"),
    **_asks("GET", POSTGRES, "/credentials", "pg:credentials"),
    **_asks("POST", POSTGRES, "/credentials", "pg:credentials:create"),
    **_asks("POST", POSTGRES, "/credentials_rotation", "pg:credentials:rotate --all"),
    **_asks("GET", POSTGRES, "/credentials/{credential}", "pg:credentials:url"),
    **_asks("POST", POSTGRES, "/credentials/{credential}/credentials_rotation", "pg:credentials:rotate"),
    **_asks("GET", POSTGRES, "/config", "pg:settings"),
    **_asks("PATCH", POSTGRES, "/config", "pg:settings:* with a value"),
    ("GET", APP): late(transfers, title="Data: pg:backups"),
    **_no("GET", APP + "/{transfer}", "pg:backups:info"),
    **_no("DELETE", APP + "/{transfer}", "pg:backups:delete"),
    **_no("POST", APP + "/{transfer}/actions/public-url", "pg:backups:url"),
    **_no("POST", APP + "/{transfer}/actions/cancel", "pg:backups:cancel"),
    **_no("DELETE", CLIENT + "/transfer-schedules/{schedule}", "pg:backups:unschedule"),
    **_no("POST", CLIENT + "/restores", "pg:backups:restore"),
    **_no("POST", CLIENT + "/transfers", "pg:copy"),
    **_no("PUT", CLIENT + "/unfollow", "pg:unfollow"),
    **_no("GET", CLIENT + "/links", "pg:links"),
    **_no("POST", CLIENT + "/links", "pg:links:create"),
    **_no("DELETE", CLIENT + "/links/{link}", "pg:links:destroy"),
    **_no("POST", CLIENT + "/connection-pooling", "pg:connection-pooling:attach"),
    **_no("POST", CLIENT + "/upgrade/{step}", "pg:upgrade:*"),
    **_no("GET", CLIENT + "/upgrade/wait_status", "pg:upgrade:wait"),
    **_no("GET", CLIENT + "/metrics", "pg:diagnose"),
    **_no("GET", CLIENT + "/burst_status", "pg:diagnose"),
    **_no("DELETE", POSTGRES + "/credentials/{credential}", "pg:credentials:destroy"),
    **_no("POST", POSTGRES + "/credentials/{credential}/repair-default", "pg:credentials:repair-default"),
    **_no("GET", "/redis/v0/databases/{database}", "redis:info"),
}
